//! The references of the CRM, put right on a live database: close the tap, settle what points nowhere, prove it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{
    Refused,
    run::{Run, Work},
};
use crate::{
    audit::steps::Step,
    db::{
        keys::{self as db, Edge, Orphans},
        migrate,
    },
    error::Result,
};

/// More than this share of a table does not point nowhere by accident: the parent is likely to be the wrong one.
const SUSPICIOUS_PERCENT: i64 = 20;
/// Rows of one batch. Each batch locks its rows for a moment, and only those.
const BATCH: i32 = 500;
/// Settling rows of one table never makes new rows of another point nowhere, so a second round finds what others wrote meanwhile.
const ROUNDS: usize = 4;

/// Why nothing is concluded from this count, if that is so.
pub fn suspicious(edge: &Edge, count: &Orphans) -> Option<String> {
    let Orphans { pointing, orphans, parent_has_rows, .. } = *count;
    if orphans == 0 {
        return None;
    }
    if !parent_has_rows {
        return Some(format!(
            "{} is empty while {pointing} rows point to it; rather it is not the table that was meant",
            edge.parent
        ));
    }
    (orphans.saturating_mul(100) > pointing.saturating_mul(SUSPICIOUS_PERCENT)).then(|| {
        format!("{orphans} of {pointing} rows point to nothing in {}: more than {SUSPICIOUS_PERCENT} %. Find out why first; --force settles them all the same", edge.parent)
    })
}

/// Nothing has to be made here.
pub fn is_whole(edge: &Edge) -> bool {
    edge.key.is_some() && edge.valid == Some(true) && edge.indexed
}

/// What a key needs from its two tables, for a moment.
pub fn locks(edge: &Edge) -> Vec<(&str, &str)> {
    let mut locks = Vec::new();
    if !edge.indexed || edge.valid == Some(false) || edge.key.is_none() {
        locks.push((edge.child.as_str(), "SHARE UPDATE EXCLUSIVE"));
    }
    if edge.key.is_none() {
        locks.push((edge.child.as_str(), "SHARE ROW EXCLUSIVE"));
        locks.push((edge.parent.as_str(), "SHARE ROW EXCLUSIVE"));
    }
    locks
}

/// What settling needs to know of all references at once.
pub fn contract(edges: &[Edge]) -> Value {
    let usable = edges.iter().filter(|e| e.cannot.is_none());
    json!(
        usable
            .map(|e| json!({ "child": e.child, "col": e.col, "parent": e.parent, "action": e.action }))
            .collect::<Vec<_>>()
    )
}

pub async fn mend(
    conn: &mut PgConnection,
    step: &'static Step,
    run: &mut Run<'_>,
    was_done: bool,
) -> Result<&'static str> {
    if !was_done {
        migrate::begin_step(conn, step).await?;
    }
    let (mut refused, mut changed) = (BTreeMap::new(), false);
    for _ in 0..ROUNDS {
        let mut settled = 0;
        for edge in db::edges(conn, step).await? {
            run.wish.go_on()?;
            let object = format!("{}.{}", edge.child, edge.col);
            match one(conn, step, run, &edge).await? {
                Done { refused: Some(reason), rows } => {
                    refused.insert(object, reason);
                    settled += rows;
                }
                Done { refused: None, rows } => {
                    refused.remove(&object);
                    changed |= !is_whole(&edge);
                    settled += rows;
                }
            }
        }
        changed |= settled > 0;
        if settled == 0 {
            break;
        }
    }
    let state = match (refused.is_empty(), changed) {
        (false, _) => "refused",
        (true, false) if was_done => "done",
        (true, false) => "adopted",
        (true, true) => "applied",
    };
    let reasons: Vec<String> = refused.iter().map(|(object, reason)| format!("{object}: {reason}")).collect();
    run.refused.extend(refused.into_iter().map(|(object, reason)| Refused { object, reason }));
    if !was_done || !reasons.is_empty() {
        migrate::end_step(conn, step, (!reasons.is_empty()).then(|| reasons.join("; ")).as_deref()).await?;
    }
    Ok(state)
}

struct Done {
    refused: Option<String>,
    rows: i64,
}

/// One reference, as far as it can be brought. Every part is safe to repeat: what is there already is not made again.
async fn one(conn: &mut PgConnection, step: &'static Step, run: &Run<'_>, edge: &Edge) -> Result<Done> {
    let refuse = |reason: &str| Ok(Done { refused: Some(reason.to_owned()), rows: 0 });
    if let Some(reason) = &edge.cannot {
        return refuse(reason);
    }
    if let Some(reason) = &edge.may_not {
        return if is_whole(edge) { Ok(Done { refused: None, rows: 0 }) } else { refuse(reason) };
    }
    let place = format!("{}.{}", edge.child, edge.col);
    let count = db::orphans(conn, edge).await?;
    if let Some(reason) = suspicious(edge, &count)
        && !run.wish.force
    {
        return refuse(&reason);
    }
    let wanted = locks(edge);
    if !edge.indexed {
        run.tell(step, &format!("{place}: index"), 0);
        run.patiently(conn, &wanted, Work::KeyIndex(edge)).await?;
    }
    let mut edge = edge.clone();
    if edge.key.is_none() {
        run.tell(step, &format!("{place}: key"), 0);
        run.patiently(conn, &wanted, Work::AddKey(&edge)).await?;
        // Its statements now speak of the key that is there.
        let all = db::edges(conn, step).await?;
        edge = all.into_iter().find(|e| e.child == edge.child && e.col == edge.col).unwrap_or(edge);
    }
    // Counted again: between the first count and the key, others wrote.
    let mut rows = 0;
    if count.orphans > 0 || edge.valid == Some(false) {
        let (settled, held) = settle(conn, step, run, &edge, &place).await?;
        rows = settled;
        if !held.is_empty() {
            let held: Vec<String> = held.iter().map(|(why, n)| format!("{n} held by {why}")).collect();
            return Ok(Done { refused: Some(format!("rows that point nowhere stay: {}", held.join(", "))), rows });
        }
    }
    if edge.valid == Some(false) {
        run.tell(step, &format!("{place}: validate"), rows);
        run.patiently(conn, &wanted, Work::ValidateKey(&edge)).await?;
    }
    // A valid key may hide rows that came in while checks were off: only the count tells.
    let left = db::orphans(conn, &edge).await?.orphans;
    let refused =
        (left > 0).then(|| format!("{left} rows point nowhere and are locked by somebody; run migrate again"));
    Ok(Done { refused, rows })
}

async fn settle(
    conn: &mut PgConnection,
    step: &'static Step,
    run: &Run<'_>,
    edge: &Edge,
    place: &str,
) -> Result<(i64, BTreeMap<String, i64>)> {
    let contract = contract(&db::edges(conn, step).await?);
    let limit = if edge.one_by_one { 1 } else { BATCH };
    let (mut rows, mut held, mut after) = (0, BTreeMap::new(), None::<String>);
    loop {
        let work = Work::Settle { step, contract: &contract, edge, run: run.id, limit, after: after.as_deref() };
        let batch = run.patiently(conn, &[], work).await?;
        if batch["found"] == 0 {
            return Ok((rows, held));
        }
        let settled = batch["settled"].as_i64().unwrap_or(0);
        rows += settled;
        for (why, n) in batch["held"].as_object().into_iter().flatten() {
            *held.entry(why.clone()).or_insert(0) += n.as_i64().unwrap_or(0);
        }
        run.tell(step, place, rows);
        after = batch["last"].as_str().map(str::to_owned);
        // Without a key to go on from, held rows would be found again for ever.
        if settled == 0 && after.is_none() {
            return Ok((rows, held));
        }
    }
}
