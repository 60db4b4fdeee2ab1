//! The schema check: reads the database before it is believed. One read-only moment, the catalogue by columns and never by name,
//! and every answer is pass, fail or unknown with the reason.
//!
//! Most checks are one file of sql/check, which looks and puts into words. Those that need a second look (counting rows that point
//! nowhere, trying words, comparing steps) are a module each below.

mod keys;
mod steps;
mod tables;
mod words;

use sqlx::postgres::PgConnectOptions;

use crate::{
    db::{
        self,
        check::{FindingRow, Refusal, Snapshot},
    },
    error::Result,
    model::finding::{Evidence, Finding, Level, Report, Status, Verb},
    sql,
};

/// A check of the catalogue: its id, its weight, what is true when it passes.
type Check = (&'static str, Level, &'static str);

/// A file whose rows are findings, and the checks it answers for.
struct Group {
    sql: &'static str,
    checks: &'static [Check],
}

const CONNECTION: Group =
    Group { sql: sql!("check/connection"), checks: &[("K1", Level::Error, "The server and the login are fit")] };
const LOGIN: &[Check] = &[("K2", Level::Error, "The login is mapped to an operator")];

/// Answered as the login sees the database: the catalogue hides nothing from anyone.
const AS_SEEN: &[Group] = &[
    Group {
        sql: sql!("check/access"),
        checks: &[
            ("R1", Level::Error, "Row security is on"),
            ("R3", Level::Error, "The desks' policies are there"),
            ("R5", Level::Error, "No desk login can pass itself off as somebody else"),
        ],
    },
    Group {
        sql: sql!("check/ledger"),
        checks: &[
            ("L1", Level::Error, "The ledger is there"),
            ("L2", Level::Error, "The ledger is guarded, and watches the queues"),
        ],
    },
    Group { sql: sql!("check/gaps"), checks: &[("L2", Level::Warn, "The ledger has no gap")] },
];

/// Answered over all rows, or not at all.
const ALL_ROWS: &[Group] = &[
    Group { sql: sql!("check/operators"), checks: &[("K2", Level::Error, "Every operator exists in auth.users")] },
    Group { sql: sql!("check/live"), checks: &[("D1", Level::Warn, "No lead has several messages on their way")] },
    Group { sql: sql!("check/settings"), checks: &[("S1", Level::Warn, "Operators' settings can be read")] },
];

/// Checks the database behind `options`. `acting` is the login whose actions are judged, usually the same. Fails only when there is
/// no connection; what the login may not see is unknown in the report.
pub async fn run(options: &PgConnectOptions, acting: &str) -> Result<Report> {
    let mut conn = db::open(options, true).await?;
    let mut findings = vec![pooler(&db::check::shares_backends(&mut conn, options).await, options.get_port())];
    let mut snapshot = Snapshot::begin(&mut conn).await?;
    let heading = snapshot.heading().await?;

    collect(&mut findings, CONNECTION.checks, snapshot.findings(CONNECTION.sql).await?);
    collect(&mut findings, LOGIN, snapshot.login(acting).await?);
    findings.extend(tables::look(&mut snapshot).await?);
    findings.extend(words::look(&mut snapshot).await?);
    for group in AS_SEEN {
        collect(&mut findings, group.checks, snapshot.findings(group.sql).await?);
    }
    findings.extend(steps::look(&mut snapshot).await?);

    snapshot.all_rows().await?;
    for group in ALL_ROWS {
        collect(&mut findings, group.checks, snapshot.findings(group.sql).await?);
    }
    findings.extend(keys::look(&mut snapshot).await?);
    Ok(Report::new(heading.database, heading.login, heading.at, findings))
}

/// A check that was refused, and one that said nothing, is unknown.
fn collect(findings: &mut Vec<Finding>, checks: &[Check], answer: std::result::Result<Vec<FindingRow>, Refusal>) {
    let (rows, reason) = match answer {
        Ok(rows) => (rows, "there is nothing here to look at: the database is not migrated".to_owned()),
        Err(refusal) => (Vec::new(), refusal.reason),
    };
    for check in checks.iter().filter(|c| !rows.iter().any(|r| r.id == c.0)) {
        findings.push(unknown(check, "this database", &reason));
    }
    findings.extend(rows.into_iter().map(finding));
}

fn finding(row: FindingRow) -> Finding {
    let status = match row.status.as_str() {
        "pass" => Status::Pass,
        "fail" => Status::Fail,
        _ => Status::Unknown,
    };
    let level = match row.level.as_str() {
        "info" => Level::Info,
        "warn" => Level::Warn,
        _ => Level::Error,
    };
    let verb = |word: &String| match word.as_str() {
        "prepare" => Verb::Prepare,
        "run" => Verb::Run,
        "take" => Verb::Take,
        _ => Verb::Export,
    };
    let failed = status == Status::Fail;
    Finding {
        id: row.id,
        level,
        status,
        object: row.object,
        title: row.title,
        why: row.why,
        blocks: if failed { row.blocks.iter().map(verb).collect() } else { Vec::new() },
        evidence: Evidence { count: row.count, sample: row.sample, sql: row.sql },
        scope_checked: row.scope,
        not_checked: row.not_checked,
        fix: if status == Status::Pass { None } else { row.fix },
    }
}

fn unknown((id, level, title): &Check, object: &str, reason: &str) -> Finding {
    Finding {
        id: (*id).to_owned(),
        level: *level,
        status: Status::Unknown,
        object: object.to_owned(),
        title: (*title).to_owned(),
        why: "It could not be told.".to_owned(),
        blocks: Vec::new(),
        evidence: Evidence::default(),
        scope_checked: "nothing".to_owned(),
        not_checked: Some(reason.to_owned()),
        fix: Some("Check again as the owner of a migrated database.".to_owned()),
    }
}

/// K1: how the connection is made.
fn pooler(shared: &Result<bool>, port: u16) -> Finding {
    const CHECK: Check = ("K1", Level::Error, "The connection is direct or through a session pooler");
    const FIX: &str = "Connect directly or through the session pooler (port 5432).";
    let (status, why, not_checked) = match shared {
        Ok(true) => (
            Status::Fail,
            "Two open connections were served by one backend: this is a transaction pooler, which mixes up the statements of its clients.",
            None,
        ),
        // 6543 is the transaction pooler of Supabase; it hands out separate backends while it has idle ones.
        Ok(false) if port == 6543 => (
            Status::Unknown,
            "Port 6543 is the usual port of a transaction pooler.",
            Some("two connections had a backend each, which proves nothing on this port".to_owned()),
        ),
        Ok(false) => (Status::Pass, "Two open connections had a backend each.", None),
        Err(e) => (Status::Unknown, "It could not be told.", Some(format!("no second connection: {}", e.message))),
    };
    let failed = status == Status::Fail;
    Finding {
        id: CHECK.0.into(),
        level: CHECK.1,
        status,
        object: "connection".into(),
        title: CHECK.2.into(),
        why: why.into(),
        blocks: if failed { vec![Verb::Prepare, Verb::Run, Verb::Take, Verb::Export] } else { Vec::new() },
        evidence: Evidence { sql: Some(sql!("check/backend").to_owned()), ..Evidence::default() },
        scope_checked: "two connections".into(),
        not_checked,
        fix: (status != Status::Pass).then(|| FIX.to_owned()),
    }
}
