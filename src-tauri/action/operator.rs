//! The list of operators. Changing it is an admin's.

use uuid::Uuid;

use super::Desk;
use crate::{
    db::operator as db,
    error::Result,
    model::{login::LiveDesks, operator::OperatorRow, receipt::Receipt},
};

pub async fn operators(desk: &Desk) -> Result<Vec<OperatorRow>> {
    db::list(&mut desk.database.reader().await?).await
}

/// Who is connected with a Queue Desk now, and which runs are open. Admins only.
pub async fn desks(desk: &Desk) -> Result<LiveDesks> {
    db::desks(&mut desk.database.reader().await?).await
}

/// A user of the CRM, and an existing database login, become an operator. Makes neither users nor logins; `login`
/// makes those.
pub async fn add(
    desk: &Desk,
    user: Uuid,
    name: &str,
    login: Option<&str>,
    admin: bool,
    runner: bool,
) -> Result<Receipt> {
    db::add(&mut desk.database.writer().await?, user, name, login, admin, runner).await
}

/// Their messages stay, and the gate holds them.
pub async fn deactivate(desk: &Desk, user: Uuid) -> Result<Receipt> {
    db::deactivate(&mut desk.database.writer().await?, user).await
}
