//! What may be stale on the screen.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Messages,
    Jobs,
    Leads,
    Metrics,
    Ledger,
    Automation,
    Schema,
}
