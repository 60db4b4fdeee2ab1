//! Where this desk is connected, as whom, and what that login may do here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::connection::{Environment, Guard};

/// What the window knows about its connection. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Session {
    /// A name for people: "Local database", or host/database.
    pub name: String,
    pub embedded: bool,
    pub environment: Environment,
    pub guard: Guard,
    pub database: DatabaseState,
    pub login: String,
    pub operator: Option<Operator>,
    pub admin: bool,
    /// The other operator that this desk acts for; none: the login's own.
    pub acting_for: Option<ActingFor>,
    pub runner: bool,
    /// The login may look, not act.
    pub read_only: bool,
    /// Why, in one word; none where the login may act.
    pub read_only_reason: Option<ReadOnlyReason>,
    /// The oldest version that may act on this database.
    pub min_app_version: Option<String>,
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
pub enum ReadOnlyReason {
    /// There is nothing to act on: no CRM, or not migrated.
    NotMigrated,
    /// It was opened to look only.
    Chosen,
    /// A standby that follows another server.
    Standby,
    /// A server or a login whose sessions are read only.
    Server,
    /// The login is no member of queue_desk_operator.
    Login,
    /// This program is older than the database allows.
    AppTooOld,
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

/// An admin acts for another operator: the ledger keeps both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActingFor {
    pub user_id: Uuid,
    pub name: String,
    /// Why the database refuses it by now. The desk does not become its own operator again by itself: nothing is done in a name that
    /// nobody chose.
    pub ended: Option<ActingEnded>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActingEnded {
    /// The login is no admin's any more.
    NotAdmin,
    /// The operator does not work here any more.
    Retired,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct Operator {
    pub user_id: Uuid,
    pub name: String,
}
