//! M4: whether a migration would have to wait now.

use std::collections::BTreeSet;

use crate::{
    audit::steps::STEPS,
    db::check::Snapshot,
    error::Result,
    model::finding::{Evidence, Finding, Fix, Level, Status},
    sql,
};

/// M4 in the check: whether a migration would have to wait now.
pub async fn look(snapshot: &mut Snapshot<'_>) -> Result<Finding> {
    let locks: Vec<_> = STEPS.iter().flat_map(|s| s.locks).copied().collect();
    let tables: BTreeSet<&str> = locks.iter().map(|l| l.0).collect();
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
    Ok(match snapshot.blockers(&locks).await? {
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
