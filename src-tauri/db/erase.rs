//! Erasing a person on request, in pieces (migrations/queue_desk/functions/erase.sql).

use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{erase::ErasePreview, receipt::Receipt},
    sql,
};

pub async fn preview(conn: &mut Conn, lead: Uuid) -> Result<ErasePreview> {
    conn.json(sqlx::query_scalar(sql!("erase/preview")).bind(lead)).await
}

/// `phone` is the lead's in E.164; none where it has no valid one.
pub async fn begin(conn: &mut Conn, lead: Uuid, others: &[Uuid], phone: Option<&str>) -> Result<Receipt> {
    conn.receipt("erase", sqlx::query_scalar(sql!("erase/begin")).bind(lead).bind(others).bind(phone)).await
}

pub async fn texts(conn: &mut Conn, goes_on: Uuid, lead: Uuid) -> Result<()> {
    conn.execute(sqlx::query(sql!("erase/texts")).bind(goes_on).bind(lead)).await
}

pub async fn lead(conn: &mut Conn, goes_on: Uuid, lead: Uuid) -> Result<()> {
    conn.execute(sqlx::query(sql!("erase/lead")).bind(goes_on).bind(lead)).await
}

/// `reasons` are `{lead: reason}` of those that were refused.
pub async fn end(conn: &mut Conn, goes_on: Uuid, reasons: &Value) -> Result<Receipt> {
    conn.receipt("erase", sqlx::query_scalar(sql!("erase/end")).bind(goes_on).bind(reasons)).await
}
