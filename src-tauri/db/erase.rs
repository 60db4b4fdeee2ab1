//! Erasing a person on request.

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
pub async fn apply(conn: &mut Conn, lead: Uuid, others: &[Uuid], phone: Option<&str>) -> Result<Receipt> {
    conn.receipt("erase", sqlx::query_scalar(sql!("erase/apply")).bind(lead).bind(others).bind(phone)).await
}
