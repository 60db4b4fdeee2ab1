//! The database logins of operators: an admin whose own login may make roles makes and closes them; for everybody else there is a script.

use serde_json::Value;
use uuid::Uuid;

use super::{Desk, at_field};
use crate::{
    db::login as db,
    error::Result,
    model::{
        login::{LoginClosing, LoginScript},
        receipt::Receipt,
    },
    secrets::scram::Verifier,
};

/// What would make this login, and whether this desk may run it. Changes nothing.
pub async fn script(desk: &Desk, login: &str) -> Result<LoginScript> {
    let mut conn = desk.database.reader().await?;
    let statements = at_field(db::script(&mut conn, login, None).await, "login")?;
    Ok(LoginScript { statements, obstacle: db::obstacle(&mut conn).await? })
}

/// The whole script for whoever owns the database, with the verifier in it. Changes nothing.
pub async fn script_with(desk: &Desk, login: &str, verifier: &Verifier) -> Result<String> {
    let mut conn = desk.database.reader().await?;
    let statements = at_field(db::script(&mut conn, login, Some(verifier.as_str())).await, "login")?;
    let head = "-- Makes a login for Queue Desk. Run it as the owner of the database, then map the login in the list of operators.";
    Ok(format!("{head}\n{};\n", statements.join(";\n")))
}

/// Makes the login and maps it to the operator, or does neither.
pub async fn create(
    desk: &Desk,
    user: Uuid,
    name: &str,
    login: &str,
    verifier: &Verifier,
    admin: bool,
    runner: bool,
) -> Result<Receipt> {
    let mut conn = desk.database.writer().await?;
    db::create(&mut conn, user, name, login, verifier.as_str(), admin, runner).await
}

/// What closing this operator's logins would run, and which stay open.
pub async fn close_script(desk: &Desk, user: Uuid) -> Result<Vec<LoginClosing>> {
    db::close_script(&mut desk.database.reader().await?, user).await
}

/// Retires the operator and closes their logins. Then ends the sessions of those, where the server allows it: the answer counts them, the
/// ledger's row was written before.
pub async fn close(desk: &Desk, user: Uuid) -> Result<Receipt> {
    let mut conn = desk.database.writer().await?;
    let mut receipt = db::close(&mut conn, user).await?;
    let closed: Vec<&str> =
        receipt.detail["closed"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if closed.is_empty() {
        return Ok(receipt);
    }
    match db::end_sessions(&mut conn, &closed).await {
        Ok(db::Ended { ended, still_open }) => {
            receipt.detail["sessions_ended"] = ended.into();
            receipt.detail["sessions_open"] = still_open.into();
        }
        // The login is closed all the same, and this is no reason to say otherwise.
        Err(error) => tracing::warn!(code = ?error.code, "the sessions of a closed login were not ended"),
    }
    Ok(receipt)
}
