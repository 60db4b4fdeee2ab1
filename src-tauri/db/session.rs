//! Where we are connected and as whom.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Conn;
use crate::{error::Result, model::session::Operator, sql};

pub(super) const STATE: &str = sql!("session/state");

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
    #[sqlx(default)]
    pub too_old: bool,
}

/// As `queue_desk.version_numbers`: what follows the three numbers is not compared.
fn numbers(version: &str) -> Vec<u32> {
    let number = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    version.splitn(3, '.').map(number).collect()
}

pub async fn state(conn: &mut Conn) -> Result<State> {
    conn.first_row(STATE).await
}

pub async fn whoami(conn: &mut Conn) -> Result<Caller> {
    let mut caller: Caller = conn.first_row(sql!("session/whoami")).await?;
    caller.too_old = numbers(env!("CARGO_PKG_VERSION")) < numbers(&caller.min_app_version);
    Ok(caller)
}

/// An operator's name, and whether he works here still; none: there is none.
pub async fn operator(conn: &mut Conn, user: Uuid) -> Result<Option<(String, bool)>> {
    Ok(conn.rows(sqlx::query_as(sql!("session/operator")).bind(user)).await?.pop())
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
