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
                .hint("Change one with `settings set`, and it has.")
        }
        _ => e,
    })?;
    let keys = path.split('.').filter(|key| !key.is_empty());
    let value = keys.fold(Some(&all), |at, key| at.and_then(|v| v.get(key)));
    value.cloned().ok_or_else(|| {
        Error::new(Code::NotFound, format!("The setting \"{path}\" is not set: its default applies."))
            .field(path)
            .hint("`settings get` without a path prints all that are set.")
    })
}

/// Checks the value, writes it beside the unknown keys, and leaves a ledger row.
pub async fn set(desk: &Desk, path: &str, value: &Value) -> Result<Receipt> {
    validate(path, value)?;
    let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
    db::set(&mut desk.database.writer().await?, desk.as_user, &keys, value).await
}
