//! Settling what nobody knows.

use chrono::{DateTime, Utc};
use queue_desk::db::run::Outcome;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase,
    contract::{adds_up, skipped},
    run,
    sending::{Hand, deliveries, message, one_due},
    window::Window,
};

fn resolve(window: &Window, id: Uuid, outcome: &str) -> Value {
    window.call("resolve_unknown", json!({ "ids": [id], "outcome": outcome, "note": "looked at the phone" }))
}

fn retry(window: &Window, id: Uuid) -> Value {
    window.call("retry_messages", json!({ "ids": [id] }))
}

/// A message of Amir's whose outcome nobody knows, and the worker that sent it.
async fn unknown(database: &TestDatabase, office: &mut Office) -> (Uuid, Hand, queue_desk::db::run::Claimed) {
    let user = office.amir;
    let (_, id) = one_due(office, user).await;
    let hand = Hand::of(database, "runner").await;
    let claimed = hand.claim().await[0];
    assert!(hand.dispatch(claimed).await.go);
    hand.settle(claimed, Outcome::Unknown).await;
    (id, hand, claimed)
}

#[test]
fn said_to_be_sent_it_is_sent_at_its_dispatch_and_never_goes_again() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (id, hand, _) = unknown(&database, &mut office).await;
        office.pass(60).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let row = window.call("messages_page", json!({ "filter": {}, "after": null, "limit": 10 }))["rows"][0].clone();
        let (left, sender): (DateTime<Utc>, String) =
            sqlx::query_as("select dispatched_at, sender from queue_desk.delivery")
                .fetch_one(&mut office.owner)
                .await
                .unwrap();
        assert_eq!((&row["dispatched_at"], &row["sender"]), (&json!(left), &json!(sender)), "when and by whom it left");
        assert_eq!(skipped(&retry(&window, id), "unknown_open"), 1, "the machine never repeats it");
        let receipt = resolve(&window, id, "sent");
        assert_eq!((&receipt["changed"], &receipt["detail"]["message_ids"]), (&json!(1), &json!([id])), "{receipt}");
        let row = message(&mut office.owner, id).await;
        let dispatched: DateTime<Utc> = office.ask("select dispatched_at from queue_desk.delivery").await;
        assert_eq!((row.status.as_deref(), row.error_code, row.sent_at), (Some("sent"), None, Some(dispatched)));
        let tries = deliveries(&mut office.owner, id).await;
        assert_eq!(
            (tries[0].outcome.as_deref(), tries[0].settled_by.clone()),
            (Some("sent"), Some(office.amir.to_string()))
        );
        assert_eq!(office.changes(&receipt, "message", "sent").await, 1);
        assert_eq!(skipped(&resolve(&window, id, "not_sent"), "not_unknown"), 1, "it is settled");
        assert_eq!(skipped(&retry(&window, id), "already_sent"), 1);
        assert!(hand.claim().await.is_empty());
        let page = window.call("messages_page", json!({ "filter": {}, "after": null, "limit": 10 }));
        assert_eq!(page["rows"][0]["lane"], "sent");
    });
}

#[test]
fn said_not_to_be_sent_it_stays_failed_until_somebody_retries_it() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (id, hand, _) = unknown(&database, &mut office).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = resolve(&window, id, "not_sent");
        assert_eq!(receipt["changed"], 1);
        let row = message(&mut office.owner, id).await;
        assert_eq!((row.status.as_deref(), row.error_code.as_deref()), (Some("failed"), Some("resolved_not_sent")));
        assert!(hand.claim().await.is_empty(), "not by itself");
        assert_eq!(
            window.plan()["left_out"].as_array().unwrap().iter().filter(|l| l["reason"] == "unknown_open").count(),
            0,
            "lead and phone are free"
        );
        assert_eq!(retry(&window, id)["changed"], 1);
        let again = hand.claim().await[0];
        assert_eq!((again.message_id, again.attempt), (id, 2));
        assert!(hand.dispatch(again).await.go);
        hand.settle(again, Outcome::Sent).await;
        assert_eq!(message(&mut office.owner, id).await.status.as_deref(), Some("sent"));
    });
}

#[test]
fn a_late_answer_that_it_was_sent_is_believed_over_a_person_and_holds_the_retry() {
    run(async {
        for retried in [false, true] {
            let (database, mut office) = Office::open().await;
            let (id, hand, claimed) = unknown(&database, &mut office).await;
            let window = Window::open(database.desk("desk_2").await, None);
            resolve(&window, id, "not_sent");
            let second = match retried {
                true => {
                    assert_eq!(retry(&window, id)["changed"], 1);
                    hand.claim().await.first().copied()
                }
                false => None,
            };
            let settled = hand.settle(claimed, Outcome::Sent).await;
            assert_eq!(settled.settled, 1);
            match second {
                Some(second) => {
                    let refused = hand.dispatch(second).await;
                    assert_eq!((refused.go, refused.reason.as_deref()), (false, Some("already_sent")));
                    assert!(hand.claim().await.is_empty());
                }
                None => assert!(!retried),
            }
            let row = message(&mut office.owner, id).await;
            assert_eq!((row.status.as_deref(), row.provider_id.as_deref()), (Some("sent"), Some("by-hand")));
            assert!(row.sent_at.is_some());
            assert_eq!(office.count("queue_desk.delivery where dispatched_at is not null").await, 1);
            // Any other late answer is a conflict, and changes nothing.
            let late = hand.settle(claimed, Outcome::Failed).await;
            assert_eq!(late.settled, 0);
        }
    });
}

#[test]
fn a_late_answer_finds_what_a_person_settled_as_sent() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (id, hand, claimed) = unknown(&database, &mut office).await;
        let window = Window::open(database.desk("desk_2").await, None);
        resolve(&window, id, "sent");
        assert_eq!(hand.settle(claimed, Outcome::Failed).await.settled, 0, "nobody's word is overwritten");
        assert_eq!(message(&mut office.owner, id).await.status.as_deref(), Some("sent"));
        assert_eq!(hand.settle(claimed, Outcome::Sent).await.settled, 1);
        let provider: String = office.ask("select provider_message_id from queue_desk.delivery").await;
        assert_eq!(provider, "by-hand", "its id is kept for the delivery status");
    });
}

#[test]
fn a_row_that_the_crm_changed_or_deleted_is_settled_too() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (id, hand, _) = unknown(&database, &mut office).await;
        let window = Window::open(database.desk("desk_2").await, None);
        office.does("update whatsapp_message_queue set queue_status = 'queued', error_code = null").await;
        assert_eq!(resolve(&window, id, "not_sent")["changed"], 1);
        assert_eq!(office.status_of(id).await, "failed", "what was put back does not go by being settled");
        assert!(hand.claim().await.is_empty());

        let (database, mut office) = Office::open().await;
        let (id, _, _) = unknown(&database, &mut office).await;
        let window = Window::open(database.desk("desk_2").await, None);
        office.does("delete from whatsapp_message_queue").await;
        let dana = Window::open(database.desk("desk_3").await, None);
        assert_eq!(resolve(&dana, id, "sent")["changed"], 0);
        let receipt = resolve(&window, id, "sent");
        adds_up(&receipt);
        assert_eq!(receipt["changed"], 1, "its lead and phone are free again: {receipt}");
        assert_eq!(office.count("queue_desk.delivery where outcome = 'unknown' and settled_at is null").await, 0);
    });
}

#[test]
fn of_two_answers_at_once_about_a_deleted_message_only_one_says_that_it_changed_something() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (id, _, _) = unknown(&database, &mut office).await;
        office.does(format!("delete from whatsapp_message_queue where id = '{id}'")).await;
        let (mut first, mut second) = (database.session("desk_2").await, database.session("desk").await);
        let ask = format!("select queue_desk.resolve(array['{id}'::uuid], 'not_sent')");
        sqlx::raw_sql("begin").execute(&mut first).await.unwrap();
        let told: Value = sqlx::query_scalar(sqlx::AssertSqlSafe(ask.clone())).fetch_one(&mut first).await.unwrap();
        assert_eq!(told["changed"], 1, "{told}");
        let waits = tokio::spawn(async move {
            let told: Value = sqlx::query_scalar(sqlx::AssertSqlSafe(ask)).fetch_one(&mut second).await.unwrap();
            told
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        sqlx::raw_sql("commit").execute(&mut first).await.unwrap();
        let told = waits.await.unwrap();
        assert_eq!((&told["changed"], skipped(&told, "not_unknown")), (&json!(0), 1), "{told}");
    });
}
