//! Automation's calls: claim, dispatch, settle, and what surrounds them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{page::HeldCount, receipt::Receipt},
    sql,
};

#[derive(Debug, Clone, Deserialize)]
pub struct Started {
    pub run_id: Uuid,
    pub started_at: DateTime<Utc>,
    /// Whose messages it sends; none: everybody's.
    #[serde(default)]
    pub operator: Option<String>,
}

/// A claimed message; the attempt number is the fence.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Claimed {
    pub message_id: Uuid,
    pub attempt: i32,
}

/// The database's last word before a request starts.
#[derive(Debug, Clone, Deserialize)]
pub struct Dispatch {
    pub go: bool,
    pub reason: Option<String>,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub content: String,
    pub template: Option<String>,
    #[serde(default)]
    pub variables: Value,
    /// What to put back if the database forgets it ([`super::seen`]).
    #[serde(default)]
    pub proof: Value,
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    pub message_id: Uuid,
    pub attempt: i32,
    pub outcome: Outcome,
    pub provider_message_id: Option<String>,
    pub error_code: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Sent,
    Failed,
    /// The request began and nobody knows how it ended: never repeated by the machine.
    Unknown,
    /// The request did not begin: back to the queue.
    NotSent,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct SettleCount {
    pub settled: u32,
    /// Rows that were no longer ours.
    pub conflicts: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescued {
    pub returned: u32,
    pub unknown: u32,
    pub foreign: u32,
}

/// What waits.
#[derive(Debug, Clone, Deserialize)]
pub struct Outlook {
    /// May go this moment.
    pub due: u32,
    pub next_at: Option<DateTime<Utc>>,
    pub held: Vec<HeldCount>,
    /// Claimed by other desks and not settled.
    pub live: u32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Heartbeat {
    pub stop: bool,
}

/// `request_timeout` in seconds decides when another worker may call this one dead.
pub async fn start(
    conn: &mut Conn,
    worker: Uuid,
    as_user: Option<Uuid>,
    sender: &str,
    request_timeout: i32,
) -> Result<Started> {
    conn.json(sqlx::query_scalar(sql!("run/start")).bind(worker).bind(as_user).bind(sender).bind(request_timeout)).await
}

pub async fn claim(
    conn: &mut Conn,
    worker: Uuid,
    run: Uuid,
    as_user: Option<Uuid>,
    batch: i32,
    sender: &str,
) -> Result<Vec<Claimed>> {
    conn.json(sqlx::query_scalar(sql!("run/claim")).bind(worker).bind(run).bind(as_user).bind(batch).bind(sender)).await
}

pub async fn dispatch(conn: &mut Conn, claimed: Claimed, worker: Uuid) -> Result<Dispatch> {
    conn.json(sqlx::query_scalar(sql!("run/dispatch")).bind(claimed.message_id).bind(claimed.attempt).bind(worker))
        .await
}

pub async fn settle(conn: &mut Conn, worker: Uuid, items: &[Settled]) -> Result<SettleCount> {
    conn.json(sqlx::query_scalar(sql!("run/settle")).bind(worker).bind(sqlx::types::Json(items))).await
}

pub async fn heartbeat(conn: &mut Conn, run: Uuid, worker: Uuid) -> Result<Heartbeat> {
    conn.json(sqlx::query_scalar(sql!("run/heartbeat")).bind(run).bind(worker)).await
}

pub async fn rescue(conn: &mut Conn, worker: Uuid) -> Result<Rescued> {
    conn.json(sqlx::query_scalar(sql!("run/rescue")).bind(worker)).await
}

pub async fn outlook(conn: &mut Conn, worker: Uuid, as_user: Option<Uuid>) -> Result<Outlook> {
    conn.json(sqlx::query_scalar(sql!("run/outlook")).bind(worker).bind(as_user)).await
}

pub async fn finish(conn: &mut Conn, run: Uuid, worker: Uuid) -> Result<Receipt> {
    conn.json(sqlx::query_scalar(sql!("run/finish")).bind(run).bind(worker)).await
}

pub async fn request_stop(conn: &mut Conn, run: Uuid) -> Result<()> {
    conn.execute(sqlx::query(sql!("run/request_stop")).bind(run)).await
}

pub async fn stop_everything(conn: &mut Conn, as_user: Option<Uuid>, reason: Option<&str>) -> Result<Receipt> {
    conn.receipt("stop", sqlx::query_scalar(sql!("run/stop_everything")).bind(as_user).bind(reason)).await
}
