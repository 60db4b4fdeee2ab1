//! Pauses of everybody, an operator, a client, a lead or a template.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{pause::PauseRow, receipt::Receipt},
    sql,
};

/// Those in force.
pub async fn list(conn: &mut Conn) -> Result<Vec<PauseRow>> {
    conn.rows(sqlx::query_as(sql!("pause/list"))).await
}

pub async fn pause(
    conn: &mut Conn,
    scope: &str,
    subject: Option<&str>,
    until: Option<DateTime<Utc>>,
    as_user: Option<Uuid>,
    reason: Option<&str>,
) -> Result<Receipt> {
    let query = sqlx::query_scalar(sql!("pause/pause")).bind(scope).bind(subject);
    conn.receipt("pause", query.bind(until).bind(as_user).bind(reason)).await
}

pub async fn resume(
    conn: &mut Conn,
    scope: &str,
    subject: Option<&str>,
    as_user: Option<Uuid>,
    reason: Option<&str>,
) -> Result<Receipt> {
    conn.receipt(
        "resume",
        sqlx::query_scalar(sql!("pause/resume")).bind(scope).bind(subject).bind(as_user).bind(reason),
    )
    .await
}
