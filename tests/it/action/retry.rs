//! Cancel and retry: what is on the wire, sent, or not known is never sent again.

use chrono::{Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office,
    around::Hand,
    contract::{adds_up, skipped},
    run,
    window::Window,
};

fn retry(window: &Window, ids: &[Uuid]) -> Value {
    window.call("retry_messages", json!({ "ids": ids }))
}

fn cancel(window: &Window, ids: &[Uuid]) -> Value {
    window.call("cancel_messages", json!({ "ids": ids, "reason": null }))
}

/// `count` leads with a due message of Amir's each.
async fn waiting(office: &mut Office, count: i32) -> (Vec<Uuid>, Vec<Uuid>) {
    let leads = office.leads(count).await;
    let mut messages = Vec::new();
    for lead in &leads {
        messages.push(office.queued(*lead, office.amir, Utc::now() - Duration::minutes(1)).await);
    }
    (leads, messages)
}

#[test]
fn what_is_claimed_is_cancelled_and_what_is_on_the_wire_finishes() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (_, messages) = waiting(&mut office, 4).await;
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(3).await;
        assert!(hand.dispatch(claimed[0]).await.go && hand.dispatch(claimed[1]).await.go);
        hand.sent(claimed[0]).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = cancel(&window, &messages);
        adds_up(&receipt);
        assert_eq!(receipt["changed"], 2, "{receipt}");
        assert_eq!((skipped(&receipt, "already_sent"), skipped(&receipt, "on_the_wire")), (1, 1), "{receipt}");
        let mut told: Vec<Uuid> = serde_json::from_value(receipt["detail"]["message_ids"].clone()).unwrap();
        let mut cancelled: Vec<Uuid> =
            messages.iter().copied().filter(|m| *m != claimed[0].message_id && *m != claimed[1].message_id).collect();
        told.sort();
        cancelled.sort();
        assert_eq!(told, cancelled);
        assert_eq!(hand.dispatch(claimed[2]).await.reason.as_deref(), Some("cancelled"));
        assert_eq!(office.status_of(claimed[1].message_id).await, "sending");
        let page =
            window.call("messages_page", json!({ "filter": { "lane": "cancelled" }, "after": null, "limit": 10 }));
        assert!(page["rows"].as_array().unwrap().iter().all(|r| r["reason"] == "cancel"), "{page}");
    });
}

#[test]
fn a_failed_or_cancelled_message_goes_again_once() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (_, messages) = waiting(&mut office, 2).await;
        let window = Window::open(database.desk("desk_2").await, None);
        cancel(&window, &messages[..1]);
        office.does(format!("update whatsapp_message_queue set queue_status = 'failed', error_code = '131026', last_error = 'x' where id = '{}'", messages[1])).await;
        let receipt = retry(&window, &messages);
        assert_eq!(receipt["changed"], 2, "{receipt}");
        assert_eq!(office.count("whatsapp_message_queue where queue_status = 'queued' and error_code is null and last_error is null and error_message is null").await, 2);
        assert_eq!(skipped(&retry(&window, &messages), "already_queued"), 2);
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(10).await;
        assert_eq!(claimed.len(), 2);
        for one in claimed {
            assert!(hand.dispatch(one).await.go);
            hand.sent(one).await;
        }
        let receipt = retry(&window, &messages);
        assert_eq!((&receipt["changed"], skipped(&receipt, "already_sent")), (&json!(0), 2), "{receipt}");
        // Whatever the CRM's row says: the delivery is the authority.
        office.does("update whatsapp_message_queue set queue_status = 'failed', sent_at = null").await;
        assert_eq!(skipped(&retry(&window, &messages), "already_sent"), 2);
    });
}

#[test]
fn a_retry_waits_for_the_opening() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (_, messages) = waiting(&mut office, 1).await;
        office.at("2027-01-12T18:00:00Z").await;
        office
            .setting(
                office.amir,
                "work_days",
                json!({ "business_hours": { "start": "09:00", "end": "17:00", "timezone": "Asia/Jerusalem" } }),
            )
            .await;
        let window = Window::open(database.desk("desk_2").await, None);
        cancel(&window, &messages);
        assert_eq!(retry(&window, &messages)["changed"], 1);
        let at: chrono::DateTime<Utc> = office.ask("select scheduled_for from whatsapp_message_queue").await;
        assert_eq!(at.to_rfc3339(), "2027-01-13T07:00:00+00:00");
    });
}

#[test]
fn a_retry_respects_everything_that_prepare_does() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (leads, messages) = waiting(&mut office, 9).await;
        office.does("update whatsapp_message_queue set queue_status = 'failed', error_code = 'x'").await;
        let m = |n: usize| messages[n];
        office.taken(leads[0], office.noa).await;
        office.does(format!("insert into queue_desk.opt_out (lead_id, source) values ('{}', 'test')", leads[1])).await;
        office.does(format!("insert into queue_desk.opt_out (phone_hash, source) select queue_desk.phone_hash(recipient_phone), 'test' from whatsapp_message_queue where id = '{}'", m(2))).await;
        // Its own outcome is not known; and another message's of the same lead.
        office.does(format!("insert into queue_desk.delivery (message_id, attempt, lead_id, sender, claimed_at, dispatched_at, finished_at, outcome) values ('{}', 1, '{}', 'fake', now(), now(), now(), 'unknown')", m(3), leads[3])).await;
        office.does(format!("insert into queue_desk.delivery (message_id, attempt, lead_id, sender, claimed_at, dispatched_at, finished_at, outcome) values (gen_random_uuid(), 1, '{}', 'fake', now(), now(), now(), 'unknown')", leads[4])).await;
        office
            .does(format!("update whatsapp_message_queue set error_code = 'outcome_unknown' where id = '{}'", m(5)))
            .await;
        // Something waits for the lead already, and for the same phone under another lead.
        office.queued(leads[6], office.amir, Utc::now()).await;
        let twin = office.lead(None, "Twin", None).await;
        office
            .does(format!(
                "update leads set phone = (select phone from leads where id = '{}') where id = '{twin}'",
                leads[7]
            ))
            .await;
        office.queued(twin, office.amir, Utc::now()).await;
        office
            .does(format!("update whatsapp_message_queue set recipient_phone = '054-100 0009' where id = '{}'", m(8)))
            .await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = retry(&window, &messages);
        adds_up(&receipt);
        assert_eq!(receipt["changed"], 0, "{receipt}");
        for (reason, count) in
            [("taken", 1), ("opted_out", 2), ("unknown_open", 3), ("already_queued", 2), ("phone_not_valid", 1)]
        {
            assert_eq!(skipped(&receipt, reason), count, "{reason}: {receipt}");
        }
        assert_eq!(office.count("whatsapp_message_queue where queue_status = 'queued'").await, 2);
    });
}

#[test]
fn of_two_failed_messages_to_one_person_one_is_queued() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (leads, mut messages) = waiting(&mut office, 2).await;
        messages.push(office.queued(leads[0], office.amir, Utc::now()).await);
        let twin = office.lead(Some(office.client), "Twin", None).await;
        office
            .does(format!(
                "update leads set phone = (select phone from leads where id = '{}') where id = '{twin}'",
                leads[1]
            ))
            .await;
        messages.push(office.queued(twin, office.amir, Utc::now()).await);
        office.does("update whatsapp_message_queue set queue_status = 'cancelled'").await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = retry(&window, &messages);
        assert_eq!((&receipt["changed"], skipped(&receipt, "already_queued")), (&json!(2), 2), "{receipt}");
        assert_eq!(receipt["detail"]["message_ids"], json!([messages[0], messages[1]]), "the first named goes");
    });
}

#[test]
fn undoing_a_cancel_queues_only_what_nobody_touched_and_still_may_go() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (leads, messages) = waiting(&mut office, 5).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = cancel(&window, &messages);
        assert_eq!(receipt["changed"], 5);
        window.take(leads[0]);
        office.does(format!("insert into queue_desk.opt_out (lead_id, source) values ('{}', 'test')", leads[1])).await;
        office.does(format!("delete from whatsapp_message_queue where id = '{}'", messages[2])).await;
        retry(&window, &messages[3..4]);
        cancel(&window, &messages[3..4]);
        Window::open(database.desk("desk_3").await, None).refused(
            "undo",
            json!({ "receiptId": receipt["receipt_id"] }),
            "no_permission",
        );
        let undone = window.undo(&receipt);
        adds_up(&undone);
        assert_eq!((&undone["asked"], &undone["changed"]), (&json!(5), &json!(1)), "{undone}");
        for reason in ["taken", "opted_out", "deleted", "changed_since"] {
            assert_eq!(skipped(&undone, reason), 1, "{reason}: {undone}");
        }
        assert_eq!(office.status_of(messages[4]).await, "queued");
        assert_eq!(office.count("whatsapp_message_queue where queue_status = 'queued'").await, 1);
    });
}

#[test]
fn a_retry_makes_nobody_elses_row_of_another_program_ours() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.leads(1).await[0];
        let (noa, amir) = (office.noa, office.amir);
        let messages = [office.foreign(lead, noa).await];
        office.does("update whatsapp_message_queue set queue_status = 'failed', error_code = 'x', recipient_phone = '+972541000001'").await;
        let receipt = retry(&Window::open(database.desk("desk_2").await, None), &messages);
        assert_eq!((&receipt["changed"], skipped(&receipt, "no_access")), (&json!(0), 1), "{receipt}");
        assert_eq!(office.count("queue_desk.adopted").await, 0);
        office.does(format!("update whatsapp_message_queue set user_id = '{amir}'")).await;
        assert_eq!(retry(&Window::open(database.desk("desk_2").await, None), &messages)["changed"], 1);
        assert_eq!(office.count("queue_desk.adopted").await, 1, "one's own");
    });
}
