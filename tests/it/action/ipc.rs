//! What crosses between the page and Rust.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office,
    contract::{everything, written},
    run,
    window::Window,
};

#[test]
fn a_call_that_makes_no_sense_is_refused_and_writes_nothing() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.queued(lead, office.amir, chrono::Utc::now()).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let before = everything(&mut office.owner).await;
        for (command, arguments) in [
            ("drop_tables", json!({})),
            ("action::take", json!({ "leadId": lead })),
            ("take_lead", json!({})),
            ("take_lead", json!({ "leadId": "me" })),
            ("take_lead", json!({ "lead_id": lead, "expected_owner": null })),
            ("release_lead", json!({ "reason": "x" })),
            ("prepare_apply", json!({ "planId": Uuid::new_v4() })),
            ("prepare_preview", json!({ "day": "tomorrow" })),
            ("undo", json!({ "receiptId": 5 })),
            ("messages_page", json!({ "filter": {}, "after": null })),
            ("messages_page", json!({ "filter": {}, "after": null, "limit": -1 })),
            ("export_queue", json!({ "filter": {}, "preset": "pdf" })),
            ("export_queue", json!({ "preset": "excel" })),
        ] {
            window.invoke(command, arguments.clone()).expect_err(&format!("{command} {arguments}"));
        }
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
        assert_eq!(window.take(lead)["changed"], 1, "and the window still works");
    });
}

#[test]
fn every_error_has_a_code_a_sentence_and_says_whether_trying_again_helps() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(1).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let stranger = Window::open(database.desk("stranger").await, None);
        let page = |limit: i32| json!({ "filter": {}, "after": "?", "limit": limit });
        for (error, keys) in [
            (
                window.invoke("undo", json!({ "receiptId": Uuid::new_v4() })),
                vec!["code", "hint", "message", "retryable"],
            ),
            (
                window.invoke("take_lead", json!({ "leadId": Uuid::new_v4(), "expectedOwner": null })),
                vec!["code", "hint", "message", "retryable"],
            ),
            (window.invoke("messages_page", page(5)), vec!["code", "field", "message", "retryable"]),
            (
                window.invoke("prepare_preview", json!({ "day": "2020-01-01" })),
                vec!["code", "field", "hint", "message", "retryable"],
            ),
            (stranger.invoke("message_counts", json!({})), vec!["code", "hint", "message", "retryable"]),
        ] {
            let error = error.unwrap_err();
            let mut found: Vec<&str> =
                error.as_object().unwrap_or_else(|| panic!("{error}")).keys().map(String::as_str).collect();
            found.sort_unstable();
            assert_eq!(found, keys, "{error}");
            assert!(error["message"].as_str().unwrap().ends_with('.'), "{error}");
            assert_eq!(error["retryable"], false, "{error}");
        }
    });
}

#[test]
fn a_lock_that_is_not_free_is_busy_and_trying_again_works() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.taken(lead, office.dana).await;
        let window = Window::open(database.desk("desk_2").await, None);
        office.does("begin; update queue_desk.lead_gate set owner = null").await;
        let error = window.refused("take_lead", json!({ "leadId": lead, "expectedOwner": null }), "busy");
        assert_eq!(error["retryable"], true);
        office.does("commit").await;
        assert_eq!(window.take(lead)["changed"], 1);
    });
}

#[test]
fn a_cut_connection_is_said_and_the_next_call_connects_again() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.take(lead);
        window.ask("message_counts");
        database.cut("desk_2").await;
        for (command, arguments) in
            [("message_counts", json!({})), ("release_lead", json!({ "leadId": lead, "reason": null }))]
        {
            let error: Value = window.invoke(command, arguments.clone()).expect_err("the connection was cut");
            assert!(["connection_lost", "commit_in_doubt"].contains(&error["code"].as_str().unwrap()), "{error}");
            window.call(command, arguments);
        }
        assert_eq!(office.owner_of(lead).await, None);
    });
}
