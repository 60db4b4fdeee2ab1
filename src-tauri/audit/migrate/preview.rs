//! What a migration would do here, before anything is done: each step's SQL, whom it holds up, how much it has to read, who stands in
//! its way now, and whether this login may do it at all.

use chrono::Utc;
use sqlx::{PgConnection, postgres::PgConnectOptions};

use super::{keys, plan, rights};
use crate::{
    audit::steps::{Kind, STEPS, Step},
    db::{connect, keys as edges, migrate as db},
    error::{Code, Result},
    model::preview::{Preview, PreviewKey, PreviewLock, PreviewStep},
};

/// [`preview`] on a connection of its own, which cannot write.
pub async fn look(options: &PgConnectOptions) -> Result<Preview> {
    let mut conn = crate::db::open(options, true).await?;
    let preview = preview(&mut conn).await;
    crate::db::close(conn).await;
    preview
}

/// Reads and writes nothing. Counts the rows of the references, which takes seconds on a large database.
pub async fn preview(conn: &mut PgConnection) -> Result<Preview> {
    db::glance(conn).await?;
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
        steps.push(PreviewStep {
            id: step.id.into(),
            kind: report.kind.into(),
            state: report.state.into(),
            what: step.what(),
            sql,
            locks,
            may_not,
        });
    }
    let (found, keys_not_known) = match if planned.creates_crm { Ok(Vec::new()) } else { edges_of(conn).await } {
        Ok(found) => (found, None),
        Err(e) if matches!(e.code, Code::Busy | Code::NoPermission) => (Vec::new(), Some(e.message)),
        Err(e) => return Err(e),
    };
    let mut keys = Vec::new();
    for edge in &found {
        locked.extend(keys::locks(edge));
        keys.push(key(conn, edge).await?);
    }
    let blockers = db::blockers(conn, &locked).await?;
    let left_alone = db::neighbours(conn).await?;
    let wanted = planned.pending() > 0 || keys.iter().any(|k| !k.whole);
    let (role, state) = (connect::role(conn).await?, db::state(conn).await?);
    let ask_admin = wanted.then(|| rights::refused(&role, planned.creates_crm, state.read_only)).flatten();
    Ok(Preview {
        at: Utc::now(),
        creates_crm: planned.creates_crm,
        steps,
        keys,
        keys_not_known,
        blockers,
        left_alone,
        ask_admin,
    })
}

async fn edges_of(conn: &mut PgConnection) -> Result<Vec<edges::Edge>> {
    match STEPS.iter().find(|s| s.kind == Kind::Keys) {
        Some(step) => edges::edges(conn, step).await,
        None => Ok(Vec::new()),
    }
}

async fn judge(conn: &mut PgConnection, step: &Step, pending: bool) -> Result<(Vec<PreviewLock>, Option<String>)> {
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

async fn sized(conn: &mut PgConnection, locks: &[(&str, &str)]) -> Result<Vec<PreviewLock>> {
    let tables: Vec<&str> = locks.iter().map(|l| l.0).collect();
    let sizes = db::sizes(conn, &tables).await?;
    let line = |(table, mode): &(&str, &str)| {
        let of = sizes.iter().find(|s| s.name == *table);
        PreviewLock {
            table: (*table).into(),
            mode: (*mode).into(),
            rows: of.map_or(0, |s| s.rows),
            bytes: of.map_or(0, |s| s.bytes),
        }
    };
    Ok(locks.iter().map(line).collect())
}

async fn key(conn: &mut PgConnection, edge: &edges::Edge) -> Result<PreviewKey> {
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
    Ok(PreviewKey {
        child: edge.child.clone(),
        col: edge.col.clone(),
        parent: edge.parent.clone(),
        state: state.into(),
        indexed: edge.indexed,
        action: edge.action.clone(),
        pointing: count.as_ref().map(|c| c.pointing),
        orphans: count.as_ref().map(|c| c.orphans),
        recent: count.as_ref().and_then(|c| c.recent),
        whole: keys::is_whole(edge) && count.as_ref().is_some_and(|c| c.orphans == 0),
        refused,
        sql,
        locks,
    })
}
