//! A row that migrate took out of the CRM's tables, or changed there.

use chrono::{DateTime, Utc};
use serde::Serialize;
use ts_rs::TS;

/// Without what the row says: that is for the CRM to show, once the row is back.
#[derive(Debug, Clone, Serialize, TS, sqlx::FromRow)]
pub struct Quarantined {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub step: String,
    /// `schema.table`.
    pub src_table: String,
    /// The primary key, by column.
    pub src_pk: serde_json::Value,
    /// `moved`, `fk_nulled`, `value_mapped`.
    pub action: String,
    pub reasons: Vec<String>,
    /// `open`, `restored`, `kept`.
    pub state: String,
    /// What it points to exists again.
    pub restorable: bool,
    pub decided_by: Option<String>,
}
