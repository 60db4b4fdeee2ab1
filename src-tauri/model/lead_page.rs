//! One lead: who has it, what is known, and everything that happened to it on one line of time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use uuid::Uuid;

use super::{lead::LeadRow, ledger_page::ReceiptPage, score::Score};

/// A lead with its facts. What was dispatched and what changed comes as [`LeadEvent`]s.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LeadDetail {
    pub lead: LeadRow,
    pub bant_status: Option<String>,
    /// Other leads that the login may see with this phone.
    pub same_phone: i32,
    /// By this operator's weights.
    pub score: Score,
    /// The last act of a person on this lead.
    pub last_receipt: Option<ReceiptPage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Slots, attempts to send, what the provider says.
    Messages,
    /// What a person did.
    People,
    /// Jobs, status words, other programs.
    System,
}

impl EventKind {
    pub fn word(self) -> &'static str {
        match self {
            EventKind::Messages => "messages",
            EventKind::People => "people",
            EventKind::System => "system",
        }
    }
}

/// One event of a lead's time. Times are UTC by the database's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct LeadEvent {
    pub id: String,
    pub at: DateTime<Utc>,
    /// An [`EventKind`].
    pub kind: String,
    /// ledger, delivery, status (what the provider says), message (older than the ledger) or created.
    pub source: String,
    /// Of the ledger: the act. Of a status: delivered or read.
    pub action: String,
    pub entity: Option<String>,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    pub reason: Option<String>,
    pub actor_kind: Option<String>,
    pub login: Option<String>,
    /// For whom it was done.
    pub operator: Option<String>,
    /// Who did it, where that was an admin acting for another operator.
    pub by: Option<String>,
    pub receipt_id: Option<Uuid>,
    pub has_receipt: bool,
    /// Of a receipt's row: a [`super::receipt::Receipt`].
    pub receipt: Option<Value>,
    pub message_id: Option<Uuid>,
    /// The text of the message, once on the line: where it was sent, else where it got its slot.
    pub content: Option<String>,
    pub template: Option<String>,
    pub slot: Option<DateTime<Utc>>,
    pub attempt: Option<i32>,
    pub sender: Option<String>,
    pub outcome: Option<String>,
    pub error_code: Option<String>,
    pub simulated: bool,
    pub dispatched_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A page of a lead's time, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LeadTimeline {
    pub rows: Vec<LeadEvent>,
    /// Pass it back to get the next page; null at the end.
    pub next: Option<String>,
}
