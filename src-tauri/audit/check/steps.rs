//! M1, M2: what the migration runner remembers, compared with the steps of this version, and whether what they made is still there.

use super::{Check, migration_step, say, unknown};
use crate::{
    audit::{
        made,
        steps::{Kind, STEPS, Step},
    },
    db::check::{KnownStep, Made, Snapshot},
    error::Result,
    model::finding::{Evidence, Finding, Fix, Level, Status, Verb},
    sql,
};

const PENDING: Check = ("M1", Level::Error, "Every migration step was applied");
const FAILED: Check = ("M1", Level::Error, "No migration step failed");
const CHANGED: Check = ("M1", Level::Error, "The applied steps are those of this version");
const NEWER: Check = ("M1", Level::Error, "The database is not newer than this program");
const DRIFT: Check = ("M2", Level::Error, "What the finished steps made is still there");
const APPLY: &str = "queue-desk migrate --plan, then queue-desk migrate --apply";

pub(super) async fn look(snapshot: &mut Snapshot<'_>) -> Result<Vec<Finding>> {
    let known = match snapshot.steps().await? {
        Ok(known) => known,
        Err(refusal) if refusal.is_missing() => {
            return Ok(vec![not_migrated(), unknown(&DRIFT, "queue_desk", "the database is not migrated")]);
        }
        Err(refusal) => {
            return Ok([PENDING, DRIFT]
                .iter()
                .map(|c| unknown(c, "queue_desk.migration_step", &refusal.reason))
                .collect());
        }
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
    let drift = drift(snapshot, &known).await?;
    let mut findings = vec![
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
        judge(&NEWER, newer, "steps are not known to this program", "Install the newer Queue Desk on this computer."),
    ];
    findings.extend(drift);
    Ok(findings)
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
        // The functions of another version may or may not do; nothing is switched off for it yet.
        evidence: Evidence {
            count: i64::try_from(steps.len()).ok(),
            sample: steps.iter().take(5).cloned().collect(),
            sql: Some(sql!("check/steps").into()),
            ..Evidence::default()
        },
        scope_checked: format!("{} steps of version {}", STEPS.len(), env!("CARGO_PKG_VERSION")),
        fix: failed
            .then(|| Fix { words: fix.into(), steps: steps.iter().filter_map(|id| migration_step(id)).collect() }),
        ..say(
            check,
            if failed { Status::Fail } else { Status::Pass },
            "queue_desk.migration_step",
            if failed { format!("{} {what}.", steps.len()) } else { "None is.".into() },
        )
    }
}

/// One finding for each step whose work is no longer there. What other checks answer for is left to them: the ledger's tables and
/// triggers (L1, L2), policies (R3), the indexes of the queue's questions (I2).
async fn drift(snapshot: &mut Snapshot<'_>, known: &[KnownStep]) -> Result<Vec<Finding>> {
    let there = match snapshot.made().await? {
        Ok(there) => there,
        Err(refusal) => return Ok(vec![unknown(&DRIFT, "queue_desk", &refusal.reason)]),
    };
    let done =
        |step: &Step| known.iter().any(|k| k.id == step.id && k.state == "done" && k.checksum == step.checksum());
    let made = made::things(STEPS.iter().filter(|s| done(s)));
    let total = made.len();
    let mut wrong: std::collections::BTreeMap<&str, Vec<String>> = Default::default();
    for ((kind, name), thing) in made {
        if let Some(problem) = compare(kind, &name, &thing, &there) {
            wrong.entry(thing.step).or_default().push(problem);
        }
    }
    if wrong.is_empty() {
        let why = format!(
            "{total} tables, functions, indexes, policies and triggers are there; tables have their columns, functions their text."
        );
        return Ok(vec![Finding {
            scope_checked: "what the text of the finished steps makes; the text of functions".into(),
            not_checked: Some("the conditions of policies and CHECKs; see R3 for the desks' own".into()),
            ..say(&DRIFT, Status::Pass, "queue_desk", why)
        }]);
    }
    Ok(wrong
        .into_iter()
        .map(|(step, problems)| Finding {
            blocks: vec![Verb::Prepare, Verb::Run, Verb::Take],
            evidence: Evidence {
                count: i64::try_from(problems.len()).ok(),
                sample: problems.iter().take(5).cloned().collect(),
                sql: Some(sql!("check/made").into()),
                ..Evidence::default()
            },
            scope_checked: "what the text of this step makes".into(),
            fix: Some(Fix {
                words: "Somebody changed it by hand. Run the step's text again in the SQL editor, part by part.".into(),
                steps: migration_step(step).into_iter().collect(),
            }),
            ..say(
                &DRIFT,
                Status::Fail,
                step,
                format!("This step is done, and its work is not there any more: {}.", problems.join("; ")),
            )
        })
        .collect())
}

fn compare(kind: &str, name: &str, thing: &made::Thing, there: &[Made]) -> Option<String> {
    let found = || there.iter().filter(|m| m.kind == kind && m.name == name);
    let Some(first) = found().next() else {
        let table_is_gone = thing
            .on
            .as_ref()
            .is_some_and(|t| t.starts_with("queue_desk.") && !there.iter().any(|m| m.kind == "table" && m.name == *t));
        let elsewhere = match kind {
            "policy" | "trigger" => true,
            "table" => matches!(name, "queue_desk.queue_ledger" | "queue_desk.ledger_seal"),
            "index" => {
                table_is_gone
                    || thing.step.ends_with("_due_index")
                    || thing.step.ends_with("_done_index")
                    || thing.step.ends_with("_leads_created_index")
            }
            _ => false,
        };
        return (!elsewhere).then(|| format!("{kind} {name} is gone"));
    };
    if kind == "table" {
        let gone: Vec<&str> = thing.parts.iter().filter(|c| !first.parts.contains(c)).map(String::as_str).collect();
        return (!gone.is_empty()).then(|| format!("{name} has no {}", gone.join(", ")));
    }
    if kind == "function" {
        // A checkout on Windows is no change.
        let text = |s: &str| s.replace('\r', "");
        let step = STEPS.iter().find(|s| s.id == thing.step)?;
        let is_ours = |body: &str| step.sql.contains(body) || text(step.sql).contains(&text(body));
        let ours = found().all(|m| is_ours(m.body.as_deref().unwrap_or_default()));
        return (!ours).then(|| format!("function {name} has another text"));
    }
    None
}

fn not_migrated() -> Finding {
    Finding {
        blocks: vec![Verb::Prepare, Verb::Run, Verb::Take],
        evidence: Evidence { sql: Some(sql!("check/steps").into()), ..Evidence::default() },
        scope_checked: "the schema".into(),
        fix: Some(Fix::words(APPLY)),
        ..say(
            &PENDING,
            Status::Fail,
            "queue_desk",
            "Schema queue_desk is not there: this database was never migrated. Looking and exporting work; the actions are off.",
        )
    }
}
