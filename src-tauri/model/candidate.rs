//! What Prepare looks at: leads that might be queued, and everything about the operator, the day and the phones that decides.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    phone::{E164, PhoneProblem},
    plan::{Capacity, Window},
    score::{ScoreInputs, Weights},
};

/// A lead that might be queued.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub lead_id: Uuid,
    /// For the screen.
    pub name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// From [`super::phone::normalise`] with the operator's region.
    pub phone: Result<E164, PhoneProblem>,
    /// Why the database would refuse this lead.
    pub reason: Option<Reason>,
    pub created_at: DateTime<Utc>,
    pub score: ScoreInputs,
    pub fingerprint: String,
}

/// A word for the screen, and the person, time or lead that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub reason: String,
    pub detail: Option<String>,
}

/// When a phone may be written to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// UTC, outside the lead's quiet hours.
    pub windows: Vec<Window>,
    /// Nobody knows the lead's zone; the windows are those that are safe in every zone it may be in.
    pub zone_unknown: bool,
}

/// Everything about the operator, the day and the phones that the plan depends on.
#[derive(Debug, Clone)]
pub struct PlanContext {
    pub id: Uuid,
    pub as_user: Uuid,
    pub operator: String,
    /// In `zone`.
    pub day: NaiveDate,
    pub zone: String,
    /// When the operator is open, UTC; none on a closed day.
    pub windows: Vec<Window>,
    pub capacity: Capacity,
    /// The database's time.
    pub now: DateTime<Utc>,
    pub template: String,
    pub weights: Weights,
    /// Slots of that day that are given away already; new ones keep the same distance from them.
    pub taken: Vec<DateTime<Utc>>,
    /// Phones that the database refuses, whatever lead they belong to.
    pub phone_reasons: HashMap<E164, Reason>,
    /// A phone that is missing here is never written to: quiet hours that nobody looked up are not "no quiet hours".
    pub allowed: HashMap<E164, Allowed>,
}

impl From<&'static str> for Reason {
    fn from(reason: &'static str) -> Self {
        Self { reason: reason.to_owned(), detail: None }
    }
}
