//! M4: what `migrate --apply` would do now, and who stands in its way. Writes nothing.

use std::time::Duration;

use chrono::Utc;
use sqlx::postgres::PgConnectOptions;

use super::{
    migrate,
    sql_words::words,
    steps::{STEPS, Step},
};
use crate::{
    db::{self, check::Snapshot},
    error::Result,
    model::{
        finding::{Evidence, Finding, Fix, Level, Status},
        preview::{Preview, PreviewStep, TableSize},
    },
    sql,
};

/// Who reads the preview waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pending steps with their text, locks and the sizes of what they touch, and the sessions that would hold them up.
pub async fn look(options: &PgConnectOptions) -> Result<Preview> {
    let mut conn = db::open(options, true).await?;
    let migration = migrate::plan(&mut conn).await?;
    let mut snapshot = Snapshot::begin(&mut conn).await?;
    snapshot.patience(PATIENCE).await?;
    let pending: Vec<(&Step, &str)> = migration
        .steps
        .iter()
        .filter(|s| matches!(s.state, "pending" | "changed"))
        .filter_map(|s| STEPS.iter().find(|step| step.id == s.id).map(|step| (step, s.state)))
        .collect();
    let sizes = snapshot.sizes(&touched(pending.iter().map(|p| p.0))).await?.unwrap_or_default();
    let steps: Vec<PreviewStep> = pending
        .iter()
        .map(|(step, state)| PreviewStep {
            id: step.id.to_owned(),
            kind: step.kind.word().to_owned(),
            state: (*state).to_owned(),
            what: what(step),
            locks: locks(step),
            tables: touched(std::iter::once(*step))
                .iter()
                .filter_map(|name| sizes.iter().find(|s| s.name == *name))
                .cloned()
                .collect::<Vec<TableSize>>(),
            sql: step.sql.to_owned(),
        })
        .collect();
    let (blockers, not_known) = match snapshot.blockers(&touched(pending.iter().map(|p| p.0))).await? {
        Ok(blockers) => (blockers, None),
        Err(refusal) => (Vec::new(), Some(refusal.reason)),
    };
    let done = migration.steps.len() - pending.len();
    Ok(Preview {
        at: Utc::now(),
        // A half-made CRM counts too; one that is whole has nothing pending.
        creates_crm: steps.iter().any(|s| s.id.starts_with("crm/")),
        steps,
        done: u32::try_from(done).unwrap_or(u32::MAX),
        not_known,
        blockers,
    })
}

/// M4 in the check: whether a migration would have to wait now.
pub(super) async fn sessions(snapshot: &mut Snapshot<'_>) -> Result<Finding> {
    let tables = touched(STEPS.iter().filter(|s| !s.is_crm()));
    let base = |status, why: String| Finding {
        key: String::new(),
        id: "M4".into(),
        level: Level::Info,
        status,
        object: "sessions".into(),
        title: "No session would hold a migration up".into(),
        why,
        expected: None,
        found: None,
        blocks: Vec::new(),
        evidence: Evidence { sql: Some(sql!("check/blockers").into()), ..Evidence::default() },
        scope_checked: format!("transactions that are open for more than 30 s, and locks on {} tables", tables.len()),
        not_checked: None,
        fix: None,
    };
    Ok(match snapshot.blockers(&tables).await? {
        Err(refusal) => {
            Finding { not_checked: Some(refusal.reason), ..base(Status::Unknown, "It could not be told.".into()) }
        }
        // What is held for a moment is the application at work.
        Ok(blockers) => {
            let long: Vec<_> = blockers.iter().filter(|b| b.seconds >= 30).collect();
            match long.is_empty() {
                true => base(Status::Pass, "No transaction is open for more than 30 s.".into()),
                false => {
                    let finding = base(
                        Status::Fail,
                        format!(
                            "{} transactions are open for more than 30 s: a migration that needs their tables lets them pass and tries again.",
                            long.len()
                        ),
                    );
                    let sample = long
                        .iter()
                        .take(5)
                        .map(|b| format!("pid {}, {}, {} s, {}", b.pid, b.login, b.seconds, b.state));
                    Finding {
                        evidence: Evidence {
                            count: i64::try_from(long.len()).ok(),
                            sample: sample.collect(),
                            ..finding.evidence.clone()
                        },
                        fix: Some(Fix::words(
                            "Migrate later, or ask whose they are. Queue Desk ends nobody's session.",
                        )),
                        ..finding
                    }
                }
            }
        }
    })
}

/// The comment that a file begins with.
fn comment(step: &Step) -> String {
    let lines = step.sql.lines().take_while(|l| l.starts_with("--")).map(|l| l.trim_start_matches('-').trim());
    lines.filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a step makes: the first sentence of its file.
pub fn what(step: &Step) -> String {
    let comment = comment(step);
    let end = comment.find(". ").map_or(comment.len(), |at| at + 1);
    match comment[..end].trim() {
        "" => "Functions of schema queue_desk.".to_owned(),
        sentence => sentence.to_owned(),
    }
}

/// Which locks a step takes on tables that are there: what its file says behind `Locks:`.
pub fn locks(step: &Step) -> String {
    let comment = comment(step);
    match comment.find("Locks:") {
        Some(at) => {
            let said = comment[at + 6..].trim();
            let end = said.find(". ").unwrap_or(said.len());
            said[..end].trim_end_matches('.').to_owned()
        }
        None if step.kind.word() == "function" => "none on tables: only functions are replaced".to_owned(),
        None => "not written down".to_owned(),
    }
}

/// The CRM's tables that steps name.
fn touched<'s>(steps: impl Iterator<Item = &'s Step>) -> Vec<String> {
    let mut tables = Vec::new();
    for step in steps.filter(|s| s.kind.word() != "function") {
        let words = words(step.sql);
        for at in 0..words.len().saturating_sub(2) {
            let [schema, dot, table] = [&words[at], &words[at + 1], &words[at + 2]];
            let known = schema.is("public") || (schema.is("auth") && table.is("users"));
            if let (true, true, Some(table)) = (known, dot.is_sign('.'), table.name()) {
                let name = format!("{}.{table}", schema.name().unwrap_or_default());
                let index = at > 0 && words[..at].iter().rev().take(4).any(|w| w.is("index"));
                if !index && !tables.contains(&name) {
                    tables.push(name);
                }
            }
        }
    }
    tables
}
