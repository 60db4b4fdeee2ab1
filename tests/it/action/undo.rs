//! Undo: as much as can be taken back, told exactly.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office,
    around::Hand,
    contract::{adds_up, everything, skipped, written},
    run,
    window::Window,
};

#[test]
fn undoing_a_plan_cancels_its_messages_and_deletes_none() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(4).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = window.prepare();
        let lead = office.lead(Some(office.client), "Other", Some("0501234567")).await;
        let other = office.foreign(lead, office.amir).await;
        let undone = window.undo(&receipt);
        assert_eq!((&undone["action"], &undone["asked"], &undone["changed"]), (&json!("undo"), &json!(4), &json!(4)));
        assert_eq!(
            office
                .count("whatsapp_message_queue where queue_status = 'cancelled' and queue_metadata ? 'plan_id'")
                .await,
            4
        );
        assert_eq!(office.status_of(other).await, "queued", "a message of another program is not ours to undo");
        assert_eq!(office.changes(&undone, "message", "cancelled").await, 4);
        assert_eq!(
            office
                .count(
                    "queue_desk.queue_ledger where entity = 'message' and to_state = 'cancelled' and reason = 'undone'"
                )
                .await,
            4
        );
        let page =
            window.call("messages_page", json!({ "filter": { "lane": "cancelled" }, "after": null, "limit": 10 }));
        assert!(page["rows"].as_array().unwrap().iter().all(|r| r["reason"] == "undone"), "{page}");

        // The leads may be queued again.
        assert_eq!(window.prepare()["changed"], 4);
    });
}

#[test]
fn what_is_sent_on_the_wire_or_gone_is_counted_and_left_alone() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(6).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = window.prepare();
        office.pass(86_400).await;
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(3).await;
        assert!(hand.dispatch(claimed[0]).await.go && hand.dispatch(claimed[1]).await.go);
        hand.sent(claimed[0]).await;
        office.does("delete from whatsapp_message_queue where queue_position = 6").await;

        let undone = window.undo(&receipt);
        assert_eq!((&undone["asked"], &undone["changed"]), (&json!(6), &json!(3)), "{undone}");
        assert_eq!(
            (skipped(&undone, "already_sent"), skipped(&undone, "on_the_wire"), skipped(&undone, "deleted")),
            (1, 1, 1),
            "{undone}"
        );
        adds_up(&undone);
        office.holds_receipt(&undone).await;
        assert_eq!(office.status_of(claimed[0].message_id).await, "sent");
        assert_eq!(office.status_of(claimed[1].message_id).await, "sending");
        assert_eq!(office.status_of(claimed[2].message_id).await, "cancelled", "claimed, not dispatched");
        assert_eq!(hand.dispatch(claimed[2]).await.reason.as_deref(), Some("cancelled"));
        assert_eq!(office.count("whatsapp_message_queue where queue_status = 'cancelled'").await, 3);
    });
}

#[test]
fn words_that_wait_are_withdrawn_and_written_ones_put_back() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.does("alter table leads drop constraint leads_status_check; alter table leads add check (status in ('new', 'queued'))").await;
        let leads = office.leads(2).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = window.prepare();
        assert_eq!(receipt["detail"]["stage"], json!({ "state": "pending", "word": "queued", "count": 2 }));
        office.does(format!("update leads set status = 'queued' where id = '{0}'; update queue_desk.stage_outbox set state = 'written' where lead_id = '{0}'", leads[0])).await;
        window.undo(&receipt);
        let outbox: Value = office.ask("select jsonb_agg(jsonb_build_array(lead_id, stage, new_word, state, reason) order by id) from queue_desk.stage_outbox where state <> 'written'").await;
        let mut expected = vec![
            json!([leads[1], "queued", "queued", "refused", "undone"]),
            json!([leads[0], "restore", "new", "pending", null]),
        ];
        let mut found = outbox.as_array().unwrap().clone();
        for list in [&mut expected, &mut found] {
            list.sort_by_key(Value::to_string);
        }
        assert_eq!(found, expected);
    });
}

#[test]
fn undoing_a_take_hands_the_lead_back_and_withdraws_its_word() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let message = office.queued(lead, office.amir, chrono::Utc::now()).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = window.take(lead);
        let undone = window.undo(&receipt);
        assert_eq!(
            (&undone["action"], &undone["changed"], office.owner_of(lead).await),
            (&json!("undo"), &json!(1), None)
        );
        office.holds_receipt(&undone).await;
        assert_eq!(office.changes(&undone, "gate", "free").await, 1);
        assert_eq!(office.status_of(message).await, "cancelled", "a person decides what is said next");
        let words: Value =
            office.ask("select jsonb_agg(jsonb_build_array(stage, state, reason)) from queue_desk.stage_outbox").await;
        assert_eq!(
            words,
            json!([["human", "refused", "undone"]]),
            "the word of a take that was undone is not written later"
        );
        assert_eq!(window.undo(&receipt)["changed"], 0);
    });
}

#[test]
fn undoing_an_old_take_does_not_take_the_lead_from_who_has_it_now() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let noa = Window::open(database.desk("desk").await, None);
        let receipt = noa.take(lead);
        noa.release(lead);
        Window::open(database.desk("desk_2").await, None).take(lead);
        // Noa is an admin: she may hand back Amir's lead, but that is not what this button says.
        let undone = noa.undo(&receipt);
        assert_eq!((&undone["changed"], office.owner_of(lead).await), (&json!(0), Some(office.amir)), "{undone}");
    });
}

#[test]
fn only_who_did_it_or_an_admin_undoes_it_and_only_what_can_be_undone() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(3).await;
        let [noa, amir, dana] =
            [database.desk("desk").await, database.desk("desk_2").await, database.desk("desk_3").await]
                .map(|d| Window::open(d, None));
        let receipt = amir.prepare();
        let stop = amir.ask("stop_everything");
        let before = everything(&mut office.owner).await;
        dana.refused("undo", json!({ "receiptId": receipt["receipt_id"] }), "no_permission");
        amir.refused("undo", json!({ "receiptId": stop["receipt_id"] }), "not_found");
        amir.refused("undo", json!({ "receiptId": Uuid::new_v4() }), "not_found");
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
        assert_eq!(noa.undo(&receipt)["changed"], 3);
        assert_eq!(amir.undo(&receipt)["changed"], 0);
        assert_eq!(skipped(&amir.undo(&receipt), "already_cancelled"), 3);
    });
}
