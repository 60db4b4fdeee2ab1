//! T1, T2: the tables and columns that Queue Desk reads and writes, how many rows they hold, and whether a row can be named.

use std::collections::HashMap;

use super::{Check, contract, say, unknown};
use crate::{
    db::check::{Snapshot, Table},
    error::Result,
    model::finding::{Evidence, Finding, Fix, Level, Status, Verb},
};

const T1: Check = ("T1", Level::Error, "The table has the columns that Queue Desk uses");
const T2: Check = ("T2", Level::Warn, "Each row has a key of its own");

/// How many rows each table holds, where they were counted.
pub(super) type Rows = HashMap<String, i64>;

pub(super) async fn look(snapshot: &mut Snapshot<'_>) -> Result<(Rows, Vec<Finding>)> {
    let mut rows = Rows::new();
    let tables = match snapshot.tables(&contract::JSON).await? {
        Ok(tables) => tables,
        Err(refusal) => {
            return Ok((rows, [T1, T2].iter().map(|c| unknown(c, "this database", &refusal.reason)).collect()));
        }
    };
    let mut findings = Vec::new();
    for table in tables {
        let count = match table.readable {
            true => snapshot.count(&table.count_sql).await?.map_err(|r| format!("rows not counted: {}", r.reason)),
            false => Err("rows not counted: this login may not read the table".to_owned()),
        };
        if table.exists && !table.loose.is_empty() {
            findings.push(loose(&table));
        }
        findings.push(named(&table));
        if let (Ok(count), false) = (&count, table.partial) {
            rows.insert(table.object.clone(), *count);
        }
        findings.push(judge(table, count));
    }
    Ok((rows, findings))
}

fn judge(table: Table, count: std::result::Result<i64, String>) -> Finding {
    let (status, why) = match (table.exists, table.wrong.is_empty()) {
        (false, _) => (Status::Fail, "The table is missing.".to_owned()),
        (true, false) => (Status::Fail, format!("{}.", table.wrong.join("; "))),
        (true, true) => (Status::Pass, "Every column is there and of the right kind.".to_owned()),
    };
    let failed = status == Status::Fail;
    let not_checked = match &count {
        _ if !table.exists => None,
        Ok(_) if table.partial => Some("the count is partial (row security)".to_owned()),
        Ok(_) => None,
        Err(reason) => Some(reason.clone()),
    };
    let words = "An empty database gets the CRM's tables by `queue-desk migrate --apply`; in a live CRM its own migrations make the column.";
    Finding {
        blocks: if failed { blocks(&table.object) } else { Vec::new() },
        evidence: Evidence {
            count: count.ok(),
            sample: table.wrong.into_iter().take(5).collect(),
            sql: Some(table.count_sql),
            ..Evidence::default()
        },
        scope_checked: "the columns that Queue Desk uses, by name, kind and nullability; other columns only where Prepare would have to fill them".into(),
        not_checked,
        fix: failed.then(|| Fix::words(words)),
        ..say(&T1, status, table.object, why)
    }
}

/// Looser than documented does no harm: the code reads NULL everywhere.
fn loose(table: &Table) -> Finding {
    const LOOSE: Check = ("T1", Level::Info, "Columns that the CRM documents as NOT NULL are");
    Finding {
        evidence: Evidence {
            sample: table.loose.iter().take(5).cloned().collect(),
            sql: Some("select attname, attnotnull from pg_attribute".into()),
            ..Evidence::default()
        },
        scope_checked: "the columns that Queue Desk uses".into(),
        fix: Some(Fix::words("None is needed.")),
        ..say(
            &LOOSE,
            Status::Fail,
            &table.object,
            format!("{}. Rows without a value are left alone by every action.", table.loose.join("; ")),
        )
    }
}

/// A row that cannot be named cannot be put back from quarantine, nor replicated.
fn named(table: &Table) -> Finding {
    if !table.exists {
        return unknown(&T2, &table.object, "the table is missing");
    }
    let (status, why) = match (table.has_primary, table.has_unique) {
        (true, _) => (Status::Pass, "It has a primary key."),
        (false, true) => {
            (Status::Fail, "It has a unique key and no primary key: Supabase's realtime and replication need one.")
        }
        (false, false) => (
            Status::Fail,
            "It has neither a primary nor a unique key: two rows may be the same, and none can be named.",
        ),
    };
    Finding {
        expected: (status == Status::Fail).then(|| "primary key (id)".to_owned()),
        found: (status == Status::Fail).then(|| if table.has_unique { "a unique key" } else { "none" }.to_owned()),
        evidence: Evidence {
            sql: Some(format!(
                "select indexrelid::regclass, indisprimary from pg_index where indrelid = '{}'::regclass",
                table.object
            )),
            ..Evidence::default()
        },
        scope_checked: "valid unique indexes over whole columns".into(),
        fix: (status == Status::Fail).then(|| Fix {
            words: "Make the unique index first, while the application works; then the key costs a moment.".into(),
            steps: vec![
                super::FixStep {
                    what: "Unique index".into(),
                    lock: Some("SHARE UPDATE EXCLUSIVE: nobody waits".into()),
                    sql: Some(format!("create unique index concurrently queue_desk_pk on {} (id)", table.object)),
                },
                super::FixStep {
                    what: "Primary key".into(),
                    lock: Some("ACCESS EXCLUSIVE for a moment".into()),
                    sql: Some(format!("alter table {} add primary key using index queue_desk_pk", table.object)),
                },
            ],
        }),
        ..say(&T2, status, &table.object, why)
    }
}

fn blocks(object: &str) -> Vec<Verb> {
    match object {
        "public.leads" | "public.whatsapp_message_queue" => Verb::ALL.into(),
        "public.lead_processing_queue" => vec![Verb::Take, Verb::Export],
        "public.queue_performance_metrics" | "auth.users" => Vec::new(),
        _ => vec![Verb::Prepare, Verb::Run, Verb::Take],
    }
}
