//! What is paused, and until when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A pause in force. Times are UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct PauseRow {
    /// all, operator, client, lead or template.
    #[ts(type = "\"all\" | \"operator\" | \"client\" | \"lead\" | \"template\"")]
    pub scope: String,
    /// An id, or the template's name; null for all.
    pub subject: Option<String>,
    /// Null where the caller may not read it.
    pub subject_name: Option<String>,
    /// Null: until somebody resumes.
    pub until: Option<DateTime<Utc>>,
    pub by: Option<Uuid>,
    pub by_name: Option<String>,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}
