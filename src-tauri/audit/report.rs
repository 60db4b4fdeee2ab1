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
    for finding in report.findings.iter().filter(|f| f.status == Status::Fail) {
        failed(&mut out, finding);
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

fn failed(out: &mut String, finding: &Finding) {
    let level = match finding.level {
        Level::Error => "ERROR  ",
        Level::Warn => "warning",
        Level::Info => "to know",
    };
    let _ = write!(out, "\n\n{level} {}  {}\n          Not so: {}", finding.id, finding.object, finding.title);
    let _ = write!(out, "\n          {}", finding.why);
    if !finding.blocks.is_empty() {
        let verbs: Vec<&str> = finding.blocks.iter().map(|v| word(*v)).collect();
        let _ = write!(out, "\n  blocks  {}", verbs.join(", "));
    }
    if !finding.evidence.sample.is_empty() {
        let _ = write!(out, "\n  such as {}", finding.evidence.sample.join(", "));
    }
    if let Some(sql) = finding.evidence.sql.as_deref().filter(|sql| sql.len() <= 240) {
        let _ = write!(out, "\n  look    {}", sql.trim());
    }
    if let Some(not_checked) = &finding.not_checked {
        let _ = write!(out, "\n  not     {not_checked}");
    }
    if let Some(fix) = &finding.fix {
        let _ = write!(out, "\n  fix     {fix}");
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
