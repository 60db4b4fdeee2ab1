//! Setting a database up from the window: the plan, the steps, stopping, and who may.

use queue_desk::{audit::steps::STEPS, shell::Start};
use serde_json::{Value, json};

use super::form;
use crate::support::{Folder, TestDatabase, database::value, run, terminal::everything, window::Window};

#[test]
fn an_empty_database_is_shown_every_step_before_and_is_whole_afterwards() {
    run(async {
        let database = TestDatabase::empty().await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let owner = form(&database, "postgres");
        let mut rows = database.owner().await;
        let before = everything(&mut rows).await;
        let plan = window.call("setup_plan", json!({ "profile": owner }));
        assert_eq!(
            (&plan["creates_crm"], &plan["pending"], &plan["ask_admin"]),
            (&json!(true), &json!(STEPS.len()), &Value::Null)
        );
        for step in plan["steps"].as_array().unwrap() {
            let makes = step["makes"].as_str().unwrap();
            assert!(makes.len() > 10 && !makes.contains("--") && !makes.contains("create "), "{step}");
        }
        assert!(
            plan["steps"]
                .as_array()
                .unwrap()
                .iter()
                .any(|s| s["locks"].as_str().is_some_and(|l| l.contains("auth.users")))
        );
        assert_eq!(everything(&mut rows).await, before, "looking wrote nothing");

        let done = window.call("setup_apply", json!({ "profile": owner }));
        assert_eq!(done["pending"], 0);
        let told = window.heard("desk://setup");
        let told: Vec<_> = told.into_iter().filter(|t| t["place"] == "").collect();
        assert_eq!(told.len(), STEPS.len() + 1, "each step before it begins, and the end");
        assert_eq!(told[3], json!({ "done": 3, "of": STEPS.len(), "step": STEPS[3].id, "place": "", "rows": 0 }));
        assert_eq!(
            told.last().unwrap(),
            &json!({ "done": STEPS.len(), "of": STEPS.len(), "step": null, "place": "", "rows": 0 })
        );
        let missing: i64 =
            value(&mut rows, "select count(*) from queue_desk.migration_step where state <> 'done'").await;
        assert_eq!(missing, 0);
        let probe = window.call("profile_test", json!({ "profile": owner, "password": null }));
        assert_eq!(probe["database"], "ready");
        assert_eq!(
            window.call("setup_apply", json!({ "profile": owner }))["pending"],
            0,
            "a second press changes nothing"
        );
    });
}

#[test]
fn a_set_up_is_stopped_between_two_steps_and_goes_on_from_there() {
    run(async {
        let database = TestDatabase::empty().await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let owner = form(&database, "postgres");
        let applying = window.begin("setup_apply", json!({ "profile": owner }));
        while window.heard("desk://setup").len() < 4 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        window.refused("setup_apply", json!({ "profile": owner }), "already_running");
        window.ask("setup_cancel");
        let stopped = tokio::task::spawn_blocking(move || applying.join().unwrap()).await.unwrap().unwrap_err();
        assert_eq!(stopped["code"], "cancelled", "{stopped}");
        let plan = window.call("setup_plan", json!({ "profile": owner }));
        let left = plan["pending"].as_u64().unwrap() as usize;
        assert!(left > 0 && left <= STEPS.len() - 3, "{left}");
        let mut rows = database.owner().await;
        let unfinished: i64 =
            value(&mut rows, "select count(*) from queue_desk.migration_step where state <> 'done'").await;
        assert_eq!(unfinished, 0, "no step is half done");
        assert_eq!(window.call("setup_apply", json!({ "profile": owner }))["pending"], 0);
        let all: i64 = value(&mut rows, "select count(*) from queue_desk.migration_step").await;
        assert_eq!(all, STEPS.len() as i64);
    });
}

#[test]
fn who_may_not_set_it_up_is_sent_to_the_admin_and_nothing_is_changed() {
    run(async {
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let bare = TestDatabase::new().await;
        let mut rows = bare.owner().await;
        sqlx::raw_sql("drop schema queue_desk cascade").execute(&mut rows).await.unwrap();
        let (empty, other) = (TestDatabase::empty().await, TestDatabase::empty().await);
        sqlx::raw_sql("create table public.somebody_elses (id integer)")
            .execute(&mut other.owner().await)
            .await
            .unwrap();
        let before = everything(&mut rows).await;
        for (database, says) in [(&bare, "may not create schemas"), (&empty, "may not create schemas")] {
            let desk = form(database, "desk");
            let plan = window.call("setup_plan", json!({ "profile": desk }));
            assert!(plan["ask_admin"].as_str().unwrap().contains(says), "{plan}");
            let refused = window.refused("setup_apply", json!({ "profile": desk }), "no_permission");
            assert!(refused["hint"].as_str().unwrap().contains("Ask your admin"), "{refused}");
        }
        window.refused("setup_plan", json!({ "profile": form(&other, "postgres") }), "no_tables");
        assert_eq!(everything(&mut rows).await, before);

        // An open database that is not set up: looked at as this login, and set up as it.
        window.call("connect_open", json!({ "to": { "kind": "server", "profile": form(&bare, "postgres") }, "password": null, "readOnly": false }));
        assert_eq!(window.ask("session")["database"], "not_migrated");
        assert!(window.ask("schema_check")["findings"].as_array().unwrap().len() > 10);
        assert_eq!(window.call("setup_apply", json!({ "profile": null }))["pending"], 0);
        assert_eq!(window.ask("session")["database"], "ready");
    });
}
