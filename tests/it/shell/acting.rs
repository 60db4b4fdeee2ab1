//! An admin acts for an operator in the window: one place holds it, every verb follows, and the ledger keeps both.

use std::time::Duration;

use chrono::Utc;
use queue_desk::shell::Start;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    connect::{form, to},
    support::{
        Folder, Office, TestDatabase,
        contract::{everything, written},
        run,
        window::Window,
    },
};

/// Who did it and for whom, by the row of this receipt: login, user, as_user.
async fn signed(office: &mut Office, receipt: &Value) -> (String, Option<Uuid>, Option<Uuid>) {
    let id = receipt["receipt_id"].as_str().expect("a receipt").to_owned();
    sqlx::query_as(
        "select login, user_id, as_user from queue_desk.queue_ledger where entity = 'receipt' and entity_id = $1",
    )
    .bind(id)
    .fetch_one(&mut office.owner)
    .await
    .expect("its row")
}

fn acting_for(window: &Window) -> Value {
    window.ask("session")["acting_for"].clone()
}

#[test]
fn every_verb_of_the_window_is_for_whom_the_admin_acts_and_the_ledger_keeps_both() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, dana) = (office.noa, office.dana);
        let both = ("desk".to_owned(), Some(noa), Some(dana));
        let mut leads = Vec::new();
        for n in 0..6 {
            let phone = format!("+97254123456{n}");
            leads.push(office.lead(Some(office.other_client), "Lead", Some(&phone)).await);
        }
        let mut messages = Vec::new();
        for lead in &leads[..4] {
            messages.push(office.queued(*lead, dana, Utc::now() + chrono::Duration::days(1)).await);
        }
        let folder = Folder::new();
        let window = Window::open(database.desk("desk").await, Some(folder.path().join("queue.csv")));
        assert_eq!(acting_for(&window), Value::Null);
        let session = window.call("act_for", json!({ "userId": dana }));
        let said = json!({ "user_id": dana, "name": "Dana Levi", "ended": null });
        assert_eq!((&session["acting_for"], &session["operator"]["name"]), (&said, &json!("Noa Shalev")));
        assert_eq!(acting_for(&window), said);

        let prepared = window.prepare();
        assert_eq!(prepared["changed"], 2, "{prepared}");
        assert_eq!(office.count(format!("whatsapp_message_queue where user_id = '{dana}'")).await, 6);
        let taken = window.take(leads[0]);
        assert_eq!(office.owner_of(leads[0]).await, Some(dana));
        let mine = window.call("leads_page", json!({ "filter": { "whose": "mine" }, "after": null, "limit": 50 }));
        assert_eq!((mine["rows"].as_array().unwrap().len(), &mine["rows"][0]["owner_is_me"]), (1, &json!(true)));
        assert_eq!(window.call("lead_counts", json!({ "filter": { "whose": "mine" } }))["total"], 1);
        let detail = window.call("lead_get", json!({ "leadId": leads[0] }));
        assert_eq!(
            (&detail["lead"]["owner_is_me"], &detail["last_receipt"]["by"]),
            (&json!(true), &json!("Noa Shalev"))
        );
        let time =
            window.call("lead_timeline", json!({ "leadId": leads[0], "kind": "people", "after": null, "limit": 9 }));
        assert_eq!((&time["rows"][0]["by"], &time["rows"][0]["operator"]), (&json!("Noa Shalev"), &json!("Dana Levi")));
        let page = window
            .call("ledger_page", json!({ "filter": { "receipt": taken["receipt_id"] }, "after": null, "limit": 9 }));
        for row in page["rows"].as_array().unwrap() {
            assert_eq!((&row["by"], &row["operator"]), (&json!("Noa Shalev"), &json!("Dana Levi")), "{row}");
        }
        let at = Utc::now() + chrono::Duration::days(2);
        let mut receipts = vec![
            prepared,
            taken,
            window.release(leads[0]),
            window.call("cancel_messages", json!({ "ids": [messages[1]], "reason": null })),
            window.call("retry_messages", json!({ "ids": [messages[1]] })),
            window.call("reschedule_messages", json!({ "ids": [messages[2]], "at": at })),
            window.call("set_priority", json!({ "ids": [messages[2]], "priority": 9 })),
            window.call("assign_messages", json!({ "ids": [messages[3]], "to": noa })),
            window.call("opt_out", json!({ "leadId": leads[5], "reason": null })),
            window.call("pause", json!({ "scope": "operator", "subject": dana, "until": null, "reason": null })),
            window.call("resume", json!({ "scope": "operator", "subject": dana })),
            window.export("machine"),
        ];
        let undone = window.undo(&receipts[5]);
        receipts.push(undone);
        receipts.push(window.ask("stop_everything"));
        for receipt in &receipts {
            assert_ne!(receipt["changed"], 0, "{receipt}");
            assert_eq!(signed(&mut office, receipt).await, both, "{receipt}");
        }

        // Once it is ended, everything is the admin's own again.
        window.ask("act_for_myself");
        assert_eq!(acting_for(&window), Value::Null);
        let own = window.take(leads[1]);
        assert_eq!(signed(&mut office, &own).await, ("desk".to_owned(), Some(noa), Some(noa)));
        assert_eq!(office.owner_of(leads[1]).await, Some(noa));
    });
}

#[test]
fn what_an_admin_does_as_an_admin_is_in_his_own_name_whomever_he_acts_for() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, amir) = (office.noa, office.amir);
        let lead = office.lead(Some(office.client), "Gone", Some("+972541234567")).await;
        let window = Window::open(database.desk("desk").await, None);
        window.call("act_for", json!({ "userId": office.dana }));
        let erased = window.call("erase_person", json!({ "leadId": lead, "others": [] }));
        let retired = window.call("operator_deactivate", json!({ "userId": amir }));
        for receipt in [erased, retired] {
            let (login, user, as_user) = signed(&mut office, &receipt).await;
            assert_eq!((login.as_str(), user), ("desk", Some(noa)), "{receipt}");
            assert!(as_user.is_none() || as_user == Some(noa), "{receipt}: {as_user:?}");
        }
    });
}

#[test]
fn only_an_admin_may_and_only_for_an_active_operator() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.does("update queue_desk.operator set active = false where name = 'Amir Haddad'").await;
        let before = everything(&mut office.owner).await;
        let window = Window::open(database.desk("desk_3").await, None);
        let refused = window.refused("act_for", json!({ "userId": office.noa }), "no_permission");
        assert!(refused["message"].as_str().unwrap().contains("Only an admin"), "{refused}");
        window.refused("act_for", json!({ "userId": office.amir }), "no_permission");
        window.refused("act_for", json!({ "userId": Uuid::new_v4() }), "no_permission");
        assert_eq!(acting_for(&window), Value::Null);
        assert_eq!(window.call("act_for", json!({ "userId": office.dana }))["acting_for"], Value::Null, "oneself");
        Window::open(database.desk("unmapped").await, None).refused(
            "act_for",
            json!({ "userId": office.dana }),
            "no_operator",
        );

        let admin = Window::open(database.desk("desk").await, None);
        for nobody in [office.amir, Uuid::new_v4()] {
            admin.refused("act_for", json!({ "userId": nobody }), "no_operator");
        }
        assert_eq!(admin.call("act_for", json!({ "userId": office.noa }))["acting_for"], Value::Null, "oneself");
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
    });
}

#[test]
fn an_admin_of_no_operator_acts_for_one() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.does("update queue_desk.login set admin = true where db_role = 'runner'").await;
        let lead = office.lead(None, "Lead", Some("+972541234567")).await;
        let window = Window::open(database.desk("runner").await, None);
        window.refused("take_lead", json!({ "leadId": lead, "expectedOwner": null }), "no_operator");
        window.call("act_for", json!({ "userId": office.dana }));
        let taken = window.take(lead);
        assert_eq!(signed(&mut office, &taken).await, ("runner".to_owned(), None, Some(office.dana)));
    });
}

#[test]
fn who_is_demoted_or_retired_meanwhile_is_refused_and_nothing_is_done_in_another_name() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(2).await;
        let take = json!({ "leadId": leads[0], "expectedOwner": null });
        for (change, back, code, ended) in [
            (
                "update queue_desk.login set admin = false where db_role = 'desk'",
                "update queue_desk.login set admin = true where db_role = 'desk'",
                "no_permission",
                "not_admin",
            ),
            (
                "update queue_desk.operator set active = false where name = 'Amir Haddad'",
                "update queue_desk.operator set active = true where name = 'Amir Haddad'",
                "no_operator",
                "retired",
            ),
        ] {
            let window = Window::open(database.desk("desk").await, None);
            window.call("act_for", json!({ "userId": office.amir }));
            let plan = window.plan();
            office.does(change).await;
            let before = everything(&mut office.owner).await;
            window.refused("take_lead", take.clone(), code);
            window.refused("prepare_apply", json!({ "planId": plan["id"], "withoutChanged": false }), code);
            window.refused("stop_everything", json!({}), code);
            let said = acting_for(&window);
            assert_eq!((&said["ended"], &said["name"]), (&json!(ended), &json!("Amir Haddad")));
            assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0], "{ended}");
            // A person ends it, and is himself from there on.
            window.ask("act_for_myself");
            let own = window.take(leads[0]);
            assert_eq!(signed(&mut office, &own).await.2, Some(office.noa));
            window.release(leads[0]);
            office.does(back).await;
        }
    });
}

#[test]
fn a_plan_is_committed_for_whom_it_was_shown_and_for_nobody_else() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(3).await;
        let window = Window::open(database.desk("desk").await, None);
        let own = window.plan();
        window.call("act_for", json!({ "userId": office.amir }));
        let apply = |plan: &Value| json!({ "planId": plan["id"], "withoutChanged": false });
        window.refused("prepare_apply", apply(&own), "plan_stale");
        let his = window.plan();
        window.ask("act_for_myself");
        window.refused("prepare_apply", apply(&his), "plan_stale");
        assert_eq!(office.count("whatsapp_message_queue").await, 0);
        assert_eq!(window.call("prepare_apply", apply(&own))["changed"], 3);
        assert_eq!(office.count(format!("whatsapp_message_queue where user_id = '{}'", office.noa)).await, 3);
    });
}

#[test]
fn automation_sends_for_whom_it_was_started_and_goes_on_when_acting_ends() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(3).await;
        let his = office.queued(leads[0], office.amir, Utc::now()).await;
        let hers = office.queued(leads[1], office.noa, Utc::now()).await;
        let window = Window::open(database.desk("desk").await, None);
        window.call("act_for", json!({ "userId": office.amir }));
        assert_eq!(window.ask("automation_start")["operator"], "Amir Haddad");
        window.ask("act_for_myself");
        while office.status_of(his).await != "sent" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let next = office.queued(leads[2], office.amir, Utc::now()).await;
        while office.status_of(next).await != "sent" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(office.status_of(hers).await, "queued", "the run is Amir's");
        window.ask("automation_stop");
        let runs = format!("queue_desk.run where login = 'desk' and as_user = '{}'", office.amir);
        assert_eq!(office.count(runs).await, 1);
    });
}

#[test]
fn it_ends_with_the_lock_with_the_database_and_with_the_window() {
    run(async {
        let database = TestDatabase::new().await;
        let office = Office::new(&database).await;
        let dana = json!({ "userId": office.dana });
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let open = to(&form(&database, "desk"));
        window.call("connect_open", open.clone());
        window.call("act_for", dana.clone());
        window.ask("lock_window");
        for command in ["act_for", "act_for_myself"] {
            window.refused(command, dana.clone(), "window_locked");
        }
        window.call("unlock_window", json!({ "password": null }));
        assert_eq!(acting_for(&window), Value::Null, "who unlocks may be somebody else");

        window.call("act_for", dana.clone());
        window.call("connect_close", json!({ "stopAutomation": false }));
        window.refused("act_for", dana.clone(), "not_connected");
        window.ask("act_for_myself");
        window.call("connect_open", open.clone());
        assert_eq!(acting_for(&window), Value::Null);

        window.call("act_for", dana);
        let next = Window::started(Start::Ask, folder.path());
        next.call("connect_open", open);
        assert_eq!(acting_for(&next), Value::Null, "nothing of it is kept");
    });
}
