//! F1, F2, O1, O2: foreign keys, and rows that point nowhere. Two different things: a key may be missing while every row is right,
//! and a valid key may hide rows that were loaded while checks were off.

use super::{Check, unknown};
use crate::{
    db::check::{Edge, EdgeCount, Snapshot},
    error::Result,
    model::finding::{Evidence, Finding, Level, Status},
};

const F1: Check = ("F1", Level::Error, "The foreign key is there");
const F2: Check = ("F2", Level::Warn, "The foreign key was validated");
const O1: Check = ("O1", Level::Error, "No row points nowhere");
const O2: Check = ("O2", Level::Error, "The rows that point nowhere can be judged");
/// More than this share of a table does not point nowhere by accident: the parent is likely to be the wrong one.
const SUSPICIOUS_PERCENT: i64 = 20;

pub(super) async fn look(snapshot: &mut Snapshot<'_>) -> Result<Vec<Finding>> {
    let edges = match snapshot.keys().await? {
        Ok(edges) => edges,
        Err(refusal) => {
            return Ok([F1, F2, O1].iter().map(|c| unknown(c, "this database", &refusal.reason)).collect());
        }
    };
    let mut findings = Vec::new();
    for edge in edges {
        findings.extend(key(&edge));
        findings.extend(rows(snapshot, &edge).await?);
    }
    Ok(findings)
}

fn key(edge: &Edge) -> Vec<Finding> {
    if let Some(cannot) = &edge.cannot {
        return vec![unknown(&F1, &edge.object, cannot)];
    }
    let sql = format!(
        "select conname, convalidated, pg_get_constraintdef(oid) from pg_constraint where contype = 'f' and conrelid = '{}'::regclass",
        edge.child
    );
    let finding = |check: &Check, status, why: String, fix: Option<String>| Finding {
        id: check.0.into(),
        level: check.1,
        status,
        object: edge.object.clone(),
        title: check.2.into(),
        why,
        blocks: Vec::new(),
        evidence: Evidence { count: None, sample: edge.key.iter().cloned().collect(), sql: Some(sql.clone()) },
        scope_checked: "pg_constraint, matched by columns".into(),
        not_checked: None,
        fix,
    };
    let Some(name) = &edge.key else {
        let why =
            format!("No key binds {} to {}: rows that point nowhere can be written here.", edge.object, edge.parent);
        return vec![finding(&F1, Status::Fail, why, edge.fix.clone())];
    };
    let valid = match edge.valid {
        Some(true) => {
            finding(&F2, Status::Pass, format!("The rows were compared with {} when it was made.", edge.parent), None)
        }
        _ => finding(
            &F2,
            Status::Fail,
            format!("{name} is NOT VALID: it judges new rows, and the old ones were never looked at."),
            Some(format!(
                "Settle the rows that point nowhere, then: alter table {} validate constraint \"{name}\"",
                edge.child
            )),
        ),
    };
    match edge.contract {
        true => vec![finding(&F1, Status::Pass, format!("{name} binds it to {}.", edge.parent), None), valid],
        false => vec![valid],
    }
}

/// Counts even where a valid key says that there is nothing to count.
async fn rows(snapshot: &mut Snapshot<'_>, edge: &Edge) -> Result<Vec<Finding>> {
    let (Some(count_sql), Some(list_sql), None) = (&edge.count_sql, &edge.list_sql, &edge.cannot) else {
        let reason = edge.cannot.as_deref().unwrap_or("its columns are not there");
        return Ok(vec![unknown(&O1, &edge.object, reason)]);
    };
    let counted = match snapshot.edge_count(count_sql).await? {
        Ok(counted) => counted.into_iter().next(),
        Err(refusal) => return Ok(vec![unknown(&O1, &edge.object, &refusal.reason)]),
    };
    let Some(EdgeCount { pointing, orphans, parent_has_rows }) = counted else {
        return Ok(vec![unknown(&O1, &edge.object, "the count came back empty")]);
    };
    if pointing > 0 && !parent_has_rows {
        let reason = format!(
            "{} looks empty to this login while {pointing} rows point to it, which is hardly true: nothing is concluded from it",
            edge.parent
        );
        return Ok(vec![unknown(&O2, &edge.object, &reason)]);
    }
    let finding = |check: &Check, status, why: String, sample: Vec<String>, fix: Option<&str>| Finding {
        id: check.0.into(),
        level: check.1,
        status,
        object: edge.object.clone(),
        title: check.2.into(),
        why,
        blocks: Vec::new(),
        evidence: Evidence { count: Some(orphans), sample, sql: Some(list_sql.clone()) },
        scope_checked: format!("all {pointing} rows that have a value"),
        not_checked: None,
        fix: fix.map(str::to_owned),
    };
    if orphans == 0 {
        let why = format!("Each of {pointing} rows has its row in {}.", edge.parent);
        return Ok(vec![finding(&O1, Status::Pass, why, Vec::new(), None)]);
    }
    let sample = snapshot.sample(list_sql).await?.unwrap_or_default();
    let key = match (&edge.key, edge.valid) {
        (None, _) => "There is no key, so nothing stopped them.".to_owned(),
        (Some(name), Some(true)) => format!(
            "The key {name} is there and valid: they came in while checks were switched off, and VALIDATE would not find them."
        ),
        (Some(name), _) => format!("The key {name} never looked at old rows."),
    };
    let why = format!("{orphans} of {pointing} rows point to nothing in {}. {key}", edge.parent);
    let mut findings = vec![finding(
        &O1,
        Status::Fail,
        why,
        sample.clone(),
        Some("Look at them before anything is done: they will be moved to quarantine, never deleted."),
    )];
    if orphans.saturating_mul(100) > pointing.saturating_mul(SUSPICIOUS_PERCENT) {
        findings.push(finding(
            &O2,
            Status::Fail,
            format!("{orphans} of {pointing} rows point to nothing in {}: more than {SUSPICIOUS_PERCENT} %. Rather {} is not the table that was meant, or lost its rows.", edge.parent, edge.parent),
            sample,
            Some("Do not move anything. Find out what happened to the parent table first."),
        ));
    }
    Ok(findings)
}
