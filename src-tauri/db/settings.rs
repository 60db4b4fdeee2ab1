//! An operator's settings, as the CRM stores them.

use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use crate::{error::Result, model::receipt::Receipt, sql};

pub async fn get(conn: &mut Conn, as_user: Option<Uuid>) -> Result<Value> {
    conn.json(sqlx::query_scalar(sql!("settings/get")).bind(as_user)).await
}

pub async fn set(conn: &mut Conn, as_user: Option<Uuid>, path: &[String], value: &Value) -> Result<Receipt> {
    conn.receipt("settings", sqlx::query_scalar(sql!("settings/set")).bind(as_user).bind(path).bind(value)).await
}
