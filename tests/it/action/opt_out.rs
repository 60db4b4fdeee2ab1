//! Opt out: the person, not only the lead.

use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office,
    around::Hand,
    contract::{adds_up, skipped},
    run,
    window::Window,
};

fn opt_out(window: &Window, lead: Uuid) -> Value {
    window.call("opt_out", json!({ "leadId": lead, "reason": null }))
}

/// The same person under two leads of two clients, written in two ways, and somebody else.
async fn three(office: &mut Office) -> [Uuid; 3] {
    let here = office.lead(Some(office.client), "Yael", Some("054-111 2233")).await;
    let there = office.lead(Some(office.other_client), "Yael B", Some("+972541112233")).await;
    let else_ = office.lead(Some(office.client), "Somebody", Some("+972541112244")).await;
    [here, there, else_]
}

#[test]
fn whatever_waits_for_the_person_is_cancelled_under_every_lead() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = three(&mut office).await;
        let (amir, dana) = (office.amir, office.dana);
        let mut messages = Vec::new();
        for (lead, user) in [(leads[0], amir), (leads[1], dana), (leads[2], amir)] {
            messages.push(office.queued(lead, user, Utc::now()).await);
        }
        office
            .does(format!(
                "update whatsapp_message_queue set recipient_phone = '+972541112233' where id = '{}'",
                messages[0]
            ))
            .await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = opt_out(&window, leads[0]);
        assert_eq!(
            (&receipt["changed"], &receipt["detail"]["cancelled_messages"]),
            (&json!(1), &json!(2)),
            "{receipt}"
        );
        assert_eq!(receipt["detail"]["by_phone"], true);
        assert_eq!(office.status_of(messages[2]).await, "queued");
        // A row that comes later, under the other lead, is held.
        let late = office.queued(leads[1], dana, Utc::now()).await;
        let hand = Hand::start(database.desk("runner").await).await;
        let claimed = hand.claim(10).await;
        assert_eq!(claimed.len(), 1, "{late}");
        assert_eq!(claimed[0].message_id, messages[2]);
        let plan = Window::open(database.desk("desk_3").await, None).plan();
        assert_eq!(plan["items"], json!([]));
        assert_eq!(skipped(&opt_out(&window, leads[0]), "already_opted_out"), 1);
        let page =
            window.call("messages_page", json!({ "filter": { "lane": "cancelled" }, "after": null, "limit": 10 }));
        assert_eq!(page["rows"][0]["reason"], "opted_out");

        let undone = window.undo(&receipt);
        adds_up(&undone);
        // Under the other lead something else waits by now.
        assert_eq!((&undone["asked"], &undone["changed"]), (&json!(3), &json!(1)), "{undone}");
        assert_eq!(office.count("queue_desk.opt_out").await, 0);
        assert_eq!(skipped(&undone, "already_queued"), 2, "{undone}");
    });
}

#[test]
fn a_lead_without_a_phone_is_opted_out_by_itself() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Nobody", Some("-")).await;
        let other = office.lead(Some(office.client), "Also", Some("-")).await;
        let message = office.queued(other, office.amir, Utc::now()).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = opt_out(&window, lead);
        assert_eq!((&receipt["changed"], &receipt["detail"]["by_phone"]), (&json!(1), &json!(false)), "{receipt}");
        assert_eq!(office.status_of(message).await, "queued", "no digits are nobody's phone");
        assert_eq!(
            office.count(format!("queue_desk.opt_out where lead_id = '{lead}' and phone_hash is null")).await,
            1
        );
    });
}

#[test]
fn what_was_dispatched_before_is_told() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(1).await;
        let message = office.queued(leads[0], office.amir, Utc::now()).await;
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(1).await[0];
        assert!(hand.dispatch(claimed).await.go);
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = opt_out(&window, leads[0]);
        assert_eq!(
            (&receipt["detail"]["on_the_wire"], &receipt["detail"]["dispatched_earlier"][0]["message_id"]),
            (&json!(1), &json!(message)),
            "{receipt}"
        );
        assert_eq!(receipt["detail"]["cancelled_messages"], 0);
    });
}
