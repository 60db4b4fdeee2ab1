//! What a migration would do here, before anything is done: each step's SQL, whom it holds up, how much it has to read, who stands in
//! its way now, and whether this login may do it at all.

use serde::Serialize;
use sqlx::PgConnection;
use ts_rs::TS;

use super::{keys, plan};
use crate::{
    audit::steps::{Kind, STEPS, Step},
    db::{keys as edges, migrate as db},
    error::Result,
};

#[derive(Debug, Clone, Serialize, TS)]
pub struct Preview {
    /// The CRM's tables are made too, because the database is empty.
    pub creates_crm: bool,
    pub steps: Vec<StepPreview>,
    /// The references of the CRM; empty in an empty database.
    pub keys: Vec<KeyPreview>,
    /// Sessions that hold something a pending step needs, the oldest transaction first.
    pub blockers: Vec<db::Blocker>,
    /// Relations of others that look like ours; they are left alone.
    pub left_alone: Vec<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct StepPreview {
    pub id: String,
    /// `tx`, `autocommit`, `function`, `pieces`, `batched`, `keys`.
    pub kind: String,
    /// `pending`, `changed`, `done`.
    pub state: String,
    /// What is run; for a step that is done already and for `keys` (see there) it is empty.
    pub sql: String,
    pub locks: Vec<LockPreview>,
    /// Why this login may not do it.
    pub may_not: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct LockPreview {
    pub table: String,
    /// Postgres's word: `ACCESS EXCLUSIVE` holds readers and writers up, `SHARE ROW EXCLUSIVE` writers, `SHARE UPDATE EXCLUSIVE` nobody.
    pub mode: String,
    /// The planner's estimate.
    pub rows: i64,
    pub bytes: i64,
}

/// One reference: what there is, and what would be done.
#[derive(Debug, Clone, Serialize, TS)]
pub struct KeyPreview {
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
    /// Why it would be left as it is.
    pub refused: Option<String>,
    pub sql: Vec<String>,
    pub locks: Vec<LockPreview>,
}

/// Reads and writes nothing. Counts the rows of the references, which takes seconds on a large database.
pub async fn preview(conn: &mut PgConnection) -> Result<Preview> {
    let planned = plan(conn).await?;
    let mut steps = Vec::new();
    let mut locked: Vec<(&str, &str)> = Vec::new();
    for report in &planned.steps {
        let Some(step) = STEPS.iter().find(|s| s.id == report.id) else { continue };
        let pending = report.state != "done";
        if pending {
            locked.extend(step.locks);
        }
        let (locks, may_not) = judge(conn, step, pending).await?;
        let sql = if pending && step.kind != Kind::Keys { step.sql.to_owned() } else { String::new() };
        steps.push(StepPreview {
            id: step.id.into(),
            kind: report.kind.into(),
            state: report.state.into(),
            sql,
            locks,
            may_not,
        });
    }
    let found = if planned.creates_crm { Vec::new() } else { edges_of(conn).await? };
    let mut keys = Vec::new();
    for edge in &found {
        locked.extend(keys::locks(edge));
        keys.push(key(conn, edge).await?);
    }
    let blockers = db::blockers(conn, &locked).await?;
    let left_alone = db::neighbours(conn).await?;
    Ok(Preview { creates_crm: planned.creates_crm, steps, keys, blockers, left_alone })
}

async fn edges_of(conn: &mut PgConnection) -> Result<Vec<edges::Edge>> {
    match STEPS.iter().find(|s| s.kind == Kind::Keys) {
        Some(step) => edges::edges(conn, step).await,
        None => Ok(Vec::new()),
    }
}

async fn judge(conn: &mut PgConnection, step: &Step, pending: bool) -> Result<(Vec<LockPreview>, Option<String>)> {
    let locks = sized(conn, step.locks).await?;
    if !pending {
        return Ok((locks, None));
    }
    let tables: Vec<&str> = step.locks.iter().map(|l| l.0).collect();
    let foreign = db::sizes(conn, &tables).await?.into_iter().find(|s| !s.mine);
    let may_not = match foreign {
        Some(table) => Some(format!("{} belongs to {}", table.name, table.owner)),
        None if !db::may_create(conn).await? => Some("this login may not create schemas in this database".into()),
        None => None,
    };
    Ok((locks, may_not))
}

async fn sized(conn: &mut PgConnection, locks: &[(&str, &str)]) -> Result<Vec<LockPreview>> {
    let tables: Vec<&str> = locks.iter().map(|l| l.0).collect();
    let sizes = db::sizes(conn, &tables).await?;
    let line = |(table, mode): &(&str, &str)| {
        let of = sizes.iter().find(|s| s.name == *table);
        LockPreview {
            table: (*table).into(),
            mode: (*mode).into(),
            rows: of.map_or(0, |s| s.rows),
            bytes: of.map_or(0, |s| s.bytes),
        }
    };
    Ok(locks.iter().map(line).collect())
}

async fn key(conn: &mut PgConnection, edge: &edges::Edge) -> Result<KeyPreview> {
    let state = match (&edge.key, edge.valid) {
        (None, _) => "missing",
        (Some(_), Some(true)) => "valid",
        (Some(_), _) => "not_valid",
    };
    let possible = edge.cannot.clone().or_else(|| if keys::is_whole(edge) { None } else { edge.may_not.clone() });
    let (count, uncounted) = match (&edge.cannot, &edge.may_not) {
        (None, None) => match edges::orphans(conn, edge).await {
            Ok(count) => (Some(count), None),
            Err(e) => (None, Some(e.message)),
        },
        _ => (None, None),
    };
    let refused = possible.or(uncounted).or_else(|| count.as_ref().and_then(|c| keys::suspicious(edge, c)));
    let mut sql = Vec::new();
    if !edge.indexed {
        sql.extend(edge.half_index.as_ref().and(edge.drop_index_sql.clone()));
        sql.extend(edge.index_sql.clone());
    }
    if edge.key.is_none() {
        sql.extend([&edge.add_sql, &edge.comment_sql].into_iter().flatten().cloned());
    }
    if edge.valid != Some(true) {
        sql.extend(edge.validate_sql.clone());
    }
    let locks = sized(conn, &keys::locks(edge)).await?;
    Ok(KeyPreview {
        child: edge.child.clone(),
        col: edge.col.clone(),
        parent: edge.parent.clone(),
        state: state.into(),
        indexed: edge.indexed,
        action: edge.action.clone(),
        pointing: count.as_ref().map(|c| c.pointing),
        orphans: count.as_ref().map(|c| c.orphans),
        recent: count.as_ref().and_then(|c| c.recent),
        refused,
        sql,
        locks,
    })
}
