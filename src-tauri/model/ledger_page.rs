//! The ledger as its screen shows it: who did what, with the names that the login may see.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use uuid::Uuid;

use super::receipt::Receipt;

/// What the ledger is narrowed to; an empty filter is every row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LedgerFilter {
    pub lead: Option<Uuid>,
    /// An operator's id, or the login of whom nobody knows.
    pub who: Option<String>,
    pub action: Option<String>,
    pub kind: Option<LedgerKind>,
    /// From this moment on, by the database's clock.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
    pub receipt: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// What people and automation did, one row an act.
    Receipt,
    /// Each change of state.
    Change,
    /// What another program did.
    Foreign,
}

impl LedgerKind {
    pub fn word(self) -> &'static str {
        match self {
            LedgerKind::Receipt => "receipt",
            LedgerKind::Change => "change",
            LedgerKind::Foreign => "foreign",
        }
    }
}

/// One row of the ledger. Times are UTC by the database's clock, which in a sample may have been moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct LedgerEntry {
    /// A number, as text.
    pub id: String,
    pub at: DateTime<Utc>,
    /// The database login that made the change.
    pub login: String,
    pub operator_id: Option<Uuid>,
    /// For whom it was made.
    pub operator: Option<String>,
    /// Who made it, where that is somebody else.
    pub by: Option<String>,
    /// person, automation, system or foreign (another program).
    pub actor_kind: String,
    pub action: String,
    /// receipt, message, delivery, job, gate, opt_out, settings, pause, run, lead, operator, login or instance.
    pub entity: String,
    pub entity_id: Option<String>,
    pub lead_id: Option<Uuid>,
    /// Null also where the login may not see the lead.
    pub lead_name: Option<String>,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    pub reason: Option<String>,
    pub receipt_id: Option<Uuid>,
    /// The act that made this change has a receipt.
    pub has_receipt: bool,
    /// Of a receipt's row: a [`Receipt`].
    pub receipt: Option<Value>,
    /// Its place in the chain; null until it is sealed.
    pub seq: Option<i64>,
}

/// A page of the ledger, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LedgerPage {
    pub rows: Vec<LedgerEntry>,
    /// Pass it back to get the next page; null at the end.
    pub next: Option<String>,
}

/// How far the ledger is sealed, and what it missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct LedgerState {
    /// Rows in the chain.
    pub sealed: i64,
    /// When the last sealed row was written.
    pub sealed_to: Option<DateTime<Utc>>,
    /// Rows that wait for their seal; 10,000 is that many or more.
    pub unsealed: i64,
    /// Changes that could not be written into the ledger.
    pub gaps: i64,
    pub last_gap_at: Option<DateTime<Utc>>,
    /// The table and the kind of change that it was.
    pub last_gap: Option<String>,
}

/// A receipt with everything that the database knows about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReceiptPage {
    pub receipt: Receipt,
    pub at: DateTime<Utc>,
    pub login: String,
    /// For whom it was done.
    pub operator: Option<String>,
    /// Who did it, where that is somebody else.
    pub by: Option<String>,
    pub actor_kind: String,
    pub reason: Option<String>,
    pub lead_id: Option<Uuid>,
    pub lead_name: Option<String>,
    pub rows: Vec<ReceiptRows>,
    /// Its place in the chain and its seal in hex; null until it is sealed.
    pub seq: Option<i64>,
    pub hash: Option<String>,
    /// How many rows an undo could still take back; null where this act cannot be undone.
    pub undo_left: Option<i64>,
    /// Whether this login may undo it.
    pub may_undo: bool,
}

/// How many rows of one table changed in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReceiptRows {
    pub entity: String,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    pub count: i64,
    /// The first and the last of the ledger's rows that say so.
    pub first_id: String,
    pub last_id: String,
}
