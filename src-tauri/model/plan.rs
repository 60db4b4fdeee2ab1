//! The preview of Prepare: who would be queued when, and why everyone else is left out.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A plan is only a proposal: nothing was written. Committing it inserts a subset of `items`, never anything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Plan {
    pub id: Uuid,
    pub as_user: Uuid,
    pub operator: String,
    /// The day in the operator's zone.
    pub day: NaiveDate,
    /// IANA name of the operator's zone.
    pub zone: String,
    /// When the operator is open on that day, UTC.
    pub windows: Vec<Window>,
    pub capacity: Capacity,
    /// How many leads were looked at: `items` plus `left_out`.
    pub candidates: u32,
    pub items: Vec<PlanItem>,
    pub left_out: Vec<LeftOut>,
    pub warnings: Vec<Warning>,
    pub made_at: DateTime<Utc>,
}

/// Half open: a slot at `closes_at` is too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Window {
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
}

/// The operator's limits for the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Capacity {
    /// How many the day aims at (`processing_targets`), already reduced on weekends.
    pub target: u32,
    /// The hard cap of a day.
    pub max: u32,
    /// Queued, sending or sent for that day before this plan.
    pub already: u32,
    pub per_hour: u32,
}

/// One lead and its slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PlanItem {
    pub lead_id: Uuid,
    pub name: String,
    /// E.164.
    pub phone: String,
    pub slot: DateTime<Utc>,
    /// Rank within operator and day, from 1.
    pub position: i32,
    /// 0 to 100, from heat, BANT and days since contact.
    pub score: f64,
    /// Changes when the lead changes in a way that matters for sending; compared again at the commit.
    pub fingerprint: String,
    /// The text that will be sent.
    pub content: String,
}

/// One lead that is not in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOut {
    pub lead_id: Uuid,
    pub name: String,
    pub reason: String,
    /// Who has it, which lead has the same phone, until when.
    pub detail: Option<String>,
}

/// Worth knowing before pressing the button; the screen has the sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Warning {
    pub code: String,
    pub count: u32,
}
