//! The outbox of words for leads.status. On a connection of its own: a hanging webhook must not hold up an action.

use sqlx::PgConnection;

use super::{Conn, error::failed};
use crate::{
    error::{Code, Error, Result},
    sql,
};

pub async fn set_up(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(sql!("stage/set_up")).execute(conn).await.map(|_| ()).map_err(failed)
}

/// Whether a word waits; through the connection that the desk has anyway.
pub async fn any(conn: &mut Conn) -> Result<bool> {
    conn.scalar(sqlx::query_scalar(sql!("stage/any"))).await
}

pub async fn waiting(conn: &mut PgConnection, limit: i32) -> Result<Vec<i64>> {
    sqlx::query_scalar(sql!("stage/waiting")).bind(limit).fetch_all(conn).await.map_err(failed)
}

/// `written`, `refused`, or `elsewhere` when somebody else has it. A trigger of the CRM that raises is the error.
pub async fn write(conn: &mut PgConnection, id: i64) -> std::result::Result<String, WriteError> {
    sqlx::query_scalar(sql!("stage/write")).bind(id).fetch_one(conn).await.map_err(|e| match &e {
        // The CRM's own words may hold anything; the SQLSTATE says enough.
        sqlx::Error::Database(d) => WriteError::Refused(match d.code().as_deref() {
            Some("57014") => "timeout".to_owned(),
            Some("55P03") => "lead_locked".to_owned(),
            state => format!("refused_{}", state.unwrap_or("unknown")),
        }),
        _ => WriteError::Lost(Error::new(
            Code::ConnectionLost,
            "The connection broke while a lead's status was written; it is tried again.",
        )),
    })
}

pub enum WriteError {
    /// The database or a trigger of the CRM said no; nothing happened.
    Refused(String),
    Lost(Error),
}

pub async fn postpone(conn: &mut PgConnection, id: i64, reason: &str) -> Result<String> {
    sqlx::query_scalar(sql!("stage/postpone")).bind(id).bind(reason).fetch_one(conn).await.map_err(failed)
}
