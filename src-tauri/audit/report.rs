//! A report as text for people and as JSON for machines.

use std::{collections::BTreeMap, fmt::Write};

use crate::model::finding::{Finding, Level, Report, Status, Verb};

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
    let verbs = [Verb::Prepare, Verb::Run, Verb::Take, Verb::Export];
    let blocked: Vec<&str> =
        verbs.iter().filter(|v| same.iter().any(|f| f.blocks.contains(v))).map(|v| word(*v)).collect();
    if !blocked.is_empty() {
        let _ = write!(out, "\n  blocks  {}", blocked.join(", "));
    }
    if let [finding] = same {
        evidence(out, finding);
    }
    if let Some(fix) = &finding.fix {
        let _ = write!(out, "\n  fix     {fix}");
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
