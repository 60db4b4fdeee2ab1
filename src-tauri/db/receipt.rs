//! Receipts as the ledger keeps them.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{ledger_page::ReceiptRows, receipt::Receipt},
    sql,
};

/// A receipt's row of the ledger.
#[derive(Debug, Clone, FromRow)]
pub struct Kept {
    pub receipt: Json<Receipt>,
    pub at: DateTime<Utc>,
    pub login: String,
    pub operator: Option<String>,
    pub by: Option<String>,
    pub actor_kind: String,
    pub reason: Option<String>,
    pub lead_id: Option<Uuid>,
    pub lead_name: Option<String>,
    pub seq: Option<i64>,
    pub hash: Option<String>,
    pub may_undo: bool,
    pub rows: Json<Vec<ReceiptRows>>,
    /// None where this act cannot be undone.
    pub undo_left: Option<i64>,
}

/// None where there is no such receipt.
pub async fn get(conn: &mut Conn, receipt: Uuid) -> Result<Option<Kept>> {
    Ok(conn.rows(sqlx::query_as(sql!("receipt/get")).bind(receipt)).await?.pop())
}
