//! What a migration would do now: looked at before it is asked for. Writes nothing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Preview {
    pub at: DateTime<Utc>,
    /// The CRM's own tables are made too, because the database is empty.
    pub creates_crm: bool,
    /// What is pending, in its order.
    pub steps: Vec<PreviewStep>,
    /// Steps that are done.
    pub done: u32,
    /// Why the sessions below are not known.
    pub not_known: Option<String>,
    pub blockers: Vec<Blocker>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewStep {
    pub id: String,
    /// `tx`, `autocommit` (outside a transaction), `function`, ..
    pub kind: String,
    /// `pending`, or `changed`: a function whose text is newer.
    pub state: String,
    /// What it makes, as the file itself says.
    pub what: String,
    /// Which locks it takes on tables that are there, as the file itself says.
    pub locks: String,
    /// The tables of the CRM that it names.
    pub tables: Vec<TableSize>,
    pub sql: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, sqlx::FromRow)]
#[ts(rename = "PreviewTable")]
pub struct TableSize {
    pub name: String,
    /// From the statistics.
    pub rows: i64,
    pub bytes: i64,
}

/// A session that a step would wait for, if it started now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct Blocker {
    pub pid: i32,
    pub login: String,
    pub program: String,
    /// As the server says: `active`, `idle in transaction`, ..; `hidden` from this login.
    pub state: String,
    /// How long its transaction is open.
    pub seconds: i64,
    /// `public.leads (RowExclusiveLock)`.
    pub locks: Vec<String>,
    /// Sessions that wait for it already.
    pub makes_wait: i64,
}
