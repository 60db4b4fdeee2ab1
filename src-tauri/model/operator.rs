//! The people who work the queue, as an admin sees them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperatorRow {
    /// An auth.users id.
    pub user_id: Uuid,
    pub name: String,
    /// The messages of an inactive one are held.
    pub active: bool,
    pub logins: Vec<OperatorLogin>,
    /// Dispatched in the operator's local day.
    pub used_today: i32,
    /// How many may be dispatched in it; null: no limit.
    pub capacity_today: Option<i32>,
    /// Queued for this operator, whoever may see them.
    pub waiting: i32,
}

/// A database login that acts as the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperatorLogin {
    pub login: String,
    pub admin: bool,
    /// May send everybody's messages.
    pub runner: bool,
    pub active: bool,
}
