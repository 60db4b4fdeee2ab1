//! The database logins of operators: an admin whose own login may make roles makes and closes them; for everybody else there is a script.

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

/// Retires the operator and closes their logins; sessions that are open end where the server allows it.
pub async fn close(desk: &Desk, user: Uuid) -> Result<Receipt> {
    db::close(&mut desk.database.writer().await?, user).await
}
