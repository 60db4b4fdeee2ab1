//! A report as SARIF 2.1.0, for what reads the results of linters: one rule for each check of the catalogue, one result for each finding.
//! What passed is there too (`kind: pass`), and what is not known (`kind: review`): silence would look like a pass.

use serde_json::{Value, json};

use crate::model::finding::{Finding, Level, Report, Status};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One line of JSON.
pub fn sarif(report: &Report) -> String {
    let mut rules: Vec<Value> = Vec::new();
    let mut ids: Vec<&str> = report.findings.iter().map(|f| f.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in &ids {
        let about: Vec<&Finding> = report.findings.iter().filter(|f| f.id == *id).collect();
        let weight = about.iter().map(|f| f.level).max().unwrap_or(Level::Info);
        let title = about.first().map(|f| f.title.as_str()).unwrap_or_default();
        rules.push(json!({
            "id": id,
            "shortDescription": { "text": title },
            "defaultConfiguration": { "level": level(weight) },
        }));
    }
    let results: Vec<Value> = report.findings.iter().map(|f| result(f, &ids)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "Queue Desk", "version": env!("CARGO_PKG_VERSION"), "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "invocations": [{
                "executionSuccessful": true,
                "endTimeUtc": report.at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
                "toolExecutionNotifications": [{ "level": "note", "message": { "text": format!("Checked: {}. Not checked: {}.", report.checked, report.not_checked) } }],
            }],
            "results": results,
            "properties": { "database": report.database, "login": report.login, "tookMs": report.took_ms },
        }],
    })
    .to_string()
}

fn result(finding: &Finding, ids: &[&str]) -> Value {
    let failed = finding.status == Status::Fail;
    let message = match finding.status {
        Status::Unknown => format!(
            "{}: not known, because {}.",
            finding.title,
            finding.not_checked.as_deref().unwrap_or("no reason was given")
        ),
        _ => finding.why.clone(),
    };
    json!({
        "ruleId": finding.id,
        "ruleIndex": ids.iter().position(|id| *id == finding.id),
        "kind": match finding.status { Status::Pass => "pass", Status::Fail => "fail", Status::Unknown => "review" },
        // The standard: a level is `none` unless the kind is `fail`.
        "level": if failed { level(finding.level) } else { "none" },
        "message": { "text": message },
        "locations": [{ "logicalLocations": [location(finding)] }],
        "partialFingerprints": { "queueDesk/v1": finding.key },
        "properties": {
            "title": finding.title,
            "weight": finding.level,
            "blocks": finding.blocks,
            "scopeChecked": finding.scope_checked,
            "notChecked": finding.not_checked,
            "count": finding.evidence.count,
            "counted": finding.evidence.counted,
            "sample": finding.evidence.sample,
            "sql": finding.evidence.sql,
            "fix": finding.fix,
        },
    })
}

/// `schema.table.column`.
fn location(finding: &Finding) -> Value {
    let kind = match finding.object.matches('.').count() {
        0 => "resource",
        1 => "object",
        _ => "member",
    };
    json!({
        "fullyQualifiedName": finding.object,
        "name": finding.object.rsplit('.').next(),
        "kind": kind,
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "note",
    }
}
