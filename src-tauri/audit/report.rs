//! A report as text for people and as JSON for machines.

use std::{collections::BTreeMap, fmt::Write, io::Write as _, path::Path};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::sarif;
use crate::{
    error::Result,
    model::finding::{Finding, Level, Report, Status, Verb},
    transfer::file::Draft,
};

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ReportFormat")]
pub enum Format {
    Text,
    Json,
    Sarif,
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Json => "json",
            Self::Sarif => "sarif",
        }
    }
}

/// Writes the report into a file, which appears whole or not at all.
pub fn save(report: &Report, format: Format, path: &Path) -> Result<()> {
    let text = match format {
        Format::Text => text(report),
        Format::Json => json(report),
        Format::Sarif => sarif::sarif(report),
    };
    let mut draft = Draft::create(path)?;
    draft.write_all(text.as_bytes()).and_then(|()| draft.write_all(b"\n")).map_err(|e| draft.failed(&e))?;
    draft.finish()
}

/// One line of JSON.
pub fn json(report: &Report) -> String {
    serde_json::to_string(report).unwrap_or_default()
}

/// What failed and what is unknown in full; what passed as a number for each check.
pub fn text(report: &Report) -> String {
    let s = &report.summary;
    let mut out = format!(
        "{} as {} at {} UTC: {}, {}, {} to know, {} unknown, {} passed.",
        report.database,
        report.login,
        report.at.format("%Y-%m-%d %H:%M"),
        counted(s.errors, "error"),
        counted(s.warnings, "warning"),
        s.infos,
        s.unknown,
        s.passed
    );
    let _ = write!(out, "\nChecked: {}.\nNot checked: {}.", report.checked, report.not_checked);
    if !report.new_since.is_empty() || !report.gone_since.is_empty() {
        let gone: Vec<String> = report.gone_since.iter().map(|f| format!("{} {}", f.id, f.object)).collect();
        let _ = write!(out, "\nSince the check before: {} new, {} gone", report.new_since.len(), gone.len());
        let _ = write!(out, "{}", if gone.is_empty() { ".".to_owned() } else { format!(" ({}).", gone.join(", ")) });
    }
    let failures: Vec<&Finding> = report.findings.iter().filter(|f| f.status == Status::Fail).collect();
    // The same thing about several objects is said once.
    for same in failures.chunk_by(|a, b| (&a.id, &a.title, &a.why, &a.fix) == (&b.id, &b.title, &b.why, &b.fix)) {
        failed(&mut out, same);
    }
    // One reason makes many things unknown; it is said once.
    let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|f| f.status == Status::Unknown) {
        let reason = finding.not_checked.as_deref().unwrap_or("no reason was given");
        reasons.entry((&finding.id, reason)).or_default().push(&finding.object);
    }
    for ((id, reason), objects) in reasons {
        let _ = write!(out, "\n\nunknown {id}  {reason}\n          {}", objects.join(", "));
    }
    let mut passed: BTreeMap<&str, u32> = BTreeMap::new();
    for finding in report.findings.iter().filter(|f| f.status == Status::Pass) {
        *passed.entry(&finding.id).or_default() += 1;
    }
    if !passed.is_empty() {
        let list: Vec<String> = passed.iter().map(|(id, count)| format!("{id} {count}")).collect();
        let _ = write!(out, "\n\npassed    {}", list.join(", "));
    }
    actions(&mut out, report);
    out
}

fn failed(out: &mut String, same: &[&Finding]) {
    let Some(finding) = same.first() else { return };
    let level = match finding.level {
        Level::Error => "ERROR  ",
        Level::Warn => "warning",
        Level::Info => "to know",
    };
    let objects: Vec<&str> = same.iter().map(|f| f.object.as_str()).collect();
    let _ = write!(out, "\n\n{level} {}  {}\n          Not so: {}", finding.id, objects.join(", "), finding.title);
    let _ = write!(out, "\n          {}", finding.why);
    let blocked: Vec<&str> =
        Verb::ALL.iter().filter(|v| same.iter().any(|f| f.blocks.contains(v))).map(|v| word(*v)).collect();
    if !blocked.is_empty() {
        let _ = write!(out, "\n  blocks  {}", blocked.join(", "));
    }
    if let [finding] = same {
        evidence(out, finding);
    }
    let Some(fix) = &finding.fix else { return };
    let _ = write!(out, "\n  fix     {}", fix.words);
    for (n, step) in fix.steps.iter().enumerate() {
        let lock = step.lock.as_ref().map(|lock| format!(" [{lock}]")).unwrap_or_default();
        let _ = write!(out, "\n          {}. {}{lock}", n + 1, step.what);
        // A whole migration step is printed by `migrate --plan`; a statement of a line is worth a line here.
        if let Some(sql) = step.sql.as_ref().filter(|sql| sql.len() <= 240) {
            let _ = write!(out, "\n             {}", sql.replace('\n', " "));
        }
    }
}

/// What each action would do here, for the end of the report.
fn actions(out: &mut String, report: &Report) {
    let _ = write!(out, "\n\nWhat the four actions would do here");
    for outlook in &report.actions {
        let state = match outlook.status {
            Status::Pass => "works",
            Status::Fail => "is blocked",
            Status::Unknown => "not known",
        };
        let _ = write!(out, "\n  {:<9} {state}", word(outlook.verb));
        for words in outlook.words.iter().take(5) {
            let _ = write!(out, "\n            {words}");
        }
    }
}

fn evidence(out: &mut String, finding: &Finding) {
    if !finding.evidence.sample.is_empty() {
        let _ = write!(out, "\n  such as {}", finding.evidence.sample.join(", "));
    }
    let sql = finding.evidence.sql.iter().flat_map(|sql| sql.lines()).filter(|line| !line.starts_with("--"));
    let sql = sql.collect::<Vec<_>>().join(" ");
    // A longer one is for machines; it is in the JSON.
    if !sql.is_empty() && sql.len() <= 240 {
        let _ = write!(out, "\n  look    {sql}");
    }
    if let Some(not_checked) = &finding.not_checked {
        let _ = write!(out, "\n  not     {not_checked}");
    }
}

fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Prepare => "prepare",
        Verb::Run => "run",
        Verb::Take => "take",
        Verb::Export => "export",
    }
}

fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
