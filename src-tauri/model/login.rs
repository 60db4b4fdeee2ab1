//! Database logins of operators: what making or closing one would run, and who is connected with one now.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use ts_rs::TS;
use uuid::Uuid;

/// What would make a login, with dots where the password's verifier goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LoginScript {
    pub statements: Vec<String>,
    /// Why this desk's login may not run them; null: it may.
    pub obstacle: Option<String>,
}

/// One login of an operator who is to be retired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, TS)]
pub struct LoginClosing {
    pub login: String,
    pub statement: String,
    /// Why it stays open; null: it is closed.
    pub obstacle: Option<String>,
}

/// What gives a login a new password, with dots where its verifier goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, TS)]
pub struct LoginRenewal {
    pub login: String,
    pub statement: String,
    /// Why this desk's login may not run it; null: it may.
    pub obstacle: Option<String>,
    /// It works no more, or its operator does not: it is opened again.
    pub closed: bool,
}

/// Who works on this database right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LiveDesks {
    /// False: the server does not show its sessions, so nobody can say who is connected.
    pub known: bool,
    pub desks: Vec<LiveDesk>,
    pub runs: Vec<LiveRun>,
}

/// A Queue Desk that is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LiveDesk {
    pub login: String,
    pub user_id: Option<Uuid>,
    /// None: the login is nobody's.
    pub operator: Option<String>,
    /// It may act; false for an unmapped login, and for a retired operator's.
    pub mapped: bool,
    pub admin: bool,
    pub runner: bool,
    pub version: Option<String>,
    /// `window` or `command`; none of an older version.
    pub program: Option<String>,
    /// None: the server hides it.
    pub since: Option<DateTime<Utc>>,
    /// For how long, by the server's clock.
    pub seconds: Option<i64>,
    pub connections: i32,
    /// The one that asks.
    pub mine: bool,
}

/// A run of automation that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LiveRun {
    pub run_id: Uuid,
    pub login: String,
    /// Whose messages it sends.
    pub operator: Option<String>,
    /// It sends everybody's.
    pub everybody: bool,
    pub sender: String,
    pub started_at: DateTime<Utc>,
    /// Since it last said that it lives.
    pub heartbeat_seconds: i64,
    /// For too long: another desk will settle what it left.
    pub silent: bool,
    pub stopping: bool,
    pub claimed: i32,
    pub sent: i32,
}
