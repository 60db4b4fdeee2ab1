//! What every action promises, checked in the rows.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use super::Office;

/// All rows of all tables, hashed: equal before and after means that nothing was written.
pub async fn everything(conn: &mut PgConnection) -> BTreeMap<String, String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('auth', 'public', 'queue_desk')",
    )
    .fetch_all(&mut *conn)
    .await
    .expect("the tables");
    let hashes: Vec<String> = tables
        .iter()
        .map(|t| {
            format!(
                "select '{t}', count(*) || ' ' || coalesce(md5(string_agg(x::text, ';' order by x::text)), '') from {t} x"
            )
        })
        .collect();
    let rows: Vec<(String, String)> =
        sqlx::query_as(AssertSqlSafe(hashes.join(" union all "))).fetch_all(conn).await.expect("their rows");
    assert!(rows.len() > 20, "the tables were found");
    rows.into_iter().collect()
}

/// The tables whose rows differ.
pub fn written(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    before.iter().filter(|(table, hash)| after.get(*table) != Some(hash)).map(|(table, _)| table.clone()).collect()
}

impl Office {
    /// The receipt is a row of the ledger, word for word, under its own id, the last row of its action.
    pub async fn holds_receipt(&mut self, receipt: &Value) {
        let mut said = receipt.clone();
        said.as_object_mut().expect("a receipt").remove("ledger_id");
        let ledger_id = receipt["ledger_id"].as_str().expect("a ledger id");
        let id = receipt["receipt_id"].as_str().expect("a receipt id");
        let kept: Value = self.ask(format!("select detail from queue_desk.queue_ledger where id = {ledger_id} and entity = 'receipt' and entity_id = '{id}' and receipt_id = '{id}'")).await;
        let mut kept = kept;
        kept.as_object_mut().expect("a receipt").remove("session");
        assert_eq!(kept, said, "the ledger keeps what was said");
        let last: String =
            self.ask(format!("select max(id)::text from queue_desk.queue_ledger where receipt_id = '{id}'")).await;
        assert_eq!(last, ledger_id);
    }

    /// How many changes to this state the receipt's action left in the ledger.
    pub async fn changes(&mut self, receipt: &Value, entity: &str, to_state: &str) -> i64 {
        let id = receipt["receipt_id"].as_str().expect("a receipt id");
        self.count(format!(
            "queue_desk.queue_ledger where receipt_id = '{id}' and entity = '{entity}' and to_state = '{to_state}'"
        ))
        .await
    }
}

/// How many the receipt (or the plan) left alone for this reason.
pub fn skipped(receipt: &Value, reason: &str) -> u64 {
    receipt["skipped"]
        .as_array()
        .expect("skipped")
        .iter()
        .filter(|s| s["reason"] == reason)
        .map(|s| s["count"].as_u64().unwrap())
        .sum()
}

/// Every one that was asked for is changed, skipped or failed.
pub fn adds_up(receipt: &Value) {
    let left: u64 = receipt["skipped"].as_array().expect("skipped").iter().map(|s| s["count"].as_u64().unwrap()).sum();
    let failed = receipt["failed"].as_array().expect("failed").len() as u64;
    assert_eq!(receipt["asked"].as_u64().unwrap(), receipt["changed"].as_u64().unwrap() + left + failed, "{receipt}");
}
