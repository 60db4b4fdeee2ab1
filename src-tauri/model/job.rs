//! A job of the CRM's processing queue as its grid shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What the jobs grid is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct JobFilter {
    /// queued, processing, completed, failed or cancelled.
    pub state: Option<String>,
    pub operator: Option<Uuid>,
}

/// One row of the jobs grid. Times are UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct JobRow {
    pub id: Uuid,
    pub lead_id: Option<Uuid>,
    pub lead_name: Option<String>,
    pub state: String,
    pub processing_type: Option<String>,
    pub processing_step: Option<String>,
    /// Percent.
    pub progress: Option<i32>,
    pub operator: Option<String>,
    pub priority: i32,
    pub tries: i32,
    pub error: Option<String>,
    pub scheduled_for: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
}

/// A page of the jobs grid, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobPage {
    pub rows: Vec<JobRow>,
    /// Pass it back to get the next page; null at the end.
    pub next: Option<String>,
}
