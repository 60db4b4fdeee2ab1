//! What a dead desk leaves behind, and what other programs do.

use std::{sync::Arc, time::Duration};

use queue_desk::{automation::Until, db::run as db, error::Code};

use crate::support::{
    Office, TestDatabase, run,
    sending::{Fake, Hand, automate, count, deliveries, due, message, one_due, status, sum_holds},
};

#[test]
fn what_a_dead_desk_had_not_dispatched_goes_back_and_what_it_had_is_unknown() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 2).await;
        let (dead, other) = (Hand::of(&database, "desk").await, Hand::of(&database, "runner").await);
        let claimed = dead.claim().await;
        assert!(dead.dispatch(claimed[0]).await.go);
        let (dispatched, waiting) = (claimed[0].message_id, claimed[1].message_id);

        office.pass(30).await;
        assert_eq!(other.rescue().await, db::Rescued::default(), "a request may take 2 s, and 30 more");
        assert_eq!(status(&mut office.owner, dispatched).await, "sending");
        office.pass(3).await;
        assert_eq!(dead.rescue().await, db::Rescued::default(), "nobody rescues his own");
        assert_eq!(other.rescue().await, db::Rescued { returned: 1, unknown: 1, foreign: 0 });
        assert_eq!(other.rescue().await, db::Rescued::default(), "once");

        assert_eq!(status(&mut office.owner, waiting).await, "queued");
        assert_eq!(message(&mut office.owner, waiting).await.attempts, 0);
        assert_eq!(deliveries(&mut office.owner, waiting).await[0].reason.as_deref(), Some("rescued"));
        let row = message(&mut office.owner, dispatched).await;
        assert_eq!((row.status.as_deref(), row.error_code.as_deref()), (Some("failed"), Some("outcome_unknown")));
        assert_eq!(sum_holds(&mut office.owner, 2).await, (0, 1, 1));

        assert!(!dead.dispatch(claimed[1]).await.go, "the fence: its attempt is over");
        let fake = Fake::default();
        automate(&database.desk("runner").await, &fake, Until::Drained).await.unwrap();
        assert_eq!(
            fake.seen().iter().map(|(id, _)| *id).collect::<Vec<_>>(),
            [waiting],
            "the unknown is never sent again"
        );
        assert_eq!(deliveries(&mut office.owner, waiting).await[1].attempt, 2);
        assert_eq!(sum_holds(&mut office.owner, 2).await, (1, 1, 0));
    });
}

#[test]
fn a_heartbeat_keeps_what_a_desk_has_in_hand() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let (alive, other) = (Hand::of(&database, "desk").await, Hand::of(&database, "runner").await);
        let claimed = alive.claim().await[0];
        alive.dispatch(claimed).await;
        for _ in 0..3 {
            office.pass(25).await;
            assert!(!alive.beat().await.stop);
            assert_eq!(other.rescue().await, db::Rescued::default());
        }
        assert_eq!(status(&mut office.owner, id).await, "sending");
    });
}

#[test]
fn a_foreign_sending_row_becomes_unknown_after_ten_minutes_and_is_never_queued() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        sqlx::raw_sql("update whatsapp_message_queue set queue_status = 'sending', processed_at = queue_desk.now()")
            .execute(&mut office.owner)
            .await
            .unwrap();
        let hand = Hand::of(&database, "desk").await;
        office.pass(595).await;
        assert_eq!(hand.rescue().await, db::Rescued::default());
        office.pass(10).await;
        assert_eq!(hand.rescue().await, db::Rescued { foreign: 1, ..Default::default() });
        let row = message(&mut office.owner, id).await;
        assert_eq!((row.status.as_deref(), row.error_code.as_deref()), (Some("failed"), Some("outcome_unknown")));
        let tries = deliveries(&mut office.owner, id).await;
        assert_eq!((tries[0].outcome.as_deref(), tries[0].reason.as_deref()), (Some("unknown"), Some("foreign")));
        assert_eq!(
            count(&mut office.owner, "select count(*) from queue_desk.delivery where sender = 'foreign'").await,
            1
        );
        let fake = Fake::default();
        automate(&database.desk("desk").await, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen(), []);
        assert_eq!(hand.rescue().await, db::Rescued::default(), "once");
    });
}

#[test]
fn a_message_deleted_on_the_wire_keeps_its_proof_and_still_blocks_its_lead() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 2).await;
        let (dead, other) = (Hand::of(&database, "desk").await, Hand::of(&database, "runner").await);
        let claimed = dead.claim().await;
        dead.dispatch(claimed[0]).await;
        let lead = sqlx::query_scalar("select lead_id from whatsapp_message_queue where id = $1")
            .bind(claimed[0].message_id)
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        sqlx::raw_sql("delete from whatsapp_message_queue").execute(&mut office.owner).await.unwrap();
        office.pass(33).await;
        other.rescue().await;
        let proof = deliveries(&mut office.owner, claimed[0].message_id).await;
        assert_eq!(
            (proof[0].outcome.as_deref(), proof[0].reason.as_deref(), proof[0].dispatched),
            (Some("unknown"), Some("deleted"), true)
        );
        assert_eq!(deliveries(&mut office.owner, claimed[1].message_id).await[0].outcome.as_deref(), Some("cancelled"));

        let slot = crate::support::sending::now(&mut office.owner).await - chrono::Duration::minutes(1);
        office.queued(lead, user, slot).await;
        let fake = Fake::default();
        automate(&database.desk("desk").await, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen(), [], "the deleted message may have arrived");
    });
}

#[test]
fn an_answer_for_a_message_deleted_on_the_wire_is_kept() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let hand = Hand::of(&database, "desk").await;
        let claimed = hand.claim().await[0];
        hand.dispatch(claimed).await;
        sqlx::raw_sql("delete from leads").execute(&mut office.owner).await.unwrap();
        let settled = hand.settle(claimed, db::Outcome::Sent).await;
        assert_eq!((settled.settled, settled.conflicts), (1, 1));
        assert_eq!(deliveries(&mut office.owner, id).await[0].outcome.as_deref(), Some("sent"));
    });
}

#[test]
fn an_unmapped_login_rescues_nothing() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        Hand::of(&database, "desk").await.claim().await;
        office.pass(60).await;
        let desk = database.desk("unmapped").await;
        let refused = db::rescue(&mut desk.database.writer().await.unwrap(), uuid::Uuid::new_v4()).await;
        assert_eq!(refused.unwrap_err().code, Code::NoOperator);
        assert_eq!(status(&mut office.owner, id).await, "sending");
    });
}

#[test]
fn a_drain_waits_for_another_desks_attempt_and_ends_after_its_rescue() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 3).await;
        let dead = Hand::of(&database, "runner").await;
        let claimed = dead.claim().await;
        dead.dispatch(claimed[0]).await;
        let (desk, fake) = (database.desk("desk").await, Arc::new(Fake::default()));
        let sender = fake.clone();
        let draining = tokio::spawn(async move { automate(&desk, sender.as_ref(), Until::Drained).await });
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert!(!draining.is_finished(), "the other desk may live");
        assert_eq!(fake.seen(), []);
        office.pass(33).await;
        let receipt = tokio::time::timeout(Duration::from_secs(10), draining).await.expect("it ends").unwrap().unwrap();
        assert_eq!(
            (receipt.detail["rescued"]["unknown"].clone(), receipt.detail["rescued"]["returned"].clone()),
            (1.into(), 2.into())
        );
        assert_eq!(sum_holds(&mut office.owner, 3).await, (2, 1, 0));
        assert_eq!(fake.seen().len(), 2);
    });
}
