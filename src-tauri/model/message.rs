//! A message of the queue as the screen shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// The eight lanes of the screen; every message is in exactly one.
///
/// *held* is queued, its time has come, the gate says no; *queued* is queued with its slot still ahead or next in line;
/// *unknown* is failed with `outcome_unknown`; *delivered* is sent with a delivery status from the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    Queued,
    Held,
    Sending,
    Sent,
    Delivered,
    Failed,
    Unknown,
    Cancelled,
}

/// One row of the messages grid. Times are UTC; the screen shows them in the operator's zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct MessageRow {
    pub id: Uuid,
    pub lead_id: Option<Uuid>,
    pub lead_name: Option<String>,
    pub phone: Option<String>,
    /// A [`Lane`].
    pub lane: String,
    /// Why it is where it is: a reason of the gate for queued and held, an error code for failed and unknown, the
    /// canceller's reason for cancelled.
    pub reason: Option<String>,
    /// The person or thing that the reason names (who took the lead, which template).
    pub reason_detail: Option<String>,
    /// Queued and held: when it will go. Else: when it reached its lane.
    pub next_at: Option<DateTime<Utc>>,
    pub scheduled_for: Option<DateTime<Utc>>,
    pub operator: Option<String>,
    /// Whose lead it is.
    pub client_id: Option<Uuid>,
    pub client: Option<String>,
    /// When the request of the last attempt left, and by which sender; none: it has not.
    pub dispatched_at: Option<DateTime<Utc>>,
    pub sender: Option<String>,
    /// Who took the lead.
    pub owner: Option<String>,
    pub owner_id: Option<Uuid>,
    pub owner_is_me: bool,
    /// Since when its owner has the lead.
    pub owner_since: Option<DateTime<Utc>>,
    pub priority: i32,
    pub attempts: i32,
    /// Sent by the dry-run sender of a sample database: nobody received it.
    pub simulated: bool,
    pub content: String,
    pub template: Option<String>,
}
