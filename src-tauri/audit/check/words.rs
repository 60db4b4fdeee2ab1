//! C1: the words that Queue Desk writes, tried by the database itself on rows of a real shape.

use super::{Check, say, unknown};
use crate::{
    db::check::{Place, Snapshot, Tried},
    error::Result,
    model::finding::{Evidence, Finding, Fix, Level, Status, Verb},
};

const C1: Check = ("C1", Level::Error, "The database takes the words that Queue Desk writes");

pub(super) async fn look(snapshot: &mut Snapshot<'_>) -> Result<Vec<Finding>> {
    let places = match snapshot.words().await? {
        Ok(places) => places,
        Err(refusal) => return Ok(vec![unknown(&C1, "this database", &refusal.reason)]),
    };
    // Before migration, and for a login that may not read them, the built-in candidates hold.
    let stages = snapshot.stages().await?.unwrap_or_default();
    let mut findings = Vec::new();
    for mut place in places {
        if place.candidates
            && let Some(stage) = stages.iter().find(|s| s.action == place.action)
        {
            place.words.clone_from(&stage.words);
        }
        findings.push(one(snapshot, &place).await?);
    }
    Ok(findings)
}

async fn one(snapshot: &mut Snapshot<'_>, place: &Place) -> Result<Finding> {
    let (Some(try_sql), None) = (&place.try_sql, &place.cannot) else {
        let reason = place.cannot.as_deref().unwrap_or("its table is missing");
        return Ok(cannot(place, reason));
    };
    let mut tried = Vec::new();
    match snapshot.try_words(try_sql, &place.words).await? {
        Ok(all) => tried = all,
        Err(refusal) if refusal.is_value() => {
            // An enum or a domain refuses a word before any CHECK sees it: one at a time shows which.
            for word in &place.words {
                match snapshot.try_words(try_sql, std::slice::from_ref(word)).await? {
                    Ok(one) => tried.extend(one),
                    Err(r) if r.is_value() => tried.push(Tried {
                        word: word.clone(),
                        tried: 1,
                        refused: 1,
                        on_real_rows: false,
                        refused_by: vec!["the column's type".into()],
                    }),
                    Err(r) => return Ok(cannot(place, &r.reason)),
                }
            }
        }
        Err(refusal) => return Ok(cannot(place, &refusal.reason)),
    }
    if tried.is_empty() {
        return Ok(cannot(place, "there was no word to try"));
    }
    Ok(judge(place, &tried, try_sql))
}

/// Whether the action works is not known then, except where it only would write another word.
fn cannot(place: &Place, reason: &str) -> Finding {
    let blocks = if place.candidates { Vec::new() } else { vec![verb(place)] };
    Finding { blocks, title: title(place), ..unknown(&C1, &place.object, reason) }
}

fn title(place: &Place) -> String {
    match place.candidates {
        true => format!("{} writes the word that it means", action(place)),
        false => format!("{} may write its words", action(place)),
    }
}

fn judge(place: &Place, tried: &[Tried], try_sql: &str) -> Finding {
    let refused: Vec<&Tried> = tried.iter().filter(|t| t.refused > 0).collect();
    let (level, status, why, blocks) = match place.candidates {
        true => stage(place, tried),
        false => {
            let list = refused.iter().map(|t| format!("'{}' by {}", t.word, t.refused_by.join(", ")));
            let list = list.collect::<Vec<_>>().join("; ");
            match refused.is_empty() {
                true => (C1.1, Status::Pass, "Every word is taken.".to_owned(), Vec::new()),
                false => {
                    (C1.1, Status::Fail, format!("{} would be refused: {list}.", action(place)), vec![verb(place)])
                }
            }
        }
    };
    let rows = tried.iter().map(|t| t.tried).max().unwrap_or_default();
    let real = tried.iter().all(|t| t.on_real_rows);
    let words = place.words.iter().map(|w| format!("'{}'", w.replace('\'', "''"))).collect::<Vec<_>>().join(", ");
    Finding {
        level,
        title: title(place),
        blocks,
        evidence: Evidence {
            count: Some(i64::try_from(refused.len()).unwrap_or(i64::MAX)),
            sample: refused.iter().take(5).map(|t| format!("{}: {}", t.word, t.refused_by.join(", "))).collect(),
            counted: crate::model::finding::Counted::Exact,
            sql: Some(try_sql.replace("$1::text[]", &format!("array[{words}]::text[]"))),
        },
        scope_checked: format!(
            "every CHECK of the table and the column's type, on {}",
            if real { format!("{rows} rows of the database") } else { "a row made like the action's".to_owned() }
        ),
        not_checked: Some("triggers and lookup tables that refuse a word".into()),
        fix: (status == Status::Fail).then(|| {
            Fix::words(match place.candidates {
                true => "Widen the CHECK on leads.status, or name another candidate in the settings of the database.",
                false => "Widen the CHECK (add the wider one NOT VALID, validate it, drop the old one).",
            })
        }),
        ..say(&C1, status, &place.object, why)
    }
}

/// The action works in any case; the question is which word the CRM will show.
fn stage(place: &Place, tried: &[Tried]) -> (Level, Status, String, Vec<Verb>) {
    let taken = tried.iter().position(|t| t.refused == 0);
    let not_allowed = |words: &[Tried]| {
        let names: Vec<_> = words.iter().map(|t| format!("'{}'", t.word)).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        format!("{} {verb} not allowed", names.join(", "))
    };
    match taken {
        Some(0) => {
            (Level::Warn, Status::Pass, format!("{} will write '{}'.", action(place), tried[0].word), Vec::new())
        }
        Some(n) => (
            Level::Warn,
            Status::Fail,
            format!("{} will write '{}': {}.", action(place), tried[n].word, not_allowed(&tried[..n])),
            Vec::new(),
        ),
        None => (
            Level::Warn,
            Status::Fail,
            format!("{} leaves the lead's status as it is: {}.", action(place), not_allowed(tried)),
            Vec::new(),
        ),
    }
}

fn verb(place: &Place) -> Verb {
    match place.action.as_str() {
        "prepare" => Verb::Prepare,
        "take" => Verb::Take,
        _ => Verb::Run,
    }
}

fn action(place: &Place) -> &'static str {
    match verb(place) {
        Verb::Prepare => "Prepare",
        Verb::Take => "Take Lead",
        _ => "Automation",
    }
}
