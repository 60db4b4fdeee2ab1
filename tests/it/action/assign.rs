//! Assign, adopt, reschedule and priority: messages that wait, and nobody else's.

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

fn assign(window: &Window, ids: &[Uuid], to: Uuid) -> Value {
    window.call("assign_messages", json!({ "ids": ids, "to": to }))
}

async fn waiting(office: &mut Office, user: Uuid, count: i32) -> Vec<Uuid> {
    let mut messages = Vec::new();
    for lead in office.leads(count).await {
        messages.push(office.queued(lead, user, Utc::now() - Duration::minutes(1)).await);
    }
    messages
}

#[test]
fn an_operator_gives_away_his_own_and_an_admin_anybodys() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, amir) = (office.noa, office.amir);
        let mine = waiting(&mut office, amir, 1).await[0];
        let lead = office.lead(Some(office.client), "Other", Some("+972541112233")).await;
        let hers = office.queued(lead, noa, Utc::now()).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = assign(&window, &[mine, hers], noa);
        assert_eq!((&receipt["changed"], skipped(&receipt, "already_theirs")), (&json!(1), 1), "{receipt}");
        assert_eq!(receipt["detail"]["to_name"], "Noa Shalev");
        assert_eq!(skipped(&assign(&window, &[mine], amir), "no_access"), 1, "it is hers now");
        let admin = Window::open(database.desk("desk").await, None);
        assert_eq!(assign(&admin, &[mine, hers], amir)["changed"], 2);
        // Dana may not read the first client's leads.
        let receipt = assign(&admin, &[mine], office.dana);
        assert_eq!((&receipt["changed"], skipped(&receipt, "receiver_no_access")), (&json!(0), 1), "{receipt}");
        assert_eq!(office.count(format!("whatsapp_message_queue where user_id = '{amir}'")).await, 2);
        // What goes out now is counted for whom it was given.
        let hand = Hand::start(database.desk("runner").await).await;
        for one in hand.claim(10).await {
            assert!(hand.dispatch(one).await.go);
            assert_eq!(skipped(&assign(&admin, &[one.message_id], noa), "on_the_wire"), 1);
            hand.sent(one).await;
            assert_eq!(skipped(&assign(&admin, &[one.message_id], noa), "not_queued"), 1);
        }
        assert_eq!(office.count(format!("queue_desk.limit_window where subject = '{amir}' and used = 2")).await, 2);
        assert_eq!(office.count(format!("queue_desk.limit_window where subject = '{noa}'")).await, 0);
    });
}

#[test]
fn a_receiver_gets_no_more_than_the_days_room() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, amir) = (office.noa, office.amir);
        let messages = waiting(&mut office, amir, 6).await;
        office.setting(noa, "processing_targets", json!({ "max_daily_capacity": 4 })).await;
        let lead = office.lead(Some(office.client), "Hers", Some("+972541112233")).await;
        office.queued(lead, noa, Utc::now()).await;
        office.does(format!("update whatsapp_message_queue set priority = 9 where id = '{}'", messages[5])).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = assign(&window, &messages, noa);
        adds_up(&receipt);
        assert_eq!((&receipt["changed"], skipped(&receipt, "over_capacity")), (&json!(3), 3), "{receipt}");
        assert!(
            receipt["detail"]["message_ids"].as_array().unwrap().contains(&json!(messages[5])),
            "the urgent one first"
        );
        assert_eq!(skipped(&assign(&window, &messages, noa), "over_capacity"), 3);
        // Another day has room of its own.
        office
            .does(format!(
                "update whatsapp_message_queue set scheduled_for = now() + interval '2 days' where user_id = '{amir}'"
            ))
            .await;
        assert_eq!(assign(&window, &messages, noa)["changed"], 3);
    });
}

#[test]
fn rows_of_others_go_out_once_adopted_and_old_or_odd_ones_never() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, amir) = (office.noa, office.amir);
        let leads = office.leads(5).await;
        let mut foreign = Vec::new();
        for lead in &leads {
            foreign.push(office.foreign(*lead, amir).await);
        }
        office
            .does(format!(
                "update whatsapp_message_queue set scheduled_for = now() - interval '49 hours' where id = '{}'",
                foreign[1]
            ))
            .await;
        office
            .does(format!(
                "update whatsapp_message_queue set recipient_phone = '054-1000003' where id = '{}'",
                foreign[2]
            ))
            .await;
        office.does(format!("update whatsapp_message_queue set user_id = '{noa}' where id = '{}'", foreign[3])).await;
        let hand = Hand::start(database.desk("runner").await).await;
        assert_eq!(hand.claim(10).await.len(), 0, "inert until somebody adopts them");
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = window.call("adopt_messages", json!({ "ids": null }));
        adds_up(&receipt);
        assert_eq!((&receipt["asked"], &receipt["changed"]), (&json!(4), &json!(2)), "{receipt}");
        assert_eq!((skipped(&receipt, "too_old"), skipped(&receipt, "phone_not_valid")), (1, 1));
        let named = window.call("adopt_messages", json!({ "ids": foreign }));
        assert_eq!((skipped(&named, "already_adopted"), skipped(&named, "no_access")), (2, 1), "{named}");
        let claimed = hand.claim(10).await;
        assert_eq!(claimed.len(), 2);
        // Undo leaves what is being sent.
        assert!(hand.dispatch(claimed[0]).await.go);
        hand.sent(claimed[0]).await;
        let undone = window.undo(&receipt);
        assert_eq!((skipped(&undone, "already_sent"), skipped(&undone, "on_the_wire")), (1, 1), "{undone}");
    });
}

#[test]
fn urgent_goes_first_and_undo_leaves_what_somebody_changed_since() {
    run(async {
        let (database, mut office) = Office::open().await;
        let amir = office.amir;
        let messages = waiting(&mut office, amir, 4).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let urgent = window.call("set_priority", json!({ "ids": messages[2..], "priority": 10 }));
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(1).await[0];
        assert!(messages[2..].contains(&claimed.message_id));
        let other = if claimed.message_id == messages[2] { messages[3] } else { messages[2] };
        Window::open(database.desk("desk").await, None).call("set_priority", json!({ "ids": [other], "priority": 3 }));
        let undone = window.undo(&urgent);
        assert_eq!(
            (&undone["changed"], skipped(&undone, "on_the_wire"), skipped(&undone, "changed_since")),
            (&json!(0), 1, 1),
            "{undone}"
        );
        let left: i32 = office.ask(format!("select priority from whatsapp_message_queue where id = '{other}'")).await;
        assert_eq!(left, 3);
        // Later is later: neither claimed nor sent before.
        let at = Utc::now() + Duration::hours(1);
        assert_eq!(window.call("reschedule_messages", json!({ "ids": messages, "at": at }))["changed"], 3);
        assert_eq!(hand.claim(10).await.len(), 0);
        office.pass(3605).await;
        assert_eq!(hand.claim(10).await.len(), 3);
    });
}

#[test]
fn an_undo_pressed_again_leaves_the_same_change_that_a_colleague_made_since() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, amir) = (office.noa, office.amir);
        let message = waiting(&mut office, amir, 1).await[0];
        let (window, admin) =
            (Window::open(database.desk("desk_2").await, None), Window::open(database.desk("desk").await, None));
        let at = json!(Utc::now() + Duration::hours(2));
        let acts = |window: &Window| {
            [
                window.call("set_priority", json!({ "ids": [message], "priority": 9 })),
                window.call("reschedule_messages", json!({ "ids": [message], "at": at })),
            ]
        };
        let receipts = acts(&window);
        // Undoing one leaves the other to be undone.
        for receipt in &receipts {
            assert_eq!(window.undo(receipt)["changed"], 1);
        }
        let mut theirs = acts(&admin).to_vec();
        theirs.push(assign(&admin, &[message], noa));
        for receipt in &theirs {
            assert_eq!(receipt["changed"], 1, "{receipt}");
        }
        for receipt in &receipts {
            let again = window.undo(receipt);
            assert_eq!((&again["changed"], skipped(&again, "changed_since")), (&json!(0), 1), "{again}");
        }
        let left: bool = office
            .ask(format!("select priority = 9 and scheduled_for > now() + interval '1 hour' and user_id = '{noa}' from whatsapp_message_queue where id = '{message}'"))
            .await;
        assert!(left, "the colleague's time, priority and assignment stand");
    });
}
