//! Where this desk is connected, as whom, and what that login may do here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::connection::Environment;

/// What the window knows about its connection. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Session {
    /// A name for people: "Local database", or host/database.
    pub name: String,
    pub embedded: bool,
    pub environment: Environment,
    pub database: DatabaseState,
    pub login: String,
    pub operator: Option<Operator>,
    pub admin: bool,
    pub runner: bool,
    /// The login may look, not act.
    pub read_only: bool,
    /// Sample: nothing is ever sent to anybody.
    pub sample: bool,
    /// IANA name of the operator's zone.
    pub zone: String,
    /// The database's time, which in a sample database may be shifted.
    pub now: DateTime<Utc>,
    /// Seconds that the sample clock is ahead of real time; 0 on a live database.
    pub clock_shift_seconds: i32,
    pub app_version: String,
    pub server_version: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseState {
    /// No CRM table.
    Empty,
    /// The CRM, without schema `queue_desk`.
    NotMigrated,
    Ready,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct Operator {
    pub user_id: Uuid,
    pub name: String,
}
