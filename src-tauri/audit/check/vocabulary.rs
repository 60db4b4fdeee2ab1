//! C2, C3, and what of O3 can be put back: the words that are in the data, the rows that a CHECK would not let pass again, and the word
//! that an INSERT without the column ends up with.

use super::{Check, contract, say, unknown};
use crate::{
    db::check::{LooseCheck, Snapshot, Vocabulary},
    error::Result,
    model::finding::{Evidence, Finding, Fix, FixStep, Level, Status},
};

const WORDS: Check = ("C2", Level::Warn, "Every word in the data is known");
const FROZEN: Check = ("C2", Level::Warn, "Every row may be written again");
const DEFAULT: Check = ("C3", Level::Warn, "A row without a word gets one that is known");
const LIMITED: Check = ("C3", Level::Warn, "Only words of the list can be written");
const RESTORABLE: Check = ("O3", Level::Info, "No row in quarantine can be put back");

pub(super) async fn look(snapshot: &mut Snapshot<'_>, crm: bool) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    match snapshot.vocabulary(&contract::JSON).await? {
        Ok(vocabularies) => {
            for vocabulary in vocabularies {
                match vocabulary.exists {
                    true => findings.extend(one(snapshot, &vocabulary).await?),
                    false => findings.push(unknown(&WORDS, &vocabulary.object, "the column is missing")),
                }
            }
        }
        Err(refusal) => findings.push(unknown(&WORDS, "this database", &refusal.reason)),
    }
    findings.extend(frozen(snapshot, crm).await?);
    findings.extend(restorable(snapshot).await?);
    Ok(findings)
}

async fn one(snapshot: &mut Snapshot<'_>, v: &Vocabulary) -> Result<Vec<Finding>> {
    let counts = match snapshot.word_counts(&v.words_sql).await? {
        Ok(counts) => counts,
        Err(refusal) => return Ok(vec![unknown(&WORDS, &v.object, &refusal.reason), default(v), limited(v)]),
    };
    let rows: i64 = counts.iter().map(|c| c.count).sum();
    let strange: Vec<_> = counts.iter().filter(|c| !v.words.contains(&c.word)).collect();
    let count: i64 = strange.iter().map(|c| c.count).sum();
    let mut words = match strange.is_empty() {
        true => say(&WORDS, Status::Pass, &v.object, format!("{} different words in {rows} rows.", counts.len())),
        false => Finding {
            fix: Some(Fix::words("Give these rows a word of the list, or leave them: no action touches them.")),
            expected: Some(v.words.join(", ")),
            ..say(
                &WORDS,
                Status::Fail,
                &v.object,
                format!(
                    "{count} of {rows} rows hold a word that Queue Desk does not know: it shows them, and no action touches them."
                ),
            )
        },
    };
    words.evidence =
        Evidence {
            count: Some(count),
            // A word is the schema's, unless somebody wrote a text into the column: then it is not shown.
            sample: strange
                .iter()
                .take(5)
                .map(|c| {
                    if c.word.len() <= 40 {
                        format!("{}: {}", c.word, c.count)
                    } else {
                        format!("(a text): {}", c.count)
                    }
                })
                .collect(),
            sql: Some(v.words_sql.clone()),
            ..Evidence::default()
        };
    words.scope_checked = format!("all {rows} rows that have a word");
    Ok(vec![words, default(v), limited(v)])
}

fn default(v: &Vocabulary) -> Finding {
    let wanted = v.wanted_default.as_deref().unwrap_or_default();
    let (status, why) = match &v.default_text {
        None => (
            Status::Fail,
            format!("There is no default: a row that is written without the word has none, where '{wanted}' is meant."),
        ),
        Some(_) if v.default_word == wanted => (Status::Pass, format!("The default is '{wanted}'.")),
        // Another word of the list is somebody's decision.
        Some(_) if v.words.contains(&v.default_word) => {
            (Status::Pass, format!("The default is '{}', a word of the list.", v.default_word))
        }
        Some(text) if v.default_word.is_empty() => (Status::Unknown, format!("The default is worked out: {text}.")),
        Some(_) => (Status::Fail, format!("The default is '{}', which is no word of the list.", v.default_word)),
    };
    let failed = status == Status::Fail;
    let step = FixStep {
        what: "Set the default".into(),
        lock: Some("ACCESS EXCLUSIVE for a moment; rows are not touched".into()),
        sql: v.default_sql.clone(),
    };
    Finding {
        expected: failed.then(|| format!("default '{wanted}'")),
        found: failed.then(|| v.default_text.clone().unwrap_or_else(|| "no default".into())),
        scope_checked: "the column's default".into(),
        not_checked: (status == Status::Unknown).then(|| "what the default comes out as".to_owned()),
        fix: failed.then(|| Fix { words: "Set the documented default.".into(), steps: vec![step] }),
        evidence: Evidence {
            sql: Some("select pg_get_expr(adbin, adrelid) from pg_attrdef".into()),
            ..Evidence::default()
        },
        ..say(&DEFAULT, status, &v.object, why)
    }
}

fn limited(v: &Vocabulary) -> Finding {
    let why = match v.limited {
        true => "A CHECK, an enum or a domain limits it.",
        false => "Nothing limits it: any text can be written, and a row with a word that nobody knows is in no list.",
    };
    let (table, column) = v.object.rsplit_once('.').unwrap_or_default();
    let name = format!("{}_{column}_words", table.trim_start_matches("public."));
    let words: Vec<String> = v.words.iter().map(|w| format!("'{w}'")).collect();
    let add = format!("alter table {table} add constraint {name} check ({column} in ({})) not valid", words.join(", "));
    Finding {
        expected: (!v.limited).then(|| "a CHECK".into()),
        found: (!v.limited).then(|| "none".into()),
        scope_checked: "CHECKs, enums and domains of the column".into(),
        evidence: Evidence {
            sql: Some(format!(
                "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = '{table}'::regclass"
            )),
            ..Evidence::default()
        },
        fix: (!v.limited).then(|| Fix {
            words: "Add it without looking back, settle the rows that do not fit, then validate it.".into(),
            steps: vec![
                FixStep {
                    what: "Add, not valid".into(),
                    lock: Some("ACCESS EXCLUSIVE for a moment".into()),
                    sql: Some(add),
                },
                FixStep {
                    what: "Validate".into(),
                    lock: Some("reads only, writers go on".into()),
                    sql: Some(format!("alter table {table} validate constraint {name}")),
                },
            ],
        }),
        ..say(&LIMITED, if v.limited { Status::Pass } else { Status::Fail }, &v.object, why)
    }
}

/// Under a CHECK that was never validated every UPDATE of a row that does not fit fails, whatever it changes.
async fn frozen(snapshot: &mut Snapshot<'_>, crm: bool) -> Result<Vec<Finding>> {
    const SCOPE: &str = "CHECKs of the CRM's tables that were never validated, and the rows under them";
    let checks = match snapshot.loose_checks(&contract::JSON).await? {
        Ok(checks) => checks,
        Err(refusal) => return Ok(vec![unknown(&FROZEN, "the CRM's tables", &refusal.reason)]),
    };
    if !crm {
        return Ok(vec![unknown(&FROZEN, "the CRM's tables", "the CRM's tables are not here")]);
    }
    if checks.is_empty() {
        let why = "Every CHECK was validated.";
        return Ok(vec![Finding {
            scope_checked: SCOPE.into(),
            ..say(&FROZEN, Status::Pass, "the CRM's tables", why)
        }]);
    }
    let mut findings = Vec::new();
    for LooseCheck { object, name, count_sql, list_sql, fix_sql } in checks {
        let count = match snapshot.count(&count_sql).await? {
            Ok(count) => count,
            Err(refusal) => {
                findings.push(unknown(&FROZEN, &object, &refusal.reason));
                continue;
            }
        };
        let sample = if count > 0 { snapshot.sample(&list_sql).await?.unwrap_or_default() } else { Vec::new() };
        let (status, why) = match count {
            0 => (Status::Pass, format!("CHECK {name} was never validated, and every row fits.")),
            _ => (
                Status::Fail,
                format!("{count} rows do not fit CHECK {name}: any change of them is refused, whatever it changes."),
            ),
        };
        let validate =
            FixStep { what: "Validate".into(), lock: Some("reads only, writers go on".into()), sql: Some(fix_sql) };
        findings.push(Finding {
            key: name,
            evidence: Evidence { count: Some(count), sample, sql: Some(count_sql), ..Evidence::default() },
            scope_checked: SCOPE.into(),
            fix: (count > 0).then(|| Fix {
                words: "Give these rows a value that fits; then validate it.".into(),
                steps: vec![validate],
            }),
            ..say(&FROZEN, status, object, why)
        });
    }
    Ok(findings)
}

async fn restorable(snapshot: &mut Snapshot<'_>) -> Result<Vec<Finding>> {
    let tables = match snapshot.restorable(&contract::JSON).await? {
        Ok(tables) => tables,
        Err(refusal) => return Ok(vec![unknown(&RESTORABLE, "queue_desk.quarantine", &refusal.reason)]),
    };
    let mut waiting = Vec::new();
    let mut total = 0;
    for table in tables {
        match snapshot.count(&table.count_sql).await? {
            Ok(0) => {}
            Ok(count) => {
                total += count;
                waiting.push(format!("{}: {count}", table.tab));
            }
            Err(refusal) => return Ok(vec![unknown(&RESTORABLE, "queue_desk.quarantine", &refusal.reason)]),
        }
    }
    let (status, why) = match total {
        0 => (Status::Pass, "None waits whose parents are all there again.".to_owned()),
        _ => (
            Status::Fail,
            format!("{total} rows in quarantine point to something that exists again: they can be put back."),
        ),
    };
    Ok(vec![Finding {
        evidence: Evidence { count: Some(total), sample: waiting.into_iter().take(5).collect(), ..Evidence::default() },
        scope_checked: "rows nobody has decided about, by the keys of the contract".into(),
        fix: (total > 0).then(|| Fix::words("Put them back, or say that they stay away.")),
        ..say(&RESTORABLE, status, "queue_desk.quarantine", why)
    }])
}
