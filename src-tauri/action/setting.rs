//! Settings of an operator, by path (`work_days.business_hours.start`).

use serde_json::{Value, json};

use super::Desk;
use crate::{
    db::settings as db,
    error::{Code, Error, Result},
    model::{
        receipt::Receipt,
        settings::{Settings, SettingsRow, validate},
    },
};

/// The value at a path as the CRM stores it; an empty path is everything.
pub async fn get(desk: &Desk, path: &str) -> Result<Value> {
    let all = stored(desk).await?.ok_or_else(|| {
        Error::new(Code::NotFound, "This operator has no settings yet: the defaults of the CRM apply.")
            .hint("Change one with `settings set`, and it has.")
    })?;
    let mut keys = path.split('.').filter(|key| !key.is_empty());
    let value = keys.try_fold(&all, |at, key| at.get(key));
    value.cloned().ok_or_else(|| {
        Error::new(Code::NotFound, format!("The setting \"{path}\" is not set: its default applies."))
            .field(path)
            .hint("`settings get` without a path prints all that are set.")
    })
}

/// Checks the value, writes it beside the unknown keys, and leaves a ledger row.
pub async fn set(desk: &Desk, path: &str, value: &Value) -> Result<Receipt> {
    validate(path, value)?;
    check_pair(desk, path, value).await?;
    let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
    let result = db::set(&mut desk.database.writer().await?, desk.as_user, &keys, value).await;
    result.map_err(|e| if e.code == Code::BadInput { e.field(path) } else { e })
}

/// None for an operator without a row.
async fn stored(desk: &Desk) -> Result<Option<Value>> {
    match db::get(&mut desk.database.reader().await?, desk.as_user).await {
        Ok(all) => Ok(Some(all)),
        Err(e) if e.code == Code::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// A start or an end is judged beside the other one, as they will stand: hours that end before they start are never.
async fn check_pair(desk: &Desk, path: &str, value: &Value) -> Result<()> {
    let Some((pair, "start" | "end")) = path.rsplit_once('.') else { return Ok(()) };
    let mut all = stored(desk).await?.unwrap_or_default();
    let mut at = &mut all;
    for key in path.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[key];
    }
    *at = value.clone();
    let mut column = |name: &str| all.get_mut(name).map(Value::take);
    let row = SettingsRow {
        work_days: column("work_days"),
        processing_targets: column("processing_targets"),
        advanced: column("advanced"),
    };
    if Settings::read(&row).warnings.iter().all(|warning| warning.path != pair) {
        return Ok(());
    }
    Err(Error::new(Code::BadInput, format!("With that, {pair} would end before it starts. Nothing was changed."))
        .field(path)
        .hint(format!("Set the other end first, or both at once: {pair}.")))
}
