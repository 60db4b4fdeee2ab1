//! What the schema check says. A finding is pass, fail or unknown; unknown is never green.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How bad it is when a check fails. The order is that of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "FindingLevel")]
pub enum Level {
    Info,
    Warn,
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "FindingStatus")]
pub enum Status {
    Pass,
    Fail,
    /// It could not be told, and `not_checked` says why.
    Unknown,
}

/// One of the four actions, by the word of its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Prepare,
    Run,
    Take,
    Export,
}

/// What a finding rests on. Sample keys are ids and names of the schema, never a name, phone or text of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Evidence {
    pub count: Option<i64>,
    /// At most five.
    pub sample: Vec<String>,
    /// A statement that shows it again.
    pub sql: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finding {
    /// The check of the catalogue: K1, F1, ..
    pub id: String,
    /// The weight if it fails; a check that passes keeps it.
    pub level: Level,
    pub status: Status,
    /// What it is about: a table, a column, a login.
    pub object: String,
    /// What is true when it passes.
    pub title: String,
    /// In plain words, what was found and what it means.
    pub why: String,
    /// The actions that are refused, or fail, because of it.
    pub blocks: Vec<Verb>,
    pub evidence: Evidence,
    pub scope_checked: String,
    /// What could not be looked at, and the reason.
    pub not_checked: Option<String>,
    /// What to do, in words or as a migration step; present when it did not pass.
    pub fix: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "ReportSummary")]
pub struct Summary {
    pub errors: u32,
    pub warnings: u32,
    pub infos: u32,
    pub unknown: u32,
    pub passed: u32,
}

/// One run of the check: one moment of one database, as one login sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Report {
    pub database: String,
    pub login: String,
    pub at: DateTime<Utc>,
    pub summary: Summary,
    /// The worst first.
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn new(database: String, login: String, at: DateTime<Utc>, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|f| (rank(f.status), std::cmp::Reverse(f.level)));
        let mut summary = Summary::default();
        for finding in &findings {
            *match (finding.status, finding.level) {
                (Status::Pass, _) => &mut summary.passed,
                (Status::Unknown, _) => &mut summary.unknown,
                (Status::Fail, Level::Error) => &mut summary.errors,
                (Status::Fail, Level::Warn) => &mut summary.warnings,
                (Status::Fail, Level::Info) => &mut summary.infos,
            } += 1;
        }
        Self { database, login, at, summary, findings }
    }

    /// The worst outcome at this level or above it: fail before unknown before pass.
    pub fn verdict(&self, fail_on: Level) -> Status {
        let weighty = self.findings.iter().filter(|f| f.level >= fail_on);
        weighty.map(|f| f.status).min_by_key(|s| rank(*s)).unwrap_or(Status::Unknown)
    }
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Fail => 0,
        Status::Unknown => 1,
        Status::Pass => 2,
    }
}
