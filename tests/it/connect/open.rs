//! Opening, leaving, and going somewhere else: nothing of the old database is at hand on the next.

use std::fs;

use queue_desk::{
    config::Wish,
    shell::{Shell, Start},
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use tauri::Manager;

use super::{form, to, with};
use crate::support::{Folder, Office, TestDatabase, database::value, run, terminal::everything, window::Window};

async fn sessions(owner: &mut PgConnection) -> i64 {
    value(owner, "select count(*) from pg_stat_activity where datname = current_database() and usename like 'desk%'")
        .await
}

#[test]
fn a_first_start_asks_and_everything_that_needs_a_database_says_so() {
    run(async {
        let folder = Folder::new();
        let window = Window::started(Start::Remembered, folder.path());
        let lead = uuid::Uuid::new_v4();
        for (command, arguments) in [
            ("session", json!({})),
            ("messages_page", json!({ "filter": {}, "after": null, "limit": 10 })),
            ("message_counts", json!({})),
            ("prepare_preview", json!({ "day": null })),
            ("automation_start", json!({})),
            ("stop_everything", json!({})),
            ("take_lead", json!({ "leadId": lead, "expectedOwner": null })),
            ("undo", json!({ "receiptId": lead })),
            ("export_queue", json!({ "filter": {}, "preset": "excel" })),
            ("schema_check", json!({})),
            ("setup_plan", json!({ "profile": null })),
        ] {
            let error = window.refused(command, arguments, "not_connected");
            assert!(
                error["hint"].as_str().is_some_and(|hint| hint.len() > 10) && error["retryable"] == false,
                "{error}"
            );
        }
        assert_eq!(window.ask("automation_status")["state"], "idle");
        let connections = window.ask("connections");
        assert_eq!((&connections["last"], &connections["known"]), (&Value::Null, &json!([])));
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing was written");
    });
}

#[test]
fn what_was_opened_last_opens_by_itself_at_the_next_start_and_a_named_one_is_not_remembered() {
    run(async {
        let (database, other) = (TestDatabase::new().await, TestDatabase::new().await);
        let (_office, _other_office) = (Office::new(&database).await, Office::new(&other).await);
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let profile = with(&form(&database, "desk"), json!({ "environment": "staging" }));
        let session = window.call("connect_open", to(&profile));
        assert_eq!((&session["environment"], &session["operator"]["name"]), (&json!("staging"), &json!("Noa Shalev")));
        window.refused("connect_open", to(&form(&other, "desk")), "already_running");

        let next = Window::started(Start::Remembered, folder.path()).ask("session");
        assert_eq!((&next["name"], &next["environment"]), (&session["name"], &json!("staging")));
        let named = Wish { url: Some(other.url("desk")), ..Wish::default() }.named().unwrap().unwrap();
        let named = Window::started(Start::At(named), folder.path());
        assert_ne!(named.ask("session")["name"], session["name"]);
        assert_eq!(Window::started(Start::Remembered, folder.path()).ask("session")["name"], session["name"]);
    });
}

#[test]
fn leaving_ends_every_connection_and_the_next_database_knows_nothing_of_the_old_one() {
    run(async {
        let (database, other) = (TestDatabase::new().await, TestDatabase::new().await);
        let (mut office, mut other_office) = (Office::new(&database).await, Office::new(&other).await);
        office.leads(3).await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        window.call("connect_open", to(&form(&database, "desk")));
        let plan = window.plan();
        assert_eq!(plan["items"].as_array().unwrap().len(), 3);
        let desk = window.app().state::<Shell>().desk().await.unwrap();
        assert!(sessions(&mut office.owner).await >= 1);

        window.call("connect_close", json!({ "stopAutomation": false }));
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(sessions(&mut office.owner).await, 0, "reader, writer and upkeep are gone");
        window.refused("session", json!({}), "not_connected");
        // Somebody who still holds the old desk gets nowhere with it.
        let late = queue_desk::action::grids::counts(&desk).await.unwrap_err();
        assert_eq!(late.code, queue_desk::error::Code::NotConnected);

        window.call("connect_open", to(&form(&other, "desk")));
        // What upkeep would seal while the rows are compared.
        for office in [&mut office, &mut other_office] {
            let _: i32 = value(&mut office.owner, "select count(queue_desk.seal_ledger(10000))::integer").await;
        }
        let (before, before_other) = (everything(&mut office.owner).await, everything(&mut other_office.owner).await);
        let stale = window.commit(&plan).unwrap_err();
        assert_eq!(stale["code"], "plan_stale", "a plan of the old database is not committed on the next: {stale}");
        assert_eq!(everything(&mut office.owner).await, before);
        assert_eq!(everything(&mut other_office.owner).await, before_other);
        assert_eq!(window.ask("message_counts")["lanes"]["queued"], 0);
        assert_eq!(sessions(&mut office.owner).await, 0);
    });
}

#[test]
fn a_running_automation_is_stopped_only_when_told_to_and_its_run_is_finished() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        window.call("connect_open", to(&form(&database, "desk")));
        window.ask("automation_start");
        window.refused("connect_close", json!({ "stopAutomation": false }), "already_running");
        assert_eq!(window.ask("automation_status")["state"], "running", "the refusal stopped nothing");
        window.call("connect_close", json!({ "stopAutomation": true }));
        let open: i64 = value(&mut office.owner, "select count(*) from queue_desk.run where finished_at is null").await;
        let finished: i64 =
            value(&mut office.owner, "select count(*) from queue_desk.run where receipt_id is not null").await;
        assert_eq!((open, finished), (0, 1));
        assert_eq!(window.ask("automation_status")["state"], "idle");
        window.call("connect_open", to(&form(&database, "desk")));
        assert_eq!(window.ask("automation_start")["state"], "running", "and it can be started again");
        window.call("connect_close", json!({ "stopAutomation": true }));
    });
}

#[test]
fn read_only_refuses_every_act_and_leaves_nothing_behind() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.leads(1).await[0];
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let before = everything(&mut office.owner).await;
        let open = json!({ "to": { "kind": "server", "profile": form(&database, "desk") }, "password": null, "readOnly": true });
        assert_eq!(window.call("connect_open", open)["read_only"], true);
        assert_eq!(window.plan()["items"].as_array().unwrap().len(), 1, "looking works");
        window.refused("take_lead", json!({ "leadId": lead, "expectedOwner": null }), "read_only");
        window.refused("stop_everything", json!({}), "read_only");
        window.refused("automation_start", json!({}), "read_only");
        assert_eq!(everything(&mut office.owner).await, before);
    });
}

#[test]
fn a_place_that_cannot_be_opened_leaves_the_window_asking() {
    run(async {
        let database = TestDatabase::new().await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let form = form(&database, "desk");
        window.refused("connect_open", to(&with(&form, json!({ "port": 1 }))), "no_connection");
        window.refused("connect_open", to(&with(&form, json!({ "login": "nobody_at_all" }))), "wrong_password");
        window.refused("connect_open", to(&with(&form, json!({ "tls": "require" }))), "tls_failed");
        window.refused("session", json!({}), "not_connected");
        assert!(!folder.path().join("connections.toml").exists(), "only what was open is remembered");
        window.call("connect_open", to(&form));
    });
}
