//! M1: what the migration runner remembers, compared with the steps of this version.

use super::{Check, unknown};
use crate::{
    audit::steps::{Kind, STEPS, Step},
    db::check::{KnownStep, Snapshot},
    error::Result,
    model::finding::{Evidence, Finding, Level, Status, Verb},
    sql,
};

const PENDING: Check = ("M1", Level::Error, "Every migration step was applied");
const FAILED: Check = ("M1", Level::Error, "No migration step failed");
const CHANGED: Check = ("M1", Level::Error, "The applied steps are those of this version");
const NEWER: Check = ("M1", Level::Error, "The database is not newer than this program");
const APPLY: &str = "queue-desk migrate --plan, then queue-desk migrate --apply";

pub(super) async fn look(snapshot: &mut Snapshot<'_>) -> Result<Vec<Finding>> {
    let known = match snapshot.steps().await? {
        Ok(known) => known,
        Err(refusal) if refusal.is_missing() => return Ok(vec![not_migrated()]),
        Err(refusal) => return Ok(vec![unknown(&PENDING, "queue_desk.migration_step", &refusal.reason)]),
    };
    let made_crm = known.iter().any(|k| k.id.starts_with("crm/"));
    let ours = || STEPS.iter().filter(move |s| made_crm || !s.is_crm());
    let of = |step: &Step| known.iter().find(|k| k.id == step.id);
    let pending = ours().filter(|s| of(s).is_none()).map(|s| s.id.to_owned()).collect();
    let failed = known.iter().filter(|k| k.state != "done").map(told).collect();
    let (functions, fixed): (Vec<&Step>, Vec<&Step>) = ours()
        .filter(|s| of(s).is_some_and(|k| k.state == "done" && k.checksum != s.checksum()))
        .partition(|s| s.kind == Kind::Function);
    let can_be_applied = fixed.is_empty();
    let changed = functions.into_iter().chain(fixed).map(|s| s.id.to_owned()).collect();
    let newer = known.iter().filter(|k| !STEPS.iter().any(|s| s.id == k.id)).map(|k| k.id.clone()).collect();
    Ok(vec![
        judge(&PENDING, pending, "steps were not applied here: what they make is missing", APPLY),
        judge(&FAILED, failed, "steps failed or are still running", APPLY),
        judge(
            &CHANGED,
            changed,
            "steps have another text here than in this version",
            match can_be_applied {
                true => APPLY,
                false => "A step that was released never changes: find out which build migrated this database.",
            },
        ),
        judge(&NEWER, newer, "steps are not known to this program", "Update Queue Desk on this computer."),
    ])
}

fn told(step: &KnownStep) -> String {
    match &step.error {
        Some(error) => format!("{}: {}", step.id, error.chars().take(160).collect::<String>()),
        None => format!("{}: {}", step.id, step.state),
    }
}

fn judge(check: &Check, steps: Vec<String>, what: &str, fix: &str) -> Finding {
    let failed = !steps.is_empty();
    Finding {
        id: check.0.into(),
        level: check.1,
        status: if failed { Status::Fail } else { Status::Pass },
        object: "queue_desk.migration_step".into(),
        title: check.2.into(),
        why: if failed { format!("{} {what}.", steps.len()) } else { "None is.".into() },
        // The functions of another version may or may not do; nothing is switched off for it yet.
        blocks: Vec::new(),
        evidence: Evidence {
            count: i64::try_from(steps.len()).ok(),
            sample: steps.into_iter().take(5).collect(),
            sql: Some(sql!("check/steps").into()),
        },
        scope_checked: format!("{} steps of version {}", STEPS.len(), env!("CARGO_PKG_VERSION")),
        not_checked: Some("whether what the steps made is still there".into()),
        fix: failed.then(|| fix.into()),
    }
}

fn not_migrated() -> Finding {
    Finding {
        why: "Schema queue_desk is not there: this database was never migrated. Looking and exporting work; the actions are off.".into(),
        object: "queue_desk".into(),
        status: Status::Fail,
        title: PENDING.2.into(),
        blocks: vec![Verb::Prepare, Verb::Run, Verb::Take],
        evidence: Evidence { sql: Some(sql!("check/steps").into()), ..Evidence::default() },
        scope_checked: "the schema".into(),
        not_checked: None,
        fix: Some(APPLY.into()),
        ..unknown(&PENDING, "queue_desk", "")
    }
}
