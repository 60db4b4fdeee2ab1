//! What a migration would do now: looked at before it is asked for. Writes nothing.

use chrono::{DateTime, Utc};
use serde::Serialize;
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Preview {
    pub at: DateTime<Utc>,
    /// The CRM's tables are made too, because the database is empty.
    pub creates_crm: bool,
    /// All of them, in their order; those that are done too.
    pub steps: Vec<PreviewStep>,
    /// The references of the CRM; empty in an empty database.
    pub keys: Vec<PreviewKey>,
    /// Why the references are not known: somebody locks a table of theirs, or this login may not see them.
    pub keys_not_known: Option<String>,
    /// Sessions that a pending step would wait for, the oldest transaction first.
    pub blockers: Vec<Blocker>,
    /// Relations of others that look like ours; they are left alone.
    pub left_alone: Vec<String>,
    /// Why this login may not migrate at all.
    pub ask_admin: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewStep {
    pub id: String,
    /// `tx`, `autocommit` (outside a transaction), `function`, `pieces`, `batched`, `keys`.
    pub kind: String,
    /// `pending`, `changed` (a function whose text is newer), `done`.
    pub state: String,
    /// What it makes, as the file itself says.
    pub what: String,
    /// What is run; empty for a step that is done already, and for `keys` (see there).
    pub sql: String,
    pub locks: Vec<PreviewLock>,
    /// Why this login may not do it.
    pub may_not: Option<String>,
}

/// A table that is there, and how it is locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewLock {
    pub table: String,
    /// Postgres's word: `ACCESS EXCLUSIVE` holds readers and writers up, `SHARE ROW EXCLUSIVE` writers, `SHARE UPDATE EXCLUSIVE` nobody.
    pub mode: String,
    /// The planner's estimate.
    pub rows: i64,
    pub bytes: i64,
}

/// One reference: what there is, and what would be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewKey {
    pub child: String,
    pub col: String,
    pub parent: String,
    /// `missing`, `not_valid`, `valid`.
    pub state: String,
    pub indexed: bool,
    /// What becomes of a row that points nowhere: `moved` to quarantine, or `fk_nulled` with the old value kept there.
    pub action: String,
    /// Rows that have a value, and those of them that point nowhere; none where it could not be counted.
    pub pointing: Option<i64>,
    pub orphans: Option<i64>,
    /// Of the last 24 hours: what the CRM writes now, and could not write any more.
    pub recent: Option<i64>,
    /// Nothing is left to do.
    pub whole: bool,
    /// Why it would be left as it is.
    pub refused: Option<String>,
    pub sql: Vec<String>,
    pub locks: Vec<PreviewLock>,
}

/// A session that a step would wait for, if it started now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, sqlx::FromRow)]
pub struct Blocker {
    pub pid: i32,
    pub login: String,
    pub program: String,
    /// As the server says: `active`, `idle in transaction`, ..; `hidden` from this login.
    pub state: String,
    /// How long its transaction is open.
    pub seconds: i64,
    /// `public.leads (RowExclusiveLock)`; empty: it is only open for long.
    pub locks: Vec<String>,
    /// Sessions that wait for it already.
    pub makes_wait: i64,
}
