//! A live CRM that nobody migrated: it can be looked at and exported, by a login that may read it, and nothing is written.

use std::{collections::BTreeSet, fs};

use queue_desk::transfer::columns::HEADER;
use serde_json::{Value, json};

use crate::support::{
    Folder, TestDatabase,
    fixture::number,
    run,
    terminal::{Said, everything, queue_desk},
    window::Window,
};

/// Every row of a grid, page by page.
fn all(window: &Window, command: &str, filter: &Value) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = window.call(command, json!({ "filter": filter, "after": after, "limit": 7 }));
        rows.extend(page["rows"].as_array().unwrap().clone());
        after = page["next"].clone();
        if after.is_null() {
            return rows;
        }
    }
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// The rows of an exported file, by column.
fn exported(file: &std::path::Path) -> Vec<std::collections::HashMap<String, String>> {
    let text = fs::read_to_string(file).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(reader.headers().unwrap(), &HEADER[..], "the same header as everywhere");
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_grids_of_a_crm_without_our_schema_show_every_row_once() {
    run(async {
        for fixture in ["live_crm", "broken"] {
            let database = TestDatabase::fixture(&[fixture]).await;
            let mut owner = database.owner().await;
            let before = everything(&mut owner).await;
            let window = Window::open(database.desk("postgres").await, None);
            assert_eq!(window.ask("session")["database"], "not_migrated");
            for (command, table) in [
                ("messages_page", "whatsapp_message_queue"),
                ("leads_page", "leads"),
                ("jobs_page", "lead_processing_queue"),
            ] {
                let rows = all(&window, command, &json!({}));
                let there = number(&mut owner, &format!("select count(*) from public.{table}")).await;
                assert_eq!((rows.len() as i64, ids(&rows).len() as i64), (there, there), "{fixture}: {command}");
            }
            let counts = window.ask("message_counts");
            let lanes: u64 = counts["lanes"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
            let known = number(&mut owner, "select count(*) from public.whatsapp_message_queue where queue_status is null or queue_status in ('queued', 'sending', 'sent', 'failed', 'cancelled')").await;
            assert_eq!(
                (lanes as i64, &counts["held"], &counts["operators"]),
                (known, &json!([]), &json!([])),
                "{fixture}"
            );
            let sent = all(&window, "messages_page", &json!({ "lane": "sent" }));
            assert_eq!(sent.len() as u64, counts["lanes"]["sent"].as_u64().unwrap());
            assert!(
                sent.iter().all(|row| row["reason"] == "foreign" && row["simulated"] == false),
                "no proof of them is here"
            );
            assert_eq!(
                all(&window, "messages_page", &json!({ "reason": "quiet_hours" })),
                [Value::Null; 0],
                "nothing is held here"
            );
            let queued = all(&window, "messages_page", &json!({ "lane": "queued" }));
            let ours = |row: &Value| row["reason"] != "not_set_up" || !row["next_at"].is_null();
            assert!(!queued.is_empty() && !queued.iter().any(ours), "nothing of it goes out by us");
            assert_eq!(all(&window, "leads_page", &json!({ "whose": "mine" })), [Value::Null; 0]);
            let lead = sent[0]["lead_id"].clone();
            if lead.is_string()
                && number(
                    &mut owner,
                    &format!("select count(*) from public.leads where id = '{}'", lead.as_str().unwrap()),
                )
                .await
                    == 1
            {
                assert_eq!(window.call("lead_get", json!({ "leadId": lead }))["lead"]["id"], lead);
                let time =
                    window.call("lead_timeline", json!({ "leadId": lead, "kind": null, "after": null, "limit": 50 }));
                let sources: Vec<&str> =
                    time["rows"].as_array().unwrap().iter().map(|e| e["source"].as_str().unwrap()).collect();
                assert!(sources.contains(&"message") && sources.contains(&"created"), "{sources:?}");
            }
            let counted = window.call("lead_counts", json!({ "filter": {} }));
            assert_eq!(counted["total"], number(&mut owner, "select count(*) from public.leads").await);
            for action in ["prepare_preview", "stop_everything"] {
                window.refused(action, json!({ "day": null }), "not_migrated");
            }
            assert_eq!(everything(&mut owner).await, before, "{fixture}: looking writes nothing");
        }
    });
}

#[test]
fn it_is_exported_in_both_presets_with_the_same_header_and_a_receipt_without_a_ledger() {
    run(async {
        for fixture in ["live_crm", "broken"] {
            let database = TestDatabase::fixture(&[fixture]).await;
            let mut owner = database.owner().await;
            let before = everything(&mut owner).await;
            let folder = Folder::new();
            let file = folder.path().join("queue.csv");
            let window = Window::open(database.desk("postgres").await, Some(file.clone()));
            let there = number(&mut owner, "select (select count(*) from public.whatsapp_message_queue) + (select count(*) from public.lead_processing_queue)").await;
            for preset in ["excel", "machine"] {
                let receipt = window.export(preset);
                assert_eq!((&receipt["changed"], &receipt["ledger_id"]), (&json!(there), &Value::Null), "{receipt}");
                let rows = exported(&file);
                assert_eq!(rows.len() as i64, there, "{fixture}, {preset}");
                for row in &rows {
                    for unknown in [
                        "operator",
                        "owner",
                        "delivery_outcome",
                        "delivery_dispatched_at",
                        "delivery_finished_at",
                        "simulated",
                    ] {
                        assert_eq!(row[unknown], "", "only our schema knows {unknown}");
                    }
                }
                let messages: Vec<_> = rows.iter().filter(|row| row["queue"] == "messages").collect();
                assert!(messages.iter().all(|row| !row["lane"].is_empty() && !row["message_content"].is_empty()));
                assert!(
                    messages
                        .iter()
                        .any(|row| row["lead_name"].starts_with("Lead ") && !row["recipient_phone"].is_empty()),
                    "{fixture}: the leads are joined"
                );
            }
            assert_eq!(window.heard("desk://export").last().unwrap()["total"], there);
            let filtered = window.call("export_queue", json!({ "filter": { "lane": "failed" }, "preset": "machine" }));
            assert!(exported(&file).iter().all(|row| row["lane"] == "failed"));
            assert_eq!(filtered["changed"], exported(&file).len());
            let none = window
                .call("export_queue", json!({ "filter": { "search": "nobody of this name" }, "preset": "machine" }));
            assert_eq!((&none["changed"], &none["detail"]["empty_because"]), (&json!(0), &json!("filter")));
            assert_eq!(exported(&file).len(), 0);

            let said: Said = queue_desk(&[
                "--url",
                &database.url("postgres"),
                "--json",
                "export",
                "--out",
                "-",
                "--preset",
                "machine",
            ])
            .output()
            .unwrap()
            .into();
            assert_eq!((said.code, said.out.lines().next().unwrap()), (0, HEADER.join(",").as_str()), "{said:?}");
            let receipt: Value = serde_json::from_str(&said.err).unwrap();
            assert_eq!((&receipt["changed"], &receipt["ledger_id"]), (&json!(there), &Value::Null));
            assert_eq!(everything(&mut owner).await, before, "{fixture}: an export writes nothing here");
        }
    });
}

#[test]
fn row_security_holds_and_a_login_that_may_not_read_is_told_so() {
    run(async {
        let database = TestDatabase::fixture(&["live_crm"]).await;
        let mut owner = database.owner().await;
        let folder = Folder::new();
        let file = folder.path().join("queue.csv");
        let window = Window::open(database.desk("stranger").await, Some(file.clone()));
        window.refused("export_queue", json!({ "filter": {}, "preset": "machine" }), "no_permission");
        window.refused("messages_page", json!({ "filter": {}, "after": null, "limit": 5 }), "no_permission");
        assert!(!file.exists());

        sqlx::raw_sql(
            "grant select on all tables in schema public to stranger; grant usage on schema auth to stranger",
        )
        .execute(&mut database.session("supabase_admin").await)
        .await
        .unwrap();
        let receipt = window.export("machine");
        assert_eq!(
            (&receipt["changed"], &receipt["detail"]["empty_because"]),
            (&json!(0), &json!("no_rows")),
            "nobody's rows are shown"
        );
        sqlx::raw_sql("create policy of_one on public.whatsapp_message_queue for select to stranger using (user_id = md5('user1')::uuid)")
            .execute(&mut owner)
            .await
            .unwrap();
        let its =
            number(&mut owner, "select count(*) from public.whatsapp_message_queue where user_id = md5('user1')::uuid")
                .await;
        assert!(its > 0 && window.export("excel")["changed"] == its);
        assert_eq!(exported(&file).len() as i64, its);
        assert_eq!(all(&window, "messages_page", &json!({})).len() as i64, its);
    });
}
