//! Taking a lead, handing it back, undoing.

use uuid::Uuid;

use super::Conn;
use crate::{error::Result, model::receipt::Receipt, sql};

pub async fn take(
    conn: &mut Conn,
    lead: Uuid,
    as_user: Option<Uuid>,
    expected_owner: Option<Uuid>,
    reason: Option<&str>,
) -> Result<Receipt> {
    conn.json(sqlx::query_scalar(sql!("lead/take")).bind(lead).bind(as_user).bind(expected_owner).bind(reason)).await
}

pub async fn release(conn: &mut Conn, lead: Uuid, as_user: Option<Uuid>, reason: Option<&str>) -> Result<Receipt> {
    conn.json(sqlx::query_scalar(sql!("lead/release")).bind(lead).bind(as_user).bind(reason)).await
}

pub async fn undo(conn: &mut Conn, receipt: Uuid, as_user: Option<Uuid>) -> Result<Receipt> {
    conn.json(sqlx::query_scalar(sql!("lead/undo")).bind(receipt).bind(as_user)).await
}
