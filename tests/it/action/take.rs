//! Take Lead, and handing back.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office,
    around::Hand,
    contract::{everything, skipped, written},
    run,
    window::Window,
};

#[test]
fn taking_cancels_whatever_waits_for_the_lead_whoever_queued_it() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let other = office.lead(Some(office.client), "Other", Some("0501234568")).await;
        let (now, amir, noa) = (chrono::Utc::now(), office.amir, office.noa);
        let mine = office.queued(lead, amir, now).await;
        let hers = office.queued(lead, noa, now).await;
        let the_crms = office.foreign(lead, office.dana).await;
        let (waiting, working) = (office.job(lead, noa, "queued").await, office.job(lead, amir, "processing").await);
        let (done, sent) = (office.job(lead, amir, "completed").await, office.foreign(lead, amir).await);
        office
            .does(format!(
                "update whatsapp_message_queue set queue_status = 'sent', sent_at = now() where id = '{sent}'"
            ))
            .await;
        let (other_message, other_job) =
            (office.queued(other, amir, now).await, office.job(other, amir, "queued").await);
        let row: String = office.ask(format!("select l::text from leads l where id = '{lead}'")).await;

        let receipt = Window::open(database.desk("desk_2").await, None).take(lead);
        assert_eq!((&receipt["asked"], &receipt["changed"], &receipt["skipped"]), (&json!(1), &json!(1), &json!([])));
        assert_eq!(receipt["detail"]["cancelled_messages"], 3);
        assert_eq!(receipt["detail"]["cancelled_jobs"], 2);
        assert_eq!(receipt["detail"]["dispatched_earlier"], json!([]));
        assert_eq!(office.owner_of(lead).await, Some(amir));
        for message in [mine, hers, the_crms] {
            assert_eq!(office.status_of(message).await, "cancelled");
        }
        for job in [waiting, working] {
            assert_eq!(office.job_status(job).await, "cancelled");
        }
        assert_eq!(
            (office.status_of(sent).await.as_str(), office.job_status(done).await.as_str()),
            ("sent", "completed")
        );
        assert_eq!(
            (office.status_of(other_message).await.as_str(), office.job_status(other_job).await.as_str()),
            ("queued", "queued")
        );
        assert_eq!(office.changes(&receipt, "message", "cancelled").await, 3);
        assert_eq!(office.changes(&receipt, "job", "cancelled").await, 2);
        assert_eq!(office.changes(&receipt, "gate", "taken").await, 1);
        assert_eq!(
            office.ask::<String>(format!("select l::text from leads l where id = '{lead}'")).await,
            row,
            "the lead's own row is not touched"
        );
    });
}

#[test]
fn a_claimed_message_is_cancelled_and_its_dispatch_refused() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let message = office.queued(lead, office.amir, chrono::Utc::now()).await;
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(10).await;
        assert_eq!((claimed.len(), office.status_of(message).await.as_str()), (1, "sending"));

        let receipt = Window::open(database.desk("desk_2").await, None).take(lead);
        assert_eq!(
            (&receipt["detail"]["cancelled_messages"], &receipt["detail"]["on_the_wire"]),
            (&json!(1), &json!(0))
        );
        assert_eq!(office.status_of(message).await, "cancelled");
        let dispatch = hand.dispatch(claimed[0]).await;
        assert_eq!((dispatch.go, dispatch.reason.as_deref()), (false, Some("cancelled")));
        assert_eq!(office.count("queue_desk.delivery where dispatched_at is not null").await, 0);
        assert_eq!(office.count("queue_desk.delivery where outcome = 'cancelled' and reason = 'taken'").await, 1);
        assert_eq!(office.count("queue_desk.limit_window where used > 0").await, 0, "what was not sent is not counted");
    });
}

#[test]
fn what_was_dispatched_before_is_told_with_its_time_and_what_is_on_the_wire_finishes() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let message = office.queued(lead, office.amir, chrono::Utc::now()).await;
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(10).await;
        assert!(hand.dispatch(claimed[0]).await.go);

        let receipt = Window::open(database.desk("desk_2").await, None).take(lead);
        let earlier = &receipt["detail"]["dispatched_earlier"];
        let at: Value = office.ask("select to_jsonb(dispatched_at) from queue_desk.delivery").await;
        assert_eq!((earlier[0]["message_id"].clone(), earlier[0]["at"].clone()), (json!(message), at), "{receipt}");
        assert_eq!(
            (&receipt["detail"]["cancelled_messages"], &receipt["detail"]["on_the_wire"]),
            (&json!(0), &json!(1))
        );
        assert_eq!(office.status_of(message).await, "sending");
        hand.sent(claimed[0]).await;
        assert_eq!(office.status_of(message).await, "sent");
        assert_eq!(office.owner_of(lead).await, Some(office.amir));
    });
}

#[test]
fn after_taking_nothing_to_that_lead_is_claimed_or_dispatched_until_it_is_handed_back() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let twin = office.lead(Some(office.client), "Same person", Some("+972501234567")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.take(lead);
        // The CRM queues again, under this lead and under another of the same person.
        let now = chrono::Utc::now();
        let (again, for_twin) =
            (office.queued(lead, office.amir, now).await, office.queued(twin, office.amir, now).await);
        let hand = Hand::start(database.desk("desk").await).await;
        assert_eq!(hand.claim(10).await.len(), 0);
        for (message, reason) in [(again, "taken"), (for_twin, "same_person_taken")] {
            let why: String = office
                .ask(format!("select string_agg(reason || ' ' || detail, ',') from queue_desk.gate('{message}')"))
                .await;
            assert_eq!(why, format!("{reason} Amir Haddad"));
        }
        // Claimed a moment before, as it were.
        office.does(format!("update whatsapp_message_queue set queue_status = 'sending' where id = '{again}';
            insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, run_id, worker_id, sender, phone_hash, claimed_at, heartbeat_at)
            values ('{again}', 1, '{lead}', '{0}', '{1}', '{2}', 'fake', queue_desk.phone_hash('+972501234567'), now(), now())", office.amir, hand.run(), hand.worker())).await;
        let dispatch = hand.dispatch(queue_desk::db::run::Claimed { message_id: again, attempt: 1 }).await;
        assert_eq!((dispatch.go, dispatch.reason.as_deref()), (false, Some("taken")));
        assert_eq!(
            (
                office.status_of(again).await.as_str(),
                office.count("queue_desk.delivery where dispatched_at is not null").await
            ),
            ("queued", 0)
        );

        window.release(lead);
        assert_eq!(hand.claim(10).await.len(), 2);
    });
}

#[test]
fn a_lead_that_was_deleted_holds_nobody_back() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.take(lead);
        let again = office.lead(Some(office.client), "Imported again", Some("+972501234567")).await;
        assert_eq!(window.prepare()["changed"], 0);
        office.does(format!("delete from leads where id = '{lead}'")).await;
        assert_eq!(window.prepare()["changed"], 1, "nobody could hand back a lead that is gone");
        office.pass(86_400).await;
        assert_eq!(
            office.count(format!("whatsapp_message_queue m, queue_desk.gate(m.id) where m.lead_id = '{again}'")).await,
            0
        );
    });
}

#[test]
fn refusals_change_nothing_and_say_who_has_it() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (client, dana, noa) = (Some(office.client), office.dana, office.noa);
        let mine = office.lead(client, "Mine", Some("0501234561")).await;
        let theirs = office.lead(client, "Theirs", Some("0501234562")).await;
        let hidden = office.lead(Some(office.other_client), "Hidden", Some("0501234563")).await;
        let waiting = office.queued(theirs, noa, chrono::Utc::now()).await;
        office.taken(theirs, dana).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.take(mine);
        let before = everything(&mut office.owner).await;

        for (lead, reason) in [(mine, "already_mine"), (theirs, "taken_by"), (hidden, "no_access")] {
            let receipt = window.take(lead);
            assert_eq!((&receipt["changed"], skipped(&receipt, reason)), (&json!(0), 1), "{receipt}");
            office.holds_receipt(&receipt).await;
            if reason == "taken_by" {
                assert_eq!(receipt["detail"]["owner_name"], "Dana Levi");
                assert!(receipt["detail"]["since"].is_string());
            }
        }
        for (lead, reason) in [(theirs, "not_owner"), (hidden, "not_taken")] {
            assert_eq!(skipped(&window.release(lead), reason), 1);
        }
        window.refused("take_lead", json!({ "leadId": Uuid::new_v4(), "expectedOwner": null }), "not_found");
        window.refused("release_lead", json!({ "leadId": Uuid::new_v4(), "reason": null }), "not_found");
        assert_eq!(written(&before, &everything(&mut office.owner).await), ["queue_desk.queue_ledger"]);
        assert_eq!(office.status_of(waiting).await, "queued");
    });
}

#[test]
fn a_colleagues_lead_is_taken_over_only_by_who_saw_that_owner() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.taken(lead, office.dana).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = window.call("take_lead", json!({ "leadId": lead, "expectedOwner": office.noa }));
        assert_eq!((skipped(&receipt, "taken_by"), office.owner_of(lead).await), (1, Some(office.dana)));
        let receipt = window.call("take_lead", json!({ "leadId": lead, "expectedOwner": office.dana }));
        assert_eq!((&receipt["changed"], office.owner_of(lead).await), (&json!(1), Some(office.amir)));
    });
}

#[test]
fn its_owner_and_an_admin_may_hand_a_lead_back() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let (noa, amir) =
            (Window::open(database.desk("desk").await, None), Window::open(database.desk("desk_2").await, None));
        for window in [&amir, &noa] {
            amir.take(lead);
            let message = office.queued(lead, office.amir, chrono::Utc::now()).await;
            let receipt = window.call("release_lead", json!({ "leadId": lead, "reason": "holiday" }));
            assert_eq!((&receipt["changed"], office.owner_of(lead).await), (&json!(1), None));
            office.holds_receipt(&receipt).await;
            assert_eq!(office.changes(&receipt, "gate", "free").await, 1);
            assert_eq!(
                office
                    .count(
                        "queue_desk.queue_ledger where action = 'release' and reason = 'holiday' and entity = 'gate'"
                    )
                    .await,
                1 + i64::from(std::ptr::eq(window, &noa))
            );
            assert_eq!(office.status_of(message).await, "queued");
            assert_eq!(
                office.count("queue_desk.stage_outbox where state = 'pending'").await,
                0,
                "its word would keep it out of the queue"
            );
        }
    });
}

#[test]
fn the_stage_word_waits_in_the_outbox_where_it_is_legal_and_never_over_a_word_of_the_crm() {
    run(async {
        let (database, mut office) = Office::open().await;
        let window = Window::open(database.desk("desk_2").await, None);
        let outbox = "(select coalesce(jsonb_agg(jsonb_build_array(lead_id, stage, old_word, new_word, state) order by id), '[]') from queue_desk.stage_outbox)";
        // `contacted` is the first of the candidates that the CRM's own CHECK allows.
        let first = office.lead(Some(office.client), "First", Some("0501234561")).await;
        let receipt = window.take(first);
        assert_eq!(receipt["detail"]["stage"], json!({ "state": "pending", "word": "contacted", "count": 1 }));
        assert_eq!(
            office.ask::<Value>(format!("select {outbox}")).await,
            json!([[first, "human", "new", "contacted", "pending"]])
        );

        office
            .does(
                "truncate queue_desk.stage_outbox; alter table leads drop constraint leads_status_check;
            alter table leads add check (status in ('new', 'hot', 'human_controlled'))",
            )
            .await;
        let (second, hot) = (
            office.lead(Some(office.client), "Second", Some("0501234562")).await,
            office.lead(Some(office.client), "Hot", Some("0501234563")).await,
        );
        office.does(format!("update leads set status = 'hot' where id = '{hot}'")).await;
        assert_eq!(window.take(second)["detail"]["stage"]["word"], "human_controlled");
        assert_eq!(window.take(hot)["detail"]["stage"]["state"], "unchanged");
        assert_eq!(
            office.ask::<Value>(format!("select {outbox}")).await,
            json!([[second, "human", "new", "human_controlled", "pending"]])
        );

        office.does("truncate queue_desk.stage_outbox; alter table leads drop constraint leads_status_check; alter table leads add check (status in ('new', 'hot'))").await;
        let third = office.lead(Some(office.client), "Third", Some("0501234564")).await;
        assert_eq!(
            window.take(third)["detail"]["stage"],
            json!({ "state": "no_legal_word", "word": null, "count": 0 })
        );
        assert_eq!(office.count("queue_desk.stage_outbox").await, 0);
        assert_eq!(office.count("leads where status = 'new'").await, 3, "no lead was written");
    });
}
