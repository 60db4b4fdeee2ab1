//! Automation as the screen sees it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What this desk's automation is doing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RunStatus {
    pub state: RunState,
    pub run_id: Option<Uuid>,
    pub sender: Option<String>,
    /// Whose messages it sends, as it was started; none: everybody's, or no run yet.
    pub operator: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub totals: RunTotals,
    /// Dispatched and not settled yet.
    pub in_flight: u32,
    /// When the next message may go, if one waits.
    pub next_at: Option<DateTime<Utc>>,
    /// Sent by this run in each of the last minutes, oldest first; at most 60.
    pub per_minute: Vec<u32>,
    /// Minutes of this run that are older than `per_minute`.
    #[serde(skip)]
    #[ts(skip)]
    pub minutes_forgotten: u32,
    /// Why it stopped, when it did not stop because it was asked to.
    pub stopped_because: Option<String>,
}

/// What a chart of the last hour needs.
const MINUTES: usize = 60;

impl RunStatus {
    /// Counts messages sent in a minute of the run (0 is its first); minutes without any are zeros.
    pub fn count_sent(&mut self, minute: u32, sent: u32) {
        let reach = minute.saturating_sub(self.minutes_forgotten) as usize + 1;
        if self.per_minute.len() < reach {
            self.per_minute.resize(reach, 0);
        }
        if let Some(last) = self.per_minute.last_mut() {
            *last += sent;
        }
        let surplus = self.per_minute.len().saturating_sub(MINUTES);
        self.per_minute.drain(..surplus);
        self.minutes_forgotten += u32::try_from(surplus).unwrap_or(u32::MAX);
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    #[default]
    Idle,
    Running,
    /// Asked to stop; what is on the wire will finish.
    Stopping,
}

/// What a run did, from the deliveries in the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RunTotals {
    pub claimed: u32,
    pub sent: u32,
    pub failed: u32,
    pub unknown: u32,
    /// Claimed, then given back to the queue because the gate closed before the dispatch.
    pub returned: u32,
    /// Cancelled by a person between claim and dispatch.
    pub cancelled: u32,
    /// Left in `sending` by a desk that died, and settled by this run: back to the queue, or unknown.
    pub rescued: u32,
}
