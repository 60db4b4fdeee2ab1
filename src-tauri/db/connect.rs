//! What a test of a connection asks. These take a raw connection, which is closed afterwards.

use sqlx::PgConnection;

use super::error::failed;
use crate::{error::Result, sql};

/// Who the login is, and what it may do here.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Role {
    pub login: String,
    pub superuser: bool,
    pub sees_every_row: bool,
    pub may_create_roles: bool,
    pub may_create_schemas: bool,
    pub may_create_tables: bool,
    /// None: there is no table of the CRM.
    pub owns_crm: Option<bool>,
    pub reads_crm: Option<bool>,
    /// The group that holds the grants of every desk.
    pub has_group: bool,
    pub in_group: bool,
}

/// What it sees, at most 100,001 of each.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Seen {
    pub leads: i64,
    pub messages: i64,
}

pub async fn role(conn: &mut PgConnection) -> Result<Role> {
    sqlx::query_as(sql!("connect/role")).fetch_one(conn).await.map_err(failed)
}

pub async fn counts(conn: &mut PgConnection) -> Result<Seen> {
    sqlx::query_as(sql!("connect/counts")).fetch_one(conn).await.map_err(failed)
}

/// Whom the login acts for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Acts {
    pub name: Option<String>,
    pub sample: bool,
    pub may_act: bool,
}

/// On a migrated database; refused to a login that is no desk's.
pub async fn operator(conn: &mut PgConnection) -> Result<Acts> {
    sqlx::query_as(sql!("connect/operator")).fetch_one(conn).await.map_err(failed)
}
