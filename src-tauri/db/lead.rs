//! Pages of the leads grid, one lead and its time; taking a lead, handing it back, opting a person out, undoing.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{
        lead::{LeadCounts, LeadFilter, LeadRow, Whose},
        lead_page::LeadEvent,
        receipt::Receipt,
    },
    sql,
};

/// A row and where it stands in the order.
#[derive(Debug, Clone, FromRow)]
pub struct PlacedLead {
    #[sqlx(flatten)]
    pub row: LeadRow,
    pub at: String,
}

/// `as_user`: whose leads `mine` are, where that is not the login's own operator.
pub async fn page(
    conn: &mut Conn,
    filter: &LeadFilter,
    as_user: Option<Uuid>,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<PlacedLead>> {
    rows_of(conn, sql!("lead/page"), filter, as_user, after, limit).await
}

/// The same of a CRM without our schema.
pub async fn page_plain(
    conn: &mut Conn,
    filter: &LeadFilter,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<PlacedLead>> {
    rows_of(conn, sql!("lead/page_plain"), filter, None, after, limit).await
}

async fn rows_of(
    conn: &mut Conn,
    sql: &'static str,
    filter: &LeadFilter,
    as_user: Option<Uuid>,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<PlacedLead>> {
    let query = sqlx::query_as(sql).bind(filter.search.as_deref()).bind(filter.status.as_deref());
    let query = query.bind(whose(filter, as_user)).bind(after.map(|a| a.0)).bind(after.map(|a| a.1));
    conn.rows(query.bind(limit)).await
}

pub async fn counts(conn: &mut Conn, filter: &LeadFilter, as_user: Option<Uuid>) -> Result<LeadCounts> {
    counts_of(conn, sql!("lead/counts"), filter, as_user).await
}

/// The same of a CRM without our schema.
pub async fn counts_plain(conn: &mut Conn, filter: &LeadFilter) -> Result<LeadCounts> {
    counts_of(conn, sql!("lead/counts_plain"), filter, None).await
}

/// The word for the statement; an operator's id stands for that operator.
fn whose(filter: &LeadFilter, as_user: Option<Uuid>) -> Option<String> {
    match (filter.whose, as_user) {
        (Some(Whose::Mine), Some(user)) => Some(user.to_string()),
        (whose, _) => whose.map(|whose| whose.word().to_owned()),
    }
}

async fn counts_of(
    conn: &mut Conn,
    sql: &'static str,
    filter: &LeadFilter,
    as_user: Option<Uuid>,
) -> Result<LeadCounts> {
    let query = sqlx::query_scalar(sql).bind(filter.search.as_deref()).bind(filter.status.as_deref());
    conn.json(query.bind(whose(filter, as_user)).bind(i64::from(LeadCounts::MOST))).await
}

/// One lead, and what its score is made of.
#[derive(Debug, Clone, FromRow)]
pub struct Known {
    #[sqlx(flatten)]
    pub row: LeadRow,
    pub bant_status: Option<String>,
    pub lead_metadata: Value,
    pub now: DateTime<Utc>,
    pub same_phone: i32,
    pub last_receipt: Option<Uuid>,
    /// The operator's, as the CRM stores them; none without a row.
    pub settings: Option<Value>,
}

/// None where there is no such lead, or this login may not see it.
pub async fn get(conn: &mut Conn, lead: Uuid, as_user: Option<Uuid>) -> Result<Option<Known>> {
    Ok(conn.rows(sqlx::query_as(sql!("lead/get")).bind(lead).bind(as_user)).await?.pop())
}

/// The same of a CRM without our schema.
pub async fn get_plain(conn: &mut Conn, lead: Uuid) -> Result<Option<Known>> {
    Ok(conn.rows(sqlx::query_as(sql!("lead/get_plain")).bind(lead)).await?.pop())
}

/// An event and where it stands in the order.
#[derive(Debug, Clone, FromRow)]
pub struct PlacedEvent {
    #[sqlx(flatten)]
    pub row: LeadEvent,
    pub place: String,
}

pub async fn timeline(
    conn: &mut Conn,
    lead: Uuid,
    kind: Option<&str>,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<PlacedEvent>> {
    events_of(conn, sql!("lead/timeline"), lead, kind, after, limit).await
}

/// The same of a CRM without our schema.
pub async fn timeline_plain(
    conn: &mut Conn,
    lead: Uuid,
    kind: Option<&str>,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<PlacedEvent>> {
    events_of(conn, sql!("lead/timeline_plain"), lead, kind, after, limit).await
}

async fn events_of(
    conn: &mut Conn,
    sql: &'static str,
    lead: Uuid,
    kind: Option<&str>,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<PlacedEvent>> {
    let query = sqlx::query_as(sql).bind(lead).bind(kind);
    conn.rows(query.bind(after.map(|a| a.0)).bind(after.map(|a| a.1)).bind(limit)).await
}

pub async fn take(
    conn: &mut Conn,
    lead: Uuid,
    as_user: Option<Uuid>,
    expected_owner: Option<Uuid>,
    reason: Option<&str>,
) -> Result<Receipt> {
    conn.receipt(
        "take",
        sqlx::query_scalar(sql!("lead/take")).bind(lead).bind(as_user).bind(expected_owner).bind(reason),
    )
    .await
}

pub async fn release(conn: &mut Conn, lead: Uuid, as_user: Option<Uuid>, reason: Option<&str>) -> Result<Receipt> {
    conn.receipt("release", sqlx::query_scalar(sql!("lead/release")).bind(lead).bind(as_user).bind(reason)).await
}

pub async fn undo(conn: &mut Conn, receipt: Uuid, as_user: Option<Uuid>) -> Result<Receipt> {
    conn.receipt("undo", sqlx::query_scalar(sql!("lead/undo")).bind(receipt).bind(as_user)).await
}

/// A lead's phone as somebody typed it, and where.
#[derive(Debug, Clone, Deserialize)]
pub struct LeadPhone {
    pub phone: Option<String>,
    pub own_region: Option<String>,
    pub region: Option<String>,
}

/// None without access.
pub async fn phone(conn: &mut Conn, lead: Uuid, as_user: Option<Uuid>) -> Result<Option<LeadPhone>> {
    let found: Option<sqlx::types::Json<LeadPhone>> =
        conn.scalar(sqlx::query_scalar(sql!("lead/phone")).bind(lead).bind(as_user)).await?;
    Ok(found.map(|phone| phone.0))
}

/// `phone` is E.164.
pub async fn opt_out(
    conn: &mut Conn,
    lead: Uuid,
    phone: Option<&str>,
    as_user: Option<Uuid>,
    reason: Option<&str>,
) -> Result<Receipt> {
    conn.receipt("opt_out", sqlx::query_scalar(sql!("lead/opt_out")).bind(lead).bind(phone).bind(as_user).bind(reason))
        .await
}
