//! F1, F2, F3, O1, O2: foreign keys, and rows that point nowhere. Two different things: a key may be missing while every row is right,
//! and a valid key may hide rows that were loaded while checks were off.

mod mend;

use super::{Check, Limits, contract, say, tables::Rows, unknown};
use crate::{
    db::check::{Edge, EdgeCount, Refusal, Snapshot},
    error::Result,
    model::finding::{Counted, Evidence, Finding, Fix, Level, Status},
};

const F1: Check = ("F1", Level::Error, "The foreign key is there");
const F2: Check = ("F2", Level::Warn, "The foreign key was validated");
const F3: Check = ("F3", Level::Warn, "Deleting the parent does what the CRM documents");
const O1: Check = ("O1", Level::Error, "No row points nowhere");
const O2: Check = ("O2", Level::Error, "The rows that point nowhere can be judged");
/// More than this share of a table does not point nowhere by accident: the parent is likely to be the wrong one.
const SUSPICIOUS_PERCENT: i64 = 20;

/// How many rows of an edge point nowhere, and how sure that is.
struct Orphans {
    count: i64,
    counted: Counted,
    /// Rows that have a value; not known unless all were counted.
    pointing: Option<i64>,
    parent_has_rows: bool,
}

pub(super) async fn look(snapshot: &mut Snapshot<'_>, rows: &Rows, limits: Limits) -> Result<Vec<Finding>> {
    let edges = match snapshot.keys(&contract::JSON).await? {
        Ok(edges) => edges,
        Err(refusal) => {
            return Ok([F1, F2, F3, O1].iter().map(|c| unknown(c, "this database", &refusal.reason)).collect());
        }
    };
    let mut counted: Vec<std::result::Result<Orphans, Refusal>> = Vec::new();
    snapshot.patience(limits.exact).await?;
    for edge in &edges {
        counted.push(exact(snapshot, edge, rows.get(&edge.child).copied()).await?);
    }
    // What took too long is counted up to a thousand, and at last estimated.
    snapshot.patience(limits.bounded).await?;
    for (edge, orphans) in edges.iter().zip(&mut counted) {
        if orphans.as_ref().err().is_some_and(Refusal::is_too_slow) {
            *orphans = bounded(snapshot, edge).await?;
        }
    }
    let mut findings = Vec::new();
    for (edge, orphans) in edges.iter().zip(counted) {
        let count = orphans.as_ref().ok().map(|o| o.count);
        findings.extend(key(edge, count, rows.get(&edge.child).copied()));
        findings.extend(nowhere(snapshot, edge, orphans).await?);
    }
    Ok(findings)
}

async fn exact(
    snapshot: &mut Snapshot<'_>,
    edge: &Edge,
    rows: Option<i64>,
) -> Result<std::result::Result<Orphans, Refusal>> {
    let (Some(sql), None) = (&edge.count_sql, &edge.cannot) else {
        let reason = edge.cannot.clone().unwrap_or_else(|| "its columns are not there".to_owned());
        return Ok(Err(Refusal { sqlstate: String::new(), reason }));
    };
    Ok(snapshot.edge_count(sql).await?.map(|answer| match answer.into_iter().next() {
        Some(EdgeCount { absent, orphans, parent_has_rows }) => Orphans {
            count: orphans,
            counted: Counted::Exact,
            pointing: rows.map(|rows| rows - absent),
            parent_has_rows,
        },
        None => Orphans { count: 0, counted: Counted::Exact, pointing: Some(0), parent_has_rows: true },
    }))
}

async fn bounded(snapshot: &mut Snapshot<'_>, edge: &Edge) -> Result<std::result::Result<Orphans, Refusal>> {
    let mut last = Refusal { sqlstate: String::new(), reason: "its columns are not there".to_owned() };
    // Without its parent every row is an orphan: that is asked first, because nothing is concluded from an empty one.
    let parent_has_rows = match &edge.parent_sql {
        Some(sql) => snapshot.count(sql).await?.is_ok_and(|n| n > 0),
        None => false,
    };
    for (sql, estimate) in [(&edge.bounded_sql, false), (&edge.sampled_sql, true)] {
        let Some(sql) = sql else { continue };
        match snapshot.count(sql).await? {
            Ok(count) => {
                let (count, counted) = match (estimate, count > 1000) {
                    (true, _) => (count, Counted::Estimate),
                    (false, true) => (1000, Counted::AtLeast),
                    (false, false) => (count, Counted::Exact),
                };
                return Ok(Ok(Orphans { count, counted, pointing: None, parent_has_rows }));
            }
            Err(refusal) => last = refusal,
        }
    }
    Ok(Err(last))
}

fn key(edge: &Edge, orphans: Option<i64>, rows: Option<i64>) -> Vec<Finding> {
    if let Some(cannot) = &edge.cannot {
        return vec![unknown(&F1, &edge.object, cannot)];
    }
    let arrow = edge.arrow.clone().unwrap_or_default();
    let sql = format!(
        "select conname, convalidated, pg_get_constraintdef(oid) from pg_constraint where contype = 'f' and conrelid = '{}'::regclass",
        edge.child
    );
    let finding = |check: &Check, status, why: String| Finding {
        evidence: Evidence {
            sample: edge.key.iter().cloned().collect(),
            sql: Some(sql.clone()),
            ..Evidence::default()
        },
        scope_checked: "pg_constraint, matched by columns".into(),
        expected: (status == Status::Fail).then(|| arrow.clone()),
        ..say(check, status, &edge.object, why)
    };
    let Some(name) = &edge.key else {
        let why =
            format!("No key binds {} to {}: rows that point nowhere can be written here.", edge.object, edge.parent);
        return vec![Finding {
            found: Some("no foreign key".into()),
            fix: Some(mend::add(edge, orphans, rows)),
            ..finding(&F1, Status::Fail, why)
        }];
    };
    let mut findings = Vec::new();
    if edge.contract {
        findings.push(finding(&F1, Status::Pass, format!("{name} binds it to {}.", edge.parent)));
        findings.push(on_delete(edge, name, finding));
    }
    findings.push(match edge.valid {
        Some(true) => {
            finding(&F2, Status::Pass, format!("The rows were compared with {} when it was made.", edge.parent))
        }
        _ => Finding {
            found: Some(format!("{name}, not valid")),
            fix: Some(mend::validate(edge, name, orphans, rows)),
            ..finding(
                &F2,
                Status::Fail,
                format!("{name} is NOT VALID: it judges new rows, and the old ones were never looked at."),
            )
        },
    });
    findings
}

fn on_delete(edge: &Edge, name: &str, finding: impl Fn(&Check, Status, String) -> Finding) -> Finding {
    let expected = edge.on_delete.as_deref().unwrap_or("no action");
    let found = edge.found_on_delete.as_deref().unwrap_or("no action");
    // RESTRICT refuses as NO ACTION does, only sooner.
    if found == expected || (expected, found) == ("no action", "restrict") {
        return finding(&F3, Status::Pass, format!("On delete {found}, as documented."));
    }
    let what = match found {
        "no action" | "restrict" if edge.parent == "auth.users" => {
            "a user who has rows here cannot be deleted: the dashboard says \"Database error deleting user\""
        }
        "no action" | "restrict" => "deleting the parent is refused while it has rows here",
        "cascade" => "deleting the parent takes these rows with it",
        "set null" => "deleting the parent leaves these rows without it",
        _ => "deleting the parent gives these rows another one",
    };
    Finding {
        expected: Some(format!("on delete {expected}")),
        found: Some(format!("on delete {found}")),
        fix: Some(mend::replace(edge, name)),
        ..finding(&F3, Status::Fail, format!("Key {name} does not do what the CRM documents: {what}."))
    }
}

/// Counts even where a valid key says that there is nothing to count.
async fn nowhere(
    snapshot: &mut Snapshot<'_>,
    edge: &Edge,
    orphans: std::result::Result<Orphans, Refusal>,
) -> Result<Vec<Finding>> {
    let Orphans { count, counted, pointing, parent_has_rows } = match orphans {
        Ok(orphans) => orphans,
        Err(refusal) => return Ok(vec![unknown(&O1, &edge.object, &refusal.reason)]),
    };
    let list_sql = edge.list_sql.clone().unwrap_or_default();
    if pointing.is_none_or(|n| n > 0) && !parent_has_rows && (count > 0 || pointing.is_some()) {
        let pointing = pointing.map_or_else(|| "some".to_owned(), |n| n.to_string());
        let reason = format!(
            "{} looks empty to this login while {pointing} rows point to it, which is hardly true: nothing is concluded from it",
            edge.parent
        );
        return Ok(vec![unknown(&O2, &edge.object, &reason)]);
    }
    let scope = match (counted, pointing) {
        (Counted::Exact, Some(pointing)) => format!("all {pointing} rows that have a value"),
        (Counted::Exact, None) => "all rows that have a value".to_owned(),
        (Counted::AtLeast, _) => "rows until a thousand were found; counting all took too long".to_owned(),
        (Counted::Estimate, _) => "one page of the table in a hundred; counting all took too long".to_owned(),
    };
    let of = pointing.map_or_else(|| "the".to_owned(), |p| p.to_string());
    let finding = |check: &Check, status, why: String, sample: Vec<String>, fix: Option<Fix>| Finding {
        evidence: Evidence { count: Some(count), counted, sample, sql: Some(list_sql.clone()) },
        scope_checked: scope.clone(),
        fix,
        ..say(check, status, &edge.object, why)
    };
    if count == 0 && counted == Counted::Estimate {
        let reason = format!("counting took too long, and in {scope} there is none");
        return Ok(vec![unknown(&O1, &edge.object, &reason)]);
    }
    if count == 0 {
        let why = format!("Each of {of} rows has its row in {}.", edge.parent);
        return Ok(vec![finding(&O1, Status::Pass, why, Vec::new(), None)]);
    }
    let number = match counted {
        Counted::Exact => count.to_string(),
        Counted::AtLeast => format!("More than {count}"),
        Counted::Estimate => format!("About {count}"),
    };
    let sample = match counted {
        Counted::Estimate => Vec::new(),
        _ => snapshot.sample(&list_sql).await?.unwrap_or_default(),
    };
    let cause = match (&edge.key, edge.valid) {
        (None, _) => "There is no key, so nothing stopped them.".to_owned(),
        (Some(name), Some(true)) => format!(
            "The key {name} is there and valid: they came in while checks were switched off, and VALIDATE would not find them."
        ),
        (Some(name), _) => format!("The key {name} never looked at old rows."),
    };
    let why = format!("{number} of {of} rows point to nothing in {}. {cause}", edge.parent);
    let mut found = finding(&O1, Status::Fail, why, sample.clone(), Some(mend::settle(edge, count)));
    found.found = Some(format!("{number} of {of} rows point to nothing"));
    found.expected = edge.arrow.clone();
    let mut findings = vec![found];
    if let Some(pointing) = pointing
        && count.saturating_mul(100) > pointing.saturating_mul(SUSPICIOUS_PERCENT)
    {
        let why = format!(
            "{count} of {pointing} rows point to nothing in {}: more than {SUSPICIOUS_PERCENT} %. Rather {} is not the table that was meant, or lost its rows.",
            edge.parent, edge.parent
        );
        let fix = Fix::words("Do not move anything. Find out what happened to the parent table first.");
        findings.push(finding(&O2, Status::Fail, why, sample, Some(fix)));
    }
    Ok(findings)
}
