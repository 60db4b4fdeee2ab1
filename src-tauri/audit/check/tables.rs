//! T1: the tables and columns that Queue Desk reads and writes, and how many rows they hold.

use super::{Check, unknown};
use crate::{
    db::check::{Snapshot, Table},
    error::Result,
    model::finding::{Evidence, Finding, Level, Status, Verb},
};

const T1: Check = ("T1", Level::Error, "The table has the columns that Queue Desk uses");

pub(super) async fn look(snapshot: &mut Snapshot<'_>) -> Result<Vec<Finding>> {
    let tables = match snapshot.tables().await? {
        Ok(tables) => tables,
        Err(refusal) => return Ok(vec![unknown(&T1, "this database", &refusal.reason)]),
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
        findings.push(judge(table, count));
    }
    Ok(findings)
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
    Finding {
        id: T1.0.into(),
        level: T1.1,
        status,
        blocks: if failed { blocks(&table.object) } else { Vec::new() },
        evidence: Evidence {
            count: count.ok(),
            sample: table.wrong.into_iter().take(5).collect(),
            sql: Some(table.count_sql),
        },
        object: table.object,
        title: T1.2.into(),
        why,
        scope_checked: "the columns that Queue Desk uses, by name, kind and nullability; other columns only where Prepare would have to fill them".into(),
        not_checked,
        fix: failed.then(|| {
            "An empty database gets the CRM's tables by `queue-desk migrate --apply`; in a live CRM its own migrations make the column.".into()
        }),
    }
}

/// Looser than documented does no harm: the code reads NULL everywhere.
fn loose(table: &Table) -> Finding {
    Finding {
        id: T1.0.into(),
        level: Level::Info,
        status: Status::Fail,
        object: table.object.clone(),
        title: "Columns that the CRM documents as NOT NULL are".into(),
        why: format!("{}. Rows without a value are left alone by every action.", table.loose.join("; ")),
        blocks: Vec::new(),
        evidence: Evidence {
            count: None,
            sample: table.loose.iter().take(5).cloned().collect(),
            sql: Some("select attname, attnotnull from pg_attribute".into()),
        },
        scope_checked: "the columns that Queue Desk uses".into(),
        not_checked: None,
        fix: Some("None is needed.".into()),
    }
}

fn blocks(object: &str) -> Vec<Verb> {
    match object {
        "public.leads" | "public.whatsapp_message_queue" => vec![Verb::Prepare, Verb::Run, Verb::Take, Verb::Export],
        "public.lead_processing_queue" => vec![Verb::Take, Verb::Export],
        "public.queue_performance_metrics" => Vec::new(),
        "auth.users" => Vec::new(),
        _ => vec![Verb::Prepare, Verb::Run, Verb::Take],
    }
}
