//! Mending a CRM from the window: the steps told, the receipt, and the rows that were moved aside.

use queue_desk::shell::Start;
use serde_json::{Value, json};

use crate::{
    connect::form,
    support::{
        Folder, TestDatabase,
        fixture::{assert_conserved, number, rows},
        run,
        terminal::everything,
        window::Window,
    },
};

/// A window onto a CRM that nobody migrated, with rows that point nowhere.
async fn broken(folder: &Folder, file: Option<std::path::PathBuf>) -> (TestDatabase, Window) {
    let database = TestDatabase::fixture(&["broken"]).await;
    let window = Window::answering(Start::Ask, folder.path(), file);
    let to = json!({ "kind": "server", "profile": form(&database, "postgres") });
    window.call("connect_open", json!({ "to": to, "password": null, "readOnly": false }));
    (database, window)
}

#[test]
fn a_broken_crm_is_mended_from_the_window_with_its_steps_told_and_no_row_lost() {
    run(async {
        let folder = Folder::new();
        let (database, window) = broken(&folder, None).await;
        let mut owner = database.owner().await;
        let before = rows(&mut owner).await;
        let preview = window.ask("schema_preview");
        assert_eq!((&preview["creates_crm"], &preview["ask_admin"]), (&json!(false), &Value::Null));
        let steps = preview["steps"].as_array().unwrap();
        assert!(steps.iter().all(|s| s["state"] == "pending") && steps.len() > 40);
        assert!(
            preview["keys"].as_array().unwrap().iter().any(|k| k["orphans"].as_i64() > Some(0) && k["whole"] == false)
        );

        let done = window.ask("schema_mend");
        assert_conserved(&mut owner, &before, "mended").await;
        let told = window.heard("desk://setup");
        assert!(told.iter().any(|t| t["rows"].as_i64() > Some(0) && t["place"] != ""), "batches are told: {told:?}");
        assert_eq!(told.last().unwrap()["step"], Value::Null);
        let queue = &done["balance"]
            .as_array()
            .unwrap()
            .iter()
            .find(|b| b["table"].as_str().unwrap().ends_with("whatsapp_message_queue"))
            .unwrap()
            .clone();
        let figure = |key: &str| queue[key].as_i64().unwrap();
        assert!(figure("moved") > 0);
        assert_eq!(figure("before") - figure("moved") + figure("by_others"), figure("after"));
        assert_eq!(number(&mut owner, "select count(*) from public.whatsapp_message_queue").await, figure("after"));
        let receipt = number(
            &mut owner,
            "select count(*) from queue_desk.queue_ledger where entity = 'receipt' and action = 'migrate'",
        )
        .await;
        assert_eq!((receipt, done["receipt_id"].is_string()), (1, true));
        assert!(
            window.heard("desk://changed").iter().any(|c| c["topics"].as_array().unwrap().contains(&json!("schema")))
        );
        let after = window.ask("schema_preview");
        assert!(after["steps"].as_array().unwrap().iter().all(|s| s["state"] == "done"), "nothing is left to do");
    });
}

#[test]
fn a_mend_is_stopped_between_two_steps_and_goes_on_from_there() {
    run(async {
        let folder = Folder::new();
        let (database, window) = broken(&folder, None).await;
        let mut owner = database.owner().await;
        let before = rows(&mut owner).await;
        let mending = window.begin("schema_mend", json!({}));
        while window.heard("desk://setup").len() < 4 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        window.refused("schema_mend", json!({}), "already_running");
        window.ask("setup_cancel");
        let stopped = tokio::task::spawn_blocking(move || mending.join().unwrap()).await.unwrap().unwrap_err();
        assert_eq!(stopped["code"], "cancelled", "{stopped}");
        assert_eq!(rows(&mut owner).await, before, "it was stopped before any row was moved");
        window.ask("schema_mend");
        assert_conserved(&mut owner, &before, "mended").await;
    });
}

#[test]
fn who_may_not_mend_is_told_why_and_saves_the_script_for_who_may() {
    run(async {
        let folder = Folder::new();
        let file = folder.path().join("queue-desk-migration.sql");
        let (database, _owners) = broken(&folder, None).await;
        let mut admin = database.session("supabase_admin").await;
        let to = json!({ "kind": "server", "profile": form(&database, "desk") });
        let window = Window::answering(Start::Ask, folder.path(), Some(file.clone()));
        window.call("connect_open", json!({ "to": to, "password": null, "readOnly": false }));
        let before = everything(&mut admin).await;
        let preview = window.ask("schema_preview");
        assert!(preview["ask_admin"].as_str().unwrap().contains("may not create schemas"), "{}", preview["ask_admin"]);
        window.refused("schema_mend", json!({}), "no_permission");
        assert_eq!(window.ask("schema_script"), "queue-desk-migration.sql");
        assert_eq!(everything(&mut admin).await, before, "nothing was changed");
        let mut owner = database.owner().await;
        let script = std::fs::read_to_string(&file).unwrap();
        crate::support::fixture::run(&mut owner, &script).await;
        assert_eq!(number(&mut owner, "select count(*) from queue_desk.migration_step where state <> 'done'").await, 0);
    });
}

#[test]
fn rows_moved_aside_are_listed_without_what_they_say_put_back_or_kept_out() {
    run(async {
        let folder = Folder::new();
        let (database, window) = broken(&folder, None).await;
        let mut owner = database.owner().await;
        window.ask("schema_mend");
        let open = "select count(*) from queue_desk.quarantine where restored_at is null and decided_at is null";
        let waiting = number(&mut owner, open).await;
        let page = window.call("quarantine_page", json!({ "before": null, "limit": 1000 }));
        let listed = page.as_array().unwrap();
        assert_eq!(listed.len() as i64, waiting);
        let keys: Vec<&String> = listed[0].as_object().unwrap().keys().collect();
        assert!(!keys.iter().any(|k| k.contains("row") || k.contains("data")), "{keys:?}");

        let lost = listed
            .iter()
            .find(|q| q["restorable"] == false && q["action"] == "moved")
            .expect("one whose parent is missing");
        let refused = window.call("quarantine_restore", json!({ "ids": [lost["id"]] }));
        assert_eq!((&refused["changed"], &refused["skipped"][0]["reason"]), (&json!(0), &json!("parent_missing")));
        let kept = window.call("quarantine_keep", json!({ "ids": [lost["id"]] }));
        assert_eq!((&kept["changed"], number(&mut owner, open).await), (&json!(1), waiting - 1));
        assert_eq!(
            window.call("quarantine_keep", json!({ "ids": [lost["id"]] }))["changed"],
            0,
            "a second press changes nothing"
        );

        crate::support::fixture::run(&mut owner, "do $$ declare k record; begin for k in select conname from pg_constraint where contype = 'f' and conrelid = 'public.whatsapp_message_queue'::regclass loop execute format('alter table public.whatsapp_message_queue drop constraint %I', k.conname); end loop; end $$").await;
        let queued = |q: &&Value| {
            q["action"] == "moved" && q["src_table"] == "public.whatsapp_message_queue" && q["id"] != lost["id"]
        };
        let back = listed.iter().find(queued).expect("one that can be put back, without its keys");
        let receipt = window.call("quarantine_restore", json!({ "ids": [back["id"]] }));
        assert_eq!((&receipt["changed"], number(&mut owner, open).await), (&json!(1), waiting - 2));
        let rest = window.call("quarantine_keep", json!({ "ids": null }));
        assert_eq!((rest["changed"].as_i64().unwrap(), number(&mut owner, open).await), (waiting - 2, 0));
        let receipts =
            "select count(*) from queue_desk.queue_ledger where entity = 'receipt' and action like 'quarantine_%'";
        assert_eq!(number(&mut owner, receipts).await, 5);
        assert_eq!(window.call("quarantine_page", json!({ "before": null, "limit": 10 })), json!([]));
    });
}

#[test]
fn only_an_admin_decides_about_rows_in_quarantine() {
    run(async {
        let database = TestDatabase::new().await;
        let _office = crate::support::Office::new(&database).await;
        let window = Window::open(database.desk("desk_2").await, None);
        for command in ["quarantine_page", "quarantine_restore", "quarantine_keep"] {
            let error = window.invoke(command, json!({ "before": null, "limit": 5, "ids": null })).expect_err(command);
            assert_eq!(error["code"], "no_permission", "{command}: {error}");
        }
    });
}
