//! The database logins of operators: an admin whose own login may make roles makes and closes them; for everybody else there is a script.

use serde_json::Value;
use uuid::Uuid;

use super::{Desk, at_field};
use crate::{
    db::{Conn, login as db},
    error::Result,
    model::{
        login::{LoginClosing, LoginRenewal, LoginScript},
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
    let receipt = db::close(&mut conn, user).await?;
    let closed: Vec<String> = receipt.detail["closed"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    end_sessions(&mut conn, receipt, &closed, false).await
}

/// What would give this login a new password. Changes nothing.
pub async fn renew_script(desk: &Desk, login: &str) -> Result<LoginRenewal> {
    at_field(db::renew_script(&mut desk.database.reader().await?, login, None).await, "login")
}

/// The same for whoever owns the database, with the verifier in it. Changes nothing.
pub async fn renew_script_with(desk: &Desk, login: &str, verifier: &Verifier) -> Result<String> {
    let mut conn = desk.database.reader().await?;
    let found = at_field(db::renew_script(&mut conn, login, Some(verifier.as_str())).await, "login")?;
    let then = match found.closed {
        true => " Then map it again in the list of operators.",
        false => "",
    };
    let head = "-- Gives a login of Queue Desk a new password. Run it as the owner of the database.";
    Ok(format!("{head}{then}\n{};\n", found.statement))
}

/// A new password for an operator's login; `reopen` lets one that was closed work again, and its operator. Then ends the sessions that were
/// opened with the old one, as `close` does.
pub async fn renew(desk: &Desk, login: &str, verifier: &Verifier, reopen: bool) -> Result<Receipt> {
    let mut conn = desk.database.writer().await?;
    let receipt = at_field(db::renew(&mut conn, login, verifier.as_str(), reopen).await, "login")?;
    end_sessions(&mut conn, receipt, &[login.to_owned()], true).await
}

/// The answer counts what ended; the ledger's row was written before.
async fn end_sessions(conn: &mut Conn, mut receipt: Receipt, logins: &[String], open: bool) -> Result<Receipt> {
    if logins.is_empty() {
        return Ok(receipt);
    }
    let logins: Vec<&str> = logins.iter().map(String::as_str).collect();
    match db::end_sessions(conn, &logins, open).await {
        Ok(db::Ended { ended, still_open }) => {
            receipt.detail["sessions_ended"] = ended.into();
            receipt.detail["sessions_open"] = still_open.into();
        }
        // The login is closed or has its new password all the same, and this is no reason to say otherwise.
        Err(error) => tracing::warn!(code = ?error.code, "the sessions of a login were not ended"),
    }
    Ok(receipt)
}
