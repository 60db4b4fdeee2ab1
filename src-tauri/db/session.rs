//! Where we are connected and as whom.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Conn;
use crate::{error::Result, model::session::Operator, sql};

/// What the database is, read from the catalogue.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct State {
    pub has_crm: bool,
    pub has_queue_desk: bool,
    pub is_empty: bool,
    pub login: String,
    pub server_version: String,
    /// It follows another server.
    pub standby: bool,
    /// A standby, or a server or login whose sessions are read only.
    pub read_only: bool,
}

impl State {
    /// A CRM that nobody migrated: its tables without our schema.
    pub fn is_plain(&self) -> bool {
        self.has_crm && !self.has_queue_desk
    }
}

/// The caller on a migrated database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Caller {
    pub user_id: Option<Uuid>,
    pub name: Option<String>,
    pub admin: bool,
    pub runner: bool,
    pub sample: bool,
    pub zone: String,
    pub now: DateTime<Utc>,
    pub clock_shift_seconds: i32,
    pub may_act: bool,
    /// The oldest version that may act here.
    pub min_app_version: String,
    /// This version is older.
    pub too_old: bool,
    /// The name of whom it acts for, where that is another operator.
    pub for_name: Option<String>,
    /// Whether that one works here still.
    pub for_active: bool,
}

pub async fn state(conn: &mut Conn) -> Result<State> {
    conn.row(sqlx::query_as(sql!("session/state"))).await
}

/// `as_user`: the other operator that the desk acts for.
pub async fn whoami(conn: &mut Conn, as_user: Option<Uuid>) -> Result<Caller> {
    conn.row(sqlx::query_as(sql!("session/whoami")).bind(env!("CARGO_PKG_VERSION")).bind(as_user)).await
}

/// The operator that an act for `user` would be for: that one, where the login may.
pub async fn acting_as(conn: &mut Conn, user: Uuid) -> Result<Uuid> {
    conn.scalar(sqlx::query_scalar(sql!("session/acting_as")).bind(user)).await
}

/// At most two: two operators may have one name.
pub async fn operator_named(conn: &mut Conn, id_or_name: &str) -> Result<Vec<Operator>> {
    conn.rows(sqlx::query_as(sql!("session/operator_named")).bind(id_or_name)).await
}

pub async fn move_clock(conn: &mut Conn, to: DateTime<Utc>) -> Result<DateTime<Utc>> {
    conn.scalar(sqlx::query_scalar(sql!("session/move_clock")).bind(to)).await
}
