//! The schema check: reads the database before it is believed. One read-only moment, the catalogue by columns and never by name,
//! and every answer is pass, fail or unknown with the reason.
//!
//! Most checks are one file of sql/check, which looks and puts into words ([`catalogue`] lists them). Those that need a second look
//! (counting rows that point nowhere, trying words, comparing steps, reading functions) are a module each below.

mod catalogue;
mod functions;
mod keys;
mod ledger;
mod sessions;
mod steps;
mod tables;
mod vocabulary;
mod words;

use std::{path::PathBuf, time::Duration};

use sqlx::postgres::PgConnectOptions;

use self::catalogue::{ALL_ROWS, AS_SEEN, Ask, CONNECTION, Group, LOGIN};
use super::{contract, history, steps::STEPS};
use crate::{
    db::{
        self,
        check::{FindingRow, Refusal, Snapshot},
    },
    error::Result,
    model::finding::{Counted, Evidence, Finding, Fix, FixStep, Level, Report, Status, Verb},
    sql,
};

/// A check of the catalogue: its id, its weight, what is true when it passes.
type Check = (&'static str, Level, &'static str);

/// What to check, for whom, and how patiently.
pub struct Checking {
    pub options: PgConnectOptions,
    /// The login whose actions are judged, usually that of `options`.
    pub acting: String,
    /// Where this desk keeps what it remembers; without it the ledger's end is not compared and no history is kept.
    pub memory: Option<Memory>,
    pub limits: Limits,
}

/// Where this desk remembers, and what it calls the server: the embedded one has another port at every start.
#[derive(Debug, Clone)]
pub struct Memory {
    pub folder: PathBuf,
    pub place: String,
}

/// How long counting may take before it gives way to "1000+", and that to an estimate.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub exact: Duration,
    pub bounded: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { exact: Duration::from_secs(15), bounded: Duration::from_secs(5) }
    }
}

/// Checks the database behind `options` for the login `acting`, and remembers nothing.
pub async fn run(options: &PgConnectOptions, acting: &str) -> Result<Report> {
    let checking =
        Checking { options: options.clone(), acting: acting.to_owned(), memory: None, limits: Limits::default() };
    checking.run().await
}

impl Checking {
    /// Fails only when there is no connection; what the login may not see is unknown in the report.
    pub async fn run(&self) -> Result<Report> {
        let since = std::time::Instant::now();
        let (mut conn, process) = db::open_bare(&self.options).await?;
        let shared = db::check::shares_backends(&mut conn, process, &self.options).await;
        if !matches!(shared, Ok(true)) {
            db::set_up_reader(&mut conn).await?;
        }
        let mut findings = vec![pooler(&shared, self.options.get_port())];
        let mut snapshot = Snapshot::begin(&mut conn).await?;
        let heading = snapshot.heading().await?;
        let crm = heading.has_crm;

        ask(&mut findings, &mut snapshot, &CONNECTION, crm).await?;
        collect(&mut findings, LOGIN, snapshot.login(&self.acting).await?);
        let (rows, tables) = tables::look(&mut snapshot).await?;
        findings.extend(tables);
        findings.extend(words::look(&mut snapshot).await?);
        for group in AS_SEEN {
            ask(&mut findings, &mut snapshot, group, crm).await?;
        }
        findings.extend(functions::look(&mut snapshot, crm).await?);
        findings.extend(steps::look(&mut snapshot).await?);
        findings.push(sessions::look(&mut snapshot).await?);
        let key = self.memory.as_ref().map(|m| format!("{}/{}", m.place, heading.identity));
        findings.extend(ledger::look(&mut snapshot, self.memory.as_ref(), key.as_deref()).await?);

        snapshot.all_rows().await?;
        for group in ALL_ROWS {
            ask(&mut findings, &mut snapshot, group, crm).await?;
        }
        findings.extend(vocabulary::look(&mut snapshot, crm).await?);
        findings.extend(keys::look(&mut snapshot, &rows, self.limits).await?);

        let mut report = Report::new(heading.database, heading.login, heading.at, findings);
        report.took_ms = u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX);
        if let (Some(memory), Some(key)) = (&self.memory, key) {
            history::keep(memory, &key, &mut report);
        }
        Ok(report)
    }
}

async fn ask(findings: &mut Vec<Finding>, snapshot: &mut Snapshot<'_>, group: &Group, crm: bool) -> Result<()> {
    let answer = match group.ask {
        Ask::Nothing => snapshot.findings(group.sql).await?,
        Ask::Contract => snapshot.findings_of(group.sql, &contract::JSON).await?,
    };
    if let Ok(rows) = &answer
        && crm
    {
        for quiet in group.quiet {
            if !rows.iter().any(|r| r.id == quiet.check.0 && r.title == quiet.check.2) {
                findings.push(quiet.passes());
            }
        }
    }
    let quiet: Vec<Check> = group.quiet.iter().map(|q| q.check).collect();
    let unanswered: Vec<Check> = match (&answer, crm) {
        (Ok(_), true) => Vec::new(),
        (Ok(rows), false) => quiet.into_iter().filter(|c| !rows.iter().any(|r| r.id == c.0)).collect(),
        (Err(_), _) => quiet,
    };
    let reason = match &answer {
        Ok(_) => "the CRM's tables are not here".to_owned(),
        Err(refusal) => refusal.reason.clone(),
    };
    findings.extend(unanswered.iter().map(|c| unknown(c, "this database", &reason)));
    collect(findings, group.checks, answer);
    Ok(())
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
    let counted = match row.counted.as_deref() {
        Some("estimate") => Counted::Estimate,
        Some("at_least") => Counted::AtLeast,
        _ => Counted::Exact,
    };
    let passed = status == Status::Pass;
    let mut fix = Fix::words(row.fix.unwrap_or_default());
    if let Some(step) = row.fix_step.as_deref().and_then(migration_step) {
        fix.steps.push(step);
    }
    if let Some(sql) = row.fix_sql {
        fix.steps.push(FixStep { what: fix.words.clone(), lock: row.fix_lock, sql: Some(sql) });
    }
    Finding {
        key: row.part.unwrap_or_default(),
        id: row.id,
        level,
        status,
        object: row.object,
        title: row.title,
        why: row.why,
        expected: row.expected.filter(|_| !passed),
        found: row.found.filter(|_| !passed),
        blocks: if passed { Vec::new() } else { row.blocks.iter().map(verb).collect() },
        evidence: Evidence { count: row.count, counted, sample: row.sample, sql: row.sql },
        scope_checked: row.scope,
        not_checked: row.not_checked,
        fix: (!passed && !fix.words.is_empty()).then_some(fix),
    }
}

/// A step of ours as a step of a mend: what it locks stands in its own file.
fn migration_step(id: &str) -> Option<FixStep> {
    let step = STEPS.iter().find(|s| s.id == id)?;
    let what = format!("Migration step {id}, by `queue-desk migrate --apply` or by hand");
    Some(FixStep { what, lock: Some(step.locks_said()), sql: Some(step.sql.to_owned()) })
}

/// A finding with nothing but its sentence; the rest is filled in by who knows more.
fn say(check: &Check, status: Status, object: impl Into<String>, why: impl Into<String>) -> Finding {
    Finding {
        key: String::new(),
        id: check.0.to_owned(),
        level: check.1,
        status,
        object: object.into(),
        title: check.2.to_owned(),
        why: why.into(),
        expected: None,
        found: None,
        blocks: Vec::new(),
        evidence: Evidence::default(),
        scope_checked: "nothing".to_owned(),
        not_checked: None,
        fix: None,
    }
}

fn unknown(check: &Check, object: &str, reason: &str) -> Finding {
    Finding {
        not_checked: Some(reason.to_owned()),
        fix: Some(Fix::words("Check again as the owner of a migrated database.")),
        ..say(check, Status::Unknown, object, "It could not be told.")
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
    Finding {
        blocks: if status == Status::Fail { Verb::ALL.into() } else { Vec::new() },
        evidence: Evidence { sql: Some(sql!("check/backend").to_owned()), ..Evidence::default() },
        scope_checked: "two connections".into(),
        not_checked,
        fix: (status != Status::Pass).then(|| Fix::words(FIX)),
        ..say(&CHECK, status, "connection", why)
    }
}
