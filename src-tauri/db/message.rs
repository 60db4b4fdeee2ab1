//! Pages of the messages grid, the counts around it, and what people do with messages.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{
        message::MessageRow,
        page::{Counts, Filter},
        receipt::Receipt,
    },
    sql,
};

/// Where a page ended: the sort key of its last row.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Cursor {
    pub grp: i32,
    /// As the database writes it; it may be infinite.
    pub at: String,
    pub id: Uuid,
}

/// A row and where it stands in the order.
#[derive(Debug, Clone, FromRow)]
pub struct PlacedRow {
    #[sqlx(flatten)]
    pub row: MessageRow,
    pub grp: i32,
    /// As the database writes it; it may be infinite.
    pub at: String,
}

pub async fn page(conn: &mut Conn, filter: &Filter, after: Option<&Cursor>, limit: i64) -> Result<Vec<PlacedRow>> {
    rows_of(conn, sql!("message/page"), filter, after, limit).await
}

/// The same of a CRM without our schema.
pub async fn page_plain(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<PlacedRow>> {
    rows_of(conn, sql!("message/page_plain"), filter, after, limit).await
}

async fn rows_of(
    conn: &mut Conn,
    sql: &'static str,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<PlacedRow>> {
    let query = sqlx::query_as(sql).bind(filter.lane.as_deref()).bind(filter.operator).bind(filter.search.as_deref());
    let query = query
        .bind(after.map(|a| a.grp))
        .bind(after.map(|a| a.at.as_str()))
        .bind(after.map(|a| a.id))
        .bind(limit)
        .bind(filter.reason.as_deref());
    conn.rows(query).await
}

pub async fn counts(conn: &mut Conn) -> Result<Counts> {
    conn.json(sqlx::query_scalar(sql!("message/counts"))).await
}

/// The same of a CRM without our schema.
pub async fn counts_plain(conn: &mut Conn) -> Result<Counts> {
    conn.json(sqlx::query_scalar(sql!("message/counts_plain"))).await
}

pub async fn cancel(conn: &mut Conn, ids: &[Uuid], as_user: Option<Uuid>, reason: Option<&str>) -> Result<Receipt> {
    conn.receipt("cancel", sqlx::query_scalar(sql!("message/cancel")).bind(ids).bind(as_user).bind(reason)).await
}

pub async fn retry(conn: &mut Conn, ids: &[Uuid], as_user: Option<Uuid>) -> Result<Receipt> {
    conn.receipt("retry", sqlx::query_scalar(sql!("message/retry")).bind(ids).bind(as_user)).await
}

pub async fn reschedule(conn: &mut Conn, ids: &[Uuid], at: DateTime<Utc>, as_user: Option<Uuid>) -> Result<Receipt> {
    conn.receipt("reschedule", sqlx::query_scalar(sql!("message/reschedule")).bind(ids).bind(at).bind(as_user)).await
}

pub async fn set_priority(conn: &mut Conn, ids: &[Uuid], priority: i32, as_user: Option<Uuid>) -> Result<Receipt> {
    conn.receipt(
        "set_priority",
        sqlx::query_scalar(sql!("message/set_priority")).bind(ids).bind(priority).bind(as_user),
    )
    .await
}

pub async fn assign(conn: &mut Conn, ids: &[Uuid], to: Uuid, as_user: Option<Uuid>) -> Result<Receipt> {
    conn.receipt("assign", sqlx::query_scalar(sql!("message/assign")).bind(ids).bind(to).bind(as_user)).await
}

pub async fn adopt(conn: &mut Conn, ids: Option<&[Uuid]>, as_user: Option<Uuid>) -> Result<Receipt> {
    conn.receipt("adopt", sqlx::query_scalar(sql!("message/adopt")).bind(ids).bind(as_user)).await
}

pub async fn resolve(
    conn: &mut Conn,
    ids: &[Uuid],
    outcome: &str,
    as_user: Option<Uuid>,
    note: Option<&str>,
) -> Result<Receipt> {
    conn.receipt(
        "resolve",
        sqlx::query_scalar(sql!("message/resolve")).bind(ids).bind(outcome).bind(as_user).bind(note),
    )
    .await
}
