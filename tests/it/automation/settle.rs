//! What becomes of an attempt: doubt is never repeated, an answer that is known is never lost, and nobody's change is overwritten.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use queue_desk::{
    action::{prepare, take},
    automation::Until,
    db::run::{Claimed, Outcome},
    error::Code,
    sender::Answer,
};
use sqlx::AssertSqlSafe;

use crate::support::{
    Office, TestDatabase, run,
    sending::{Fake, Hand, Reply, automate, count, deliveries, due, message, now, one_due, status, sum_holds},
    terminal::everything,
};

const PHONE: &str = "+972541112233";

/// The outcome of the only message is not known: it, its lead and its phone are left alone by the machine, for good.
async fn doubt_blocks(reply: Reply) {
    let database = TestDatabase::new().await;
    let mut office = Office::new(&database).await;
    let user = office.noa;
    let (lead, id) = one_due(&mut office, user).await;
    let desk = database.desk("desk").await;
    let fake = Fake::saying(reply);
    let receipt = automate(&desk, &fake, Until::Drained).await.unwrap();
    assert_eq!(fake.seen().len(), 1);
    assert_eq!(receipt.failed[0].reason, "outcome_unknown");
    let row = message(&mut office.owner, id).await;
    assert_eq!(
        (row.status.as_deref(), row.error_code.as_deref(), row.attempts, row.sent_at),
        (Some("failed"), Some("outcome_unknown"), 1, None)
    );
    assert_eq!(deliveries(&mut office.owner, id).await[0].outcome.as_deref(), Some("unknown"));

    // Long after the cool-down, and under another lead: still blocked.
    office.pass(100 * 3600).await;
    let slot = now(&mut office.owner).await - chrono::Duration::minutes(1);
    let same_lead = office.queued(lead, user, slot).await;
    sqlx::query("update whatsapp_message_queue set recipient_phone = '+972541119999' where id = $1")
        .bind(same_lead)
        .execute(&mut office.owner)
        .await
        .unwrap();
    let client = office.client;
    let twin = office.lead(Some(client), "Yael B", Some(PHONE)).await;
    let same_phone = office.queued(twin, user, slot).await;
    let willing = Fake::default();
    automate(&desk, &willing, Until::Drained).await.unwrap();
    assert_eq!(willing.seen(), [], "neither the message nor its lead nor its phone");
    assert_eq!(status(&mut office.owner, id).await, "failed");
    assert_eq!(
        (status(&mut office.owner, same_lead).await, status(&mut office.owner, same_phone).await),
        ("queued".into(), "queued".into())
    );

    // Prepare leaves both leads out.
    sqlx::query("update whatsapp_message_queue set queue_status = 'cancelled' where queue_status = 'queued'")
        .execute(&mut office.owner)
        .await
        .unwrap();
    let plan = prepare::preview(&desk, None, None).await.unwrap();
    assert!(plan.items.is_empty(), "{:?}", plan.items);
    for lead in [lead, twin] {
        let left_out = plan.left_out.iter().find(|l| l.lead_id == lead).expect("left out");
        assert_eq!(left_out.reason, "unknown_open");
    }
}

#[test]
fn an_unknown_outcome_blocks_its_lead_and_phone_and_is_never_sent_again() {
    run(doubt_blocks(Reply::Say(Answer::Unknown)));
}

#[test]
fn a_request_that_takes_too_long_has_an_unknown_outcome() {
    run(doubt_blocks(Reply::Hang));
}

#[test]
fn an_unknown_message_that_the_crm_puts_back_is_still_not_sent() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let desk = database.desk("desk").await;
        automate(&desk, &Fake::saying(Reply::Say(Answer::Unknown)), Until::Drained).await.unwrap();
        sqlx::raw_sql("update whatsapp_message_queue set queue_status = 'queued', error_code = null")
            .execute(&mut office.owner)
            .await
            .unwrap();
        let fake = Fake::default();
        automate(&desk, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen(), []);
        assert_eq!(deliveries(&mut office.owner, id).await.len(), 1);
    });
}

#[test]
fn a_late_answer_settles_the_unknown_that_the_rescue_made() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        for (late, lane, code, by) in [
            (Outcome::Sent, "sent", None, Some("worker")),
            (Outcome::Failed, "failed", None, Some("worker")),
            (Outcome::Unknown, "failed", Some("outcome_unknown"), None),
            // The request had begun: "not sent" is no longer believed.
            (Outcome::NotSent, "failed", Some("outcome_unknown"), None),
        ] {
            sqlx::raw_sql("delete from queue_desk.delivery; delete from leads")
                .execute(&mut office.owner)
                .await
                .unwrap();
            let (_, id) = one_due(&mut office, user).await;
            let (sleeper, other) = (Hand::of(&database, "desk").await, Hand::of(&database, "runner").await);
            let claimed = sleeper.claim().await[0];
            assert!(sleeper.dispatch(claimed).await.go);
            office.pass(33).await;
            assert_eq!(other.rescue().await.unknown, 1);
            let settled = sleeper.settle(claimed, late).await;
            let row = message(&mut office.owner, id).await;
            assert_eq!((row.status.as_deref(), row.error_code.as_deref()), (Some(lane), code), "{late:?}");
            let tries = deliveries(&mut office.owner, id).await;
            assert_eq!((tries.len(), tries[0].settled_by.as_deref()), (1, by), "{late:?}");
            assert_eq!(
                (settled.settled, settled.conflicts),
                (u32::from(by.is_some()), u32::from(by.is_none())),
                "{late:?}"
            );
            if late == Outcome::Sent {
                assert_eq!((row.provider_id.as_deref(), row.sent_at.is_some()), (Some("by-hand"), true));
            }
        }
    });
}

#[test]
fn settling_by_a_stranger_or_for_another_attempt_or_twice_changes_nothing() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        one_due(&mut office, user).await;
        let (hand, other) = (Hand::of(&database, "desk").await, Hand::of(&database, "runner").await);
        let claimed = hand.claim().await[0];
        hand.dispatch(claimed).await;
        let before = everything(&mut office.owner).await;
        let later = Claimed { attempt: claimed.attempt + 1, ..claimed };
        let elsewhere = Claimed { message_id: uuid::Uuid::new_v4(), ..claimed };
        for (worker, item) in [(other.worker, claimed), (hand.worker, later), (hand.worker, elsewhere)] {
            let settled = hand.settle_as(worker, item, Outcome::Sent).await;
            assert_eq!((settled.settled, settled.conflicts), (0, 1));
            assert_eq!(everything(&mut office.owner).await, before);
        }
        assert_eq!(hand.settle(claimed, Outcome::Sent).await.settled, 1);
        let before = everything(&mut office.owner).await;
        assert_eq!(hand.settle(claimed, Outcome::Failed).await.settled, 0, "the first word counts");
        assert_eq!(everything(&mut office.owner).await, before);
    });
}

#[test]
fn what_the_crm_cancelled_on_the_wire_stays_cancelled_and_keeps_its_proof() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let hand = Hand::of(&database, "desk").await;
        let claimed = hand.claim().await[0];
        hand.dispatch(claimed).await;
        sqlx::raw_sql("update whatsapp_message_queue set queue_status = 'cancelled'")
            .execute(&mut office.owner)
            .await
            .unwrap();
        let settled = hand.settle(claimed, Outcome::Sent).await;
        assert_eq!(
            (settled.settled, settled.conflicts),
            (1, 1),
            "the delivery is settled, the CRM's row is a conflict"
        );
        let row = message(&mut office.owner, id).await;
        assert_eq!((row.status.as_deref(), row.attempts, row.sent_at), (Some("cancelled"), 0, None));
        assert_eq!(deliveries(&mut office.owner, id).await[0].outcome.as_deref(), Some("sent"));
    });
}

#[test]
fn what_the_crm_cancelled_or_deleted_before_the_dispatch_is_not_sent() {
    run(async {
        for change in [
            "update whatsapp_message_queue set queue_status = 'cancelled'",
            "delete from whatsapp_message_queue",
            "delete from leads",
        ] {
            let database = TestDatabase::new().await;
            let mut office = Office::new(&database).await;
            let user = office.noa;
            let (_, id) = one_due(&mut office, user).await;
            let hand = Hand::of(&database, "desk").await;
            let claimed = hand.claim().await[0];
            sqlx::raw_sql(AssertSqlSafe(change.to_owned())).execute(&mut office.owner).await.unwrap();
            let dispatch = hand.dispatch(claimed).await;
            assert_eq!((dispatch.go, dispatch.reason.as_deref()), (false, Some("cancelled")), "{change}");
            let tries = deliveries(&mut office.owner, id).await;
            assert_eq!((tries[0].outcome.as_deref(), tries[0].dispatched), (Some("cancelled"), false), "{change}");
        }
    });
}

#[test]
fn taken_before_the_dispatch_is_cancelled_and_taken_after_it_is_reported() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let ids = due(&mut office, user, 2).await;
        let (hand, person) = (Hand::of(&database, "desk").await, database.desk("desk_2").await);
        let claimed = hand.claim().await;
        assert!(hand.dispatch(claimed[0]).await.go);
        let mut detail = Vec::new();
        for one in &claimed {
            let lead = sqlx::query_scalar("select lead_id from whatsapp_message_queue where id = $1")
                .bind(one.message_id)
                .fetch_one(&mut office.owner)
                .await
                .unwrap();
            detail.push(take::take(&person, lead, None, None).await.unwrap().detail);
        }
        assert_eq!((detail[0]["cancelled_messages"].clone(), detail[0]["on_the_wire"].clone()), (0.into(), 1.into()));
        assert_eq!(detail[0]["dispatched_earlier"].as_array().unwrap().len(), 1);
        assert_eq!((detail[1]["cancelled_messages"].clone(), detail[1]["on_the_wire"].clone()), (1.into(), 0.into()));
        let dispatch = hand.dispatch(claimed[1]).await;
        assert_eq!((dispatch.go, dispatch.reason.as_deref()), (false, Some("cancelled")));
        hand.settle(claimed[0], Outcome::Sent).await;
        assert_eq!(status(&mut office.owner, claimed[0].message_id).await, "sent", "what was on the wire finished");
        assert_eq!(status(&mut office.owner, claimed[1].message_id).await, "cancelled");
        assert_eq!(ids.len(), 2);
    });
}

#[test]
fn a_lead_that_somebody_locks_holds_up_its_own_message_and_loses_no_answer() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 3).await;
        let mut locker = database.owner().await;
        sqlx::raw_sql("insert into queue_desk.lead_gate (lead_id) select lead_id from whatsapp_message_queue")
            .execute(&mut locker)
            .await
            .unwrap();
        sqlx::raw_sql("begin; select 1 from queue_desk.lead_gate where lead_id = (select lead_id from whatsapp_message_queue where queue_position = 2) for update")
            .execute(&mut locker).await.unwrap();
        let fake = Fake::default();
        let receipt = automate(&database.desk("desk").await, &fake, Until::OneBatch).await.unwrap();
        assert_eq!(receipt.changed, 2, "the others went, and their answers are written: {receipt:?}");
        let two = "select count(*) from whatsapp_message_queue where queue_position = 2 and queue_status = 'queued'";
        assert_eq!(count(&mut office.owner, two).await, 1);
        sqlx::raw_sql("rollback").execute(&mut locker).await.unwrap();
        automate(&database.desk("desk").await, &fake, Until::Drained).await.unwrap();
        assert_eq!(sum_holds(&mut office.owner, 3).await, (3, 0, 0));
        assert_eq!(fake.seen().len(), 3);
    });
}

#[test]
fn an_answer_that_came_while_the_connection_broke_is_written_over_a_new_one() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 3).await;
        let fake = Arc::new(Fake::default());
        fake.held.store(true, Ordering::Release);
        let (desk, sender) = (database.desk("desk").await, fake.clone());
        let running = tokio::spawn(async move { automate(&desk, sender.as_ref(), Until::OneBatch).await });
        fake.has_seen(1).await;
        database.cut("desk").await;
        fake.held.store(false, Ordering::Release);
        let ended = tokio::time::timeout(Duration::from_secs(20), running).await.unwrap().unwrap();
        if let Err(error) = &ended {
            assert!(matches!(error.code, Code::ConnectionLost | Code::CommitInDoubt), "{error:?}");
        }
        assert_eq!(
            deliveries(&mut office.owner, fake.seen()[0].0).await[0].outcome.as_deref(),
            Some("sent"),
            "its answer was known"
        );
        office.pass(40).await;
        automate(&database.desk("desk").await, fake.as_ref(), Until::Drained).await.unwrap();
        assert_eq!(sum_holds(&mut office.owner, 3).await.0, 3);
        assert_eq!(fake.seen().len(), 3);
    });
}
