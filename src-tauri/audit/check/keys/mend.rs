//! How a key is mended on a live table: each step with its statement, what it locks and for how long. The rows that point nowhere are
//! settled by the migration, which keeps a copy of each.

use crate::{
    db::check::Edge,
    model::finding::{Fix, FixStep},
};

/// A key that compares old rows does about this many a second.
const VALIDATED_PER_SECOND: i64 = 1_000_000;

fn step(what: &str, lock: String, sql: Option<String>) -> FixStep {
    FixStep { what: what.to_owned(), lock: Some(lock), sql }
}

/// Child index, key without looking back, the old rows, validation.
pub(super) fn add(edge: &Edge, orphans: Option<i64>, rows: Option<i64>) -> Fix {
    let mut steps = index(edge);
    steps.push(step("Add, not valid", short(edge), Some(bind(edge, edge.on_delete.as_deref()))));
    steps.extend(old_rows(edge, orphans));
    steps.push(step(
        "Validate",
        reading(edge, rows),
        Some(format!("alter table {} validate constraint {}", edge.child, name(edge))),
    ));
    Fix {
        words: "Rows that point nowhere are refused from the second step on; the web application meets that too."
            .into(),
        steps,
    }
}

pub(super) fn validate(edge: &Edge, key: &str, orphans: Option<i64>, rows: Option<i64>) -> Fix {
    let mut steps: Vec<FixStep> = old_rows(edge, orphans).into_iter().collect();
    steps.push(step(
        "Validate",
        reading(edge, rows),
        Some(format!("alter table {} validate constraint \"{key}\"", edge.child)),
    ));
    Fix { words: "Settle the rows that point nowhere first; then validate.".into(), steps }
}

/// A second key under another name, and then the old one goes: at no time is there none.
pub(super) fn replace(edge: &Edge, key: &str) -> Fix {
    let new = format!("{}_documented", name(edge));
    let sql = bind(edge, edge.on_delete.as_deref()).replace(&name(edge), &new);
    Fix {
        words:
            "Decide whether the CRM's own programs count on what it does now. Then put the documented key in its place."
                .into(),
        steps: vec![
            step("Add, not valid", short(edge), Some(sql)),
            step(
                "Validate",
                reading(edge, None),
                Some(format!("alter table {} validate constraint {new}", edge.child)),
            ),
            step(
                "Drop the old one",
                short(edge),
                Some(format!("alter table {} drop constraint \"{key}\"", edge.child)),
            ),
        ],
    }
}

pub(super) fn settle(edge: &Edge, count: i64) -> Fix {
    let words = match edge.child.as_str() {
        "public.leads" => {
            "Leads are never moved: the reference is emptied and its old value kept, in small batches, by `queue-desk migrate --apply`."
        }
        _ => {
            "Look at them first. `queue-desk migrate --apply` moves them to quarantine, never deletes them, and can put them back."
        }
    };
    Fix { words: words.into(), steps: old_rows(edge, Some(count)).into_iter().collect() }
}

fn index(edge: &Edge) -> Vec<FixStep> {
    if edge.indexed {
        return Vec::new();
    }
    let sql = format!(
        "create index concurrently if not exists {}_{}_idx on {} ({})",
        table(&edge.child),
        edge.col,
        edge.child,
        edge.col
    );
    vec![step("Index", format!("nobody waits; about {}", time(edge.estimated_rows)), Some(sql))]
}

fn old_rows(edge: &Edge, orphans: Option<i64>) -> Option<FixStep> {
    let count = orphans.filter(|n| *n > 0)?;
    let what =
        if edge.child == "public.leads" { format!("Empty {count} references") } else { format!("Move {count} rows") };
    Some(step(&what, "a row at a time; copies are kept".into(), None))
}

fn bind(edge: &Edge, on_delete: Option<&str>) -> String {
    format!(
        "set lock_timeout = '200ms';\nalter table {} add constraint {} foreign key ({}) references {} ({}) on delete {} not valid",
        edge.child,
        name(edge),
        edge.col,
        edge.parent,
        edge.parent_col,
        on_delete.unwrap_or("no action")
    )
}

fn short(edge: &Edge) -> String {
    match edge.parent.as_str() {
        "auth.users" => {
            "SHARE ROW EXCLUSIVE on both for under 10 ms; sign-ins wait for it, so it gives up after 200 ms".into()
        }
        _ => "SHARE ROW EXCLUSIVE on both for under 10 ms; gives up after 200 ms".into(),
    }
}

fn reading(edge: &Edge, rows: Option<i64>) -> String {
    format!("reads only, writers go on; about {}", time(rows.unwrap_or(edge.estimated_rows)))
}

fn time(rows: i64) -> String {
    match rows.max(0) * 1000 / VALIDATED_PER_SECOND {
        0..=99 => "0.1 s".into(),
        ms => format!("{:.1} s", f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0),
    }
}

/// As Postgres would name it.
fn name(edge: &Edge) -> String {
    format!("{}_{}_fkey", table(&edge.child), edge.col)
}

fn table(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, table)| table)
}
