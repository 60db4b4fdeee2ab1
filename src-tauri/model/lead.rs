//! A lead as its grid shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What the leads grid is narrowed to; an empty filter is every lead that the login may see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LeadFilter {
    /// Part of a name, or digits of a phone.
    pub search: Option<String>,
    /// A word of `leads.status`.
    pub status: Option<String>,
    pub whose: Option<Whose>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    Mine,
    /// Somebody's.
    Taken,
    /// The machine may write to them.
    Free,
}

impl Whose {
    pub fn word(self) -> &'static str {
        match self {
            Whose::Mine => "mine",
            Whose::Taken => "taken",
            Whose::Free => "free",
        }
    }
}

/// One row of the leads grid. Times are UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct LeadRow {
    pub id: Uuid,
    pub name: Option<String>,
    /// As the CRM keeps it.
    pub phone: Option<String>,
    pub status: String,
    pub client_id: Option<Uuid>,
    pub client: Option<String>,
    /// Who took the lead.
    pub owner: Option<String>,
    pub owner_id: Option<Uuid>,
    pub owner_is_me: bool,
    pub since: Option<DateTime<Utc>>,
    /// Messages that wait or are on the wire.
    pub waiting: i32,
    /// The last dispatch by this program; none is not "never contacted".
    pub last_sent_at: Option<DateTime<Utc>>,
    pub opted_out: bool,
    pub last_interaction: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
}

/// How many leads there are, at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LeadCounts {
    pub at: DateTime<Utc>,
    /// Leads that the filter shows; [`LeadCounts::MOST`] means that many or more.
    pub total: u32,
    /// The words of `leads.status` that the rest of the filter leaves, most frequent first.
    pub statuses: Vec<StatusCount>,
    /// Not all leads were looked at: the counts are at least so many, and a rare word may be missing.
    pub more: bool,
}

impl LeadCounts {
    /// Counting on costs more than it tells.
    pub const MOST: u32 = 10_001;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StatusCount {
    pub status: String,
    pub count: u32,
}

/// A page of the leads grid, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LeadPage {
    pub rows: Vec<LeadRow>,
    /// Pass it back to get the next page; null at the end.
    pub next: Option<String>,
}
