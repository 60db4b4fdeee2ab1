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

impl Verb {
    pub const ALL: [Self; 4] = [Self::Prepare, Self::Run, Self::Take, Self::Export];
}

/// How far a count can be trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    #[default]
    Exact,
    /// Counting all took too long: there are more than this.
    AtLeast,
    /// From a sample of the table's pages.
    Estimate,
}

/// What a finding rests on. Sample keys are ids and names of the schema, never a name, phone or text of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Evidence {
    pub count: Option<i64>,
    pub counted: Counted,
    /// At most five.
    pub sample: Vec<String>,
    /// A statement that shows it again.
    pub sql: Option<String>,
}

/// One step of a mend: what it does, what it locks and for how long, and the statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FixStep {
    pub what: String,
    pub lock: Option<String>,
    pub sql: Option<String>,
}

/// How to mend it. No steps: a person has to decide, or there is nothing to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Fix {
    pub words: String,
    pub steps: Vec<FixStep>,
}

impl Fix {
    pub fn words(words: impl Into<String>) -> Self {
        Self { words: words.into(), steps: Vec::new() }
    }

    /// Everything to run, as one script for the SQL editor.
    pub fn sql(&self) -> Option<String> {
        let parts: Vec<String> = self
            .steps
            .iter()
            .filter_map(|s| s.sql.as_ref().map(|sql| format!("-- {}\n{};", s.what, sql.trim().trim_end_matches(';'))))
            .collect();
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finding {
    /// The same thing in every report, whatever the counts: names it in SARIF and in the history.
    pub key: String,
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
    /// As a developer writes it, where that is shorter: `user_id -> auth.users (id)`.
    pub expected: Option<String>,
    pub found: Option<String>,
    /// The actions that are refused, or fail, because of it.
    pub blocks: Vec<Verb>,
    pub evidence: Evidence,
    pub scope_checked: String,
    /// What could not be looked at, and the reason.
    pub not_checked: Option<String>,
    /// What to do; present when it did not pass.
    pub fix: Option<Fix>,
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

/// What one of the four actions would do on this database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Outlook {
    pub verb: Verb,
    /// Fail: refused, or bound to fail. Unknown: something that decides it could not be told.
    pub status: Status,
    /// Sentences: what stops it, what cannot be told, which words it will write.
    pub words: Vec<String>,
    /// The findings behind them.
    pub keys: Vec<String>,
}

/// An earlier check of this database on this desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Past {
    pub at: DateTime<Utc>,
    pub login: String,
    pub summary: Summary,
    /// What failed or was unknown then.
    pub failed: Vec<PastFinding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PastFinding {
    pub key: String,
    pub id: String,
    pub object: String,
    pub title: String,
}

/// One run of the check: one moment of one database, as one login sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Report {
    pub database: String,
    pub login: String,
    pub at: DateTime<Utc>,
    pub took_ms: u32,
    pub summary: Summary,
    /// What was looked at, for when there is nothing to show.
    pub checked: String,
    /// What no check looks at.
    pub not_checked: String,
    /// Prepare, automation, take, export.
    pub actions: Vec<Outlook>,
    /// The worst first.
    pub findings: Vec<Finding>,
    /// Earlier checks on this desk, the newest first; filled in by who keeps them.
    pub history: Vec<Past>,
    /// Keys that failed now and not the time before. Empty without a time before.
    pub new_since: Vec<String>,
    /// What failed the time before and no longer does.
    pub gone_since: Vec<PastFinding>,
}

const NOT_CHECKED: &str = "other schemas than public, queue_desk and auth.users; storage and edge functions; whether the CRM's own programs work; grants on \
     columns other than the tables' own";

impl Report {
    pub fn new(database: String, login: String, at: DateTime<Utc>, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|f| (rank(f.status), std::cmp::Reverse(f.level)));
        name(&mut findings);
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
        Self {
            database,
            login,
            at,
            took_ms: 0,
            summary,
            checked: checked(&findings),
            not_checked: NOT_CHECKED.to_owned(),
            actions: Verb::ALL.map(|verb| outlook(verb, &findings)).into(),
            findings,
            history: Vec::new(),
            new_since: Vec::new(),
            gone_since: Vec::new(),
        }
    }

    /// The worst outcome at this level or above it: fail before unknown before pass.
    pub fn verdict(&self, fail_on: Level) -> Status {
        let weighty = self.findings.iter().filter(|f| f.level >= fail_on);
        weighty.map(|f| f.status).min_by_key(|s| rank(*s)).unwrap_or(Status::Unknown)
    }

    /// What the next check is compared with.
    pub fn past(&self) -> Past {
        let failed = self.findings.iter().filter(|f| f.status != Status::Pass).map(|f| PastFinding {
            key: f.key.clone(),
            id: f.id.clone(),
            object: f.object.clone(),
            title: f.title.clone(),
        });
        Past { at: self.at, login: self.login.clone(), summary: self.summary, failed: failed.collect() }
    }

    /// Says what is new and what is gone since the newest of these.
    pub fn compare(&mut self, history: Vec<Past>) {
        if let Some(last) = history.first() {
            let now = self.past().failed;
            let was = |key: &str| last.failed.iter().any(|f| f.key == key);
            self.new_since = now.iter().filter(|f| !was(&f.key)).map(|f| f.key.clone()).collect();
            self.gone_since = last.failed.iter().filter(|f| !now.iter().any(|n| n.key == f.key)).cloned().collect();
        }
        self.history = history;
    }
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Fail => 0,
        Status::Unknown => 1,
        Status::Pass => 2,
    }
}

/// Two findings that say the same of one object (two policies) are told apart by their order.
fn name(findings: &mut [Finding]) {
    let mut seen = std::collections::HashMap::<String, u32>::new();
    for finding in findings {
        let part = if finding.key.is_empty() { finding.title.as_str() } else { finding.key.as_str() };
        let key = format!("{}:{}:{}", finding.id, finding.object, part).to_lowercase().replace([' ', '\''], "_");
        let times = seen.entry(key.clone()).or_default();
        *times += 1;
        finding.key = if *times == 1 { key } else { format!("{key}:{times}") };
    }
}

fn checked(findings: &[Finding]) -> String {
    let count = |id: &str| {
        let mut objects: Vec<&str> =
            findings.iter().filter(|f| f.id == id && f.status != Status::Unknown).map(|f| f.object.as_str()).collect();
        objects.sort_unstable();
        objects.dedup();
        objects.len()
    };
    let mut ids: Vec<&str> = findings.iter().map(|f| f.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    format!(
        "{} checks with {} answers: {} tables, {} keys and the rows of {}, {} places where words are written, row security of {} tables",
        ids.len(),
        findings.len(),
        count("T1"),
        count("F1"),
        count("O1"),
        count("C1"),
        count("R1")
    )
}

/// A sentence for each thing that stops the action, then for what cannot be told, then for the words that it would write.
fn outlook(verb: Verb, findings: &[Finding]) -> Outlook {
    // An unknown blocks nobody; only what this action would trip over matters here.
    let concerns = |f: &&Finding| f.blocks.contains(&verb);
    let failed: Vec<&Finding> = findings.iter().filter(|f| f.status == Status::Fail).filter(concerns).collect();
    let unknown: Vec<&Finding> = findings.iter().filter(|f| f.status == Status::Unknown).filter(concerns).collect();
    let said: Vec<&Finding> =
        findings.iter().filter(|f| f.id == "C1" && f.status != Status::Unknown && tells(f, verb)).collect();
    let status = match (failed.is_empty(), unknown.is_empty()) {
        (false, _) => Status::Fail,
        (true, false) => Status::Unknown,
        (true, true) => Status::Pass,
    };
    let all = failed.iter().chain(&said).filter(|f| !f.why.is_empty());
    let mut words: Vec<String> = all.map(|f| f.why.clone()).collect();
    words.extend(unknown.iter().map(|f| format!("Not known: {}.", f.title)));
    words.dedup();
    Outlook { verb, status, words, keys: failed.iter().chain(&unknown).chain(&said).map(|f| f.key.clone()).collect() }
}

/// Which stage word the action writes is worth saying whether it passed or not.
fn tells(finding: &Finding, verb: Verb) -> bool {
    let who = match verb {
        Verb::Prepare => "Prepare ",
        Verb::Run => "Automation ",
        Verb::Take => "Take Lead ",
        Verb::Export => return false,
    };
    finding.object.ends_with("leads.status") && finding.why.starts_with(who)
}
