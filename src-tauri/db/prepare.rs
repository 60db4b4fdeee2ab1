//! What Prepare reads and the one call that writes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;
use sqlx::{FromRow, postgres::PgRow, types::Json};
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{plan::Window, receipt::Receipt},
    sql,
};

/// A day of one operator: queue_desk.prepare_day.
#[derive(Debug, Clone, Deserialize)]
pub struct Day {
    pub as_user: Uuid,
    pub operator: String,
    pub today: NaiveDate,
    /// Null when no working day comes within 60.
    pub day: Option<NaiveDate>,
    pub zone: String,
    pub now: DateTime<Utc>,
    pub windows: Vec<Window>,
    pub already: u32,
    pub taken: Vec<DateTime<Utc>>,
    /// The four JSON columns of user_queue_settings; null for an operator without a row.
    pub settings: Option<Value>,
    pub template: Option<Value>,
    pub phone_region: Option<String>,
}

/// A lead that the operator could queue, or the reason why not.
#[derive(Debug, Clone, FromRow)]
pub struct CandidateRow {
    pub lead_id: Uuid,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub phone: Option<String>,
    pub status: String,
    pub bant_status: Option<String>,
    pub lead_metadata: Option<Value>,
    pub last_interaction: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub fingerprint: String,
    pub reason: Option<String>,
    pub detail: Option<String>,
}

/// What the database knows about the phones of a plan.
#[derive(Debug, Clone, Deserialize)]
pub struct Phones {
    pub reasons: Vec<PhoneReason>,
    pub hours: Vec<PhoneHours>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct PhoneReason {
    pub phone: String,
    pub reason: String,
    pub detail: Option<String>,
}

/// When the owners of these phones may be written to.
#[derive(Debug, Clone, Deserialize)]
pub struct PhoneHours {
    pub phones: Vec<String>,
    /// The country is unknown: the operator's own zone was used.
    pub guessed: bool,
    pub windows: Vec<Window>,
}

enum Row {
    Day(Json<Day>),
    Candidate(CandidateRow),
}

impl<'r> FromRow<'r, PgRow> for Row {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        match sqlx::Row::try_get(row, "day")? {
            Some(day) => Ok(Row::Day(day)),
            None => CandidateRow::from_row(row).map(Row::Candidate),
        }
    }
}

/// The day, and who could be queued on it; nobody where it is past or none comes.
pub async fn candidates(
    conn: &mut Conn,
    as_user: Option<Uuid>,
    day: Option<NaiveDate>,
    leads: Option<&[Uuid]>,
) -> Result<(Day, Vec<CandidateRow>)> {
    let rows = conn.rows(sqlx::query_as(sql!("prepare/candidates")).bind(as_user).bind(day).bind(leads)).await?;
    let (mut of, mut found) = (None, Vec::with_capacity(rows.len()));
    for row in rows {
        match row {
            Row::Day(day) => of = Some(day.0),
            Row::Candidate(lead) => found.push(lead),
        }
    }
    let day = of.ok_or(sqlx::Error::RowNotFound).map_err(super::error::failed)?;
    Ok((day, found))
}

pub async fn phones(conn: &mut Conn, as_user: Uuid, day: NaiveDate, phones: &[&str]) -> Result<Phones> {
    conn.json(sqlx::query_scalar(sql!("prepare/phones")).bind(as_user).bind(day).bind(phones)).await
}

/// `plan_stale` when leads changed since the preview and `without_changed` is not set; then nothing was written.
pub async fn commit(conn: &mut Conn, as_user: Option<Uuid>, plan: &Value, without_changed: bool) -> Result<Receipt> {
    conn.receipt("prepare", sqlx::query_scalar(sql!("prepare/commit")).bind(as_user).bind(plan).bind(without_changed))
        .await
}
