//! Settings of an operator, by path (`work_days.business_hours.start`).

use serde_json::Value;

use super::Desk;
use crate::{
    db::settings as db,
    error::{Code, Error, Result},
    model::{receipt::Receipt, settings::validate},
};

/// The value at a path as the CRM stores it; an empty path is everything.
pub async fn get(desk: &Desk, path: &str) -> Result<Value> {
    let all = db::get(&mut desk.database.reader().await?, desk.as_user).await.map_err(|e| match e.code {
        Code::NotFound => {
            Error::new(Code::NotFound, "This operator has no settings yet: the defaults of the CRM apply.")
        }
        _ => e,
    })?;
    let keys = path.split('.').filter(|key| !key.is_empty());
    let value = keys.fold(Some(&all), |at, key| at.and_then(|v| v.get(key)));
    value.cloned().ok_or_else(|| {
        Error::new(Code::NotFound, format!("The setting \"{path}\" is not set: its default applies.")).field(path)
    })
}

/// Checks the value, writes it beside the unknown keys, and leaves a ledger row.
pub async fn set(desk: &Desk, path: &str, value: &Value) -> Result<Receipt> {
    validate(path, value)?;
    if let Some((hours, leaf)) = path.rsplit_once('.')
        && HOURS.contains(&hours)
    {
        validate_together(desk, hours, leaf, value).await?;
    }
    let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
    db::set(&mut desk.database.writer().await?, desk.as_user, &keys, value).await
}

/// Settings whose parts must fit each other: the start before the end.
const HOURS: [&str; 2] = ["work_days.business_hours", "advanced.quiet_hours"];

/// A part that is right by itself may turn the whole upside down.
async fn validate_together(desk: &Desk, hours: &str, leaf: &str, value: &Value) -> Result<()> {
    let mut whole = match get(desk, hours).await {
        Ok(Value::Object(whole)) => whole,
        Ok(_) | Err(Error { code: Code::NotFound, .. }) => return Ok(()),
        Err(e) => return Err(e),
    };
    if !(whole.contains_key("start") && whole.contains_key("end")) {
        return Ok(());
    }
    whole.insert(leaf.to_owned(), value.clone());
    validate(hours, &Value::Object(whole)).map_err(|e| {
        e.field(format!("{hours}.{leaf}")).hint(format!("Set both at once: {hours} {{\"start\": .., \"end\": ..}}."))
    })
}
