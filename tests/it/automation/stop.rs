//! Stopping one run, and everybody.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use queue_desk::{
    action::{pause, stop},
    automation::{Control, Until},
    db::run as db,
    error::Code,
    model::run::RunState,
};

use crate::support::{
    Office, TestDatabase,
    database::value,
    run,
    sending::{Fake, Hand, automate, automate_with, count, due, now, one_due, sum_holds},
};

#[test]
fn a_stop_lets_the_wire_finish_and_gives_the_rest_of_the_batch_back() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 30).await;
        let (fake, control) = (Arc::new(Fake::slow(20)), Control::default());
        let (desk, sender, stopper) = (database.desk("desk").await, fake.clone(), control.clone());
        let running =
            tokio::spawn(async move { automate_with(&desk, sender.as_ref(), Until::Stopped, &control).await });
        fake.has_seen(4).await;
        stopper.stop();
        let receipt = running.await.unwrap().unwrap();
        let seen = fake.seen().len();
        assert!((4..=6).contains(&seen), "it stopped after what was on the wire: {seen}");
        assert_eq!(receipt.changed as usize, seen);
        assert_eq!(receipt.detail["totals"]["returned"], 30 - seen);
        assert_eq!(sum_holds(&mut office.owner, 30).await, (seen as i64, 0, 30 - seen as i64));
        assert_eq!(stopper.status().state, RunState::Idle);

        automate(&database.desk("desk").await, fake.as_ref(), Until::Drained).await.unwrap();
        assert_eq!(sum_holds(&mut office.owner, 30).await, (30, 0, 0), "nothing was lost by stopping");
        assert_eq!(fake.seen().len(), 30);
    });
}

#[test]
fn after_stop_everything_nothing_is_dispatched_by_any_desk_until_somebody_resumes() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 300).await;
        let fake = Arc::new(Fake::slow(5));
        let mut running = Vec::new();
        for login in ["desk", "runner"] {
            let (desk, sender) = (database.desk(login).await, fake.clone());
            running.push(tokio::spawn(async move { automate(&desk, sender.as_ref(), Until::Stopped).await }));
        }
        fake.has_seen(20).await;
        let person = database.desk("desk_3").await;
        let receipt = stop::stop_everything(&person, Some("wrong text")).await.unwrap();
        let stopped_at: DateTime<Utc> = now(&mut office.owner).await;
        assert_eq!(receipt.changed, 1);
        let since = Instant::now();
        for one in running {
            tokio::time::timeout(Duration::from_secs(9), one)
                .await
                .expect("the run hears it with its next heartbeat")
                .unwrap()
                .unwrap();
        }
        assert!(since.elapsed() < Duration::from_secs(9));
        let late: i64 = sqlx::query_scalar("select count(*) from queue_desk.delivery where dispatched_at > $1")
            .bind(stopped_at)
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(late, 0, "nothing was dispatched after it returned");
        let seen = fake.seen().len();
        assert!(seen < 300, "there was something left to stop");
        assert_eq!(sum_holds(&mut office.owner, 300).await, (seen as i64, 0, 300 - seen as i64));

        automate(&database.desk("desk").await, fake.as_ref(), Until::Drained).await.unwrap();
        assert_eq!(fake.seen().len(), seen, "a new run sends nothing either");
        assert_eq!(stop::stop_everything(&person, None).await.unwrap().changed, 0, "a second stop changes nothing");
        assert_eq!(pause::resume(&person, "all", None, None).await.unwrap().changed, 1);
        assert_eq!(fake.seen().len(), seen, "nothing starts by itself");
        assert_eq!(pause::resume(&person, "all", None, None).await.unwrap().changed, 0);
        automate(&database.desk("desk").await, fake.as_ref(), Until::Drained).await.unwrap();
        assert_eq!(sum_holds(&mut office.owner, 300).await, (300, 0, 0));
        assert_eq!(fake.seen().len(), 300);
        let ledger = "select count(*) from queue_desk.queue_ledger where entity = 'pause' and (action, to_state) in (('stop', 'paused'), ('resume', 'running'))";
        assert_eq!(count(&mut office.owner, ledger).await, 2);
    });
}

#[test]
fn stop_everything_waits_for_a_dispatch_that_is_being_decided() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        one_due(&mut office, user).await;
        let hand = Hand::of(&database, "desk").await;
        let claimed = hand.claim().await[0];
        // The dispatch has passed the gate and not committed.
        let mut deciding = database.session("desk").await;
        sqlx::raw_sql("begin").execute(&mut deciding).await.unwrap();
        let go: bool = sqlx::query_scalar("select (queue_desk.dispatch($1, $2, $3) ->> 'go')::boolean")
            .bind(claimed.message_id)
            .bind(claimed.attempt)
            .bind(hand.worker)
            .fetch_one(&mut deciding)
            .await
            .unwrap();
        assert!(go);
        let person = database.desk("desk_2").await;
        let stopping = tokio::spawn(async move { stop::stop_everything(&person, None).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!stopping.is_finished(), "had it returned, a message would be dispatched after it");
        sqlx::raw_sql("commit").execute(&mut deciding).await.unwrap();
        let receipt = stopping.await.unwrap().unwrap();
        assert_eq!(receipt.detail["on_the_wire"], 1, "the receipt counts what it could not stop");
    });
}

#[test]
fn a_run_that_is_asked_to_stop_claims_nothing_more() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        one_due(&mut office, user).await;
        let (hand, other) = (Hand::of(&database, "desk_2").await, Hand::of(&database, "runner").await);
        assert!(!hand.beat().await.stop);
        let admin = database.desk("desk").await;
        let colleague = database.desk("desk_3").await;
        let refused = db::request_stop(&mut colleague.database.writer().await.unwrap(), hand.run).await;
        assert_eq!(refused.unwrap_err().code, Code::NoPermission, "a colleague stops everybody or nobody");
        assert!(!hand.beat().await.stop);
        db::request_stop(&mut admin.database.writer().await.unwrap(), hand.run).await.unwrap();
        assert!(hand.beat().await.stop);
        assert!(hand.claim().await.is_empty());
        assert_eq!(other.claim().await.len(), 1, "the other desk goes on");
    });
}

#[test]
fn who_is_no_operator_cannot_stop_everybody() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        for (login, code) in
            [("unmapped", Code::NoOperator), ("read_only", Code::ReadOnly), ("stranger", Code::NoPermission)]
        {
            assert_eq!(
                stop::stop_everything(&database.desk(login).await, None).await.unwrap_err().code,
                code,
                "{login}"
            );
        }
        assert_eq!(count(&mut office.owner, "select count(*) from queue_desk.pause").await, 0);
    });
}

#[test]
fn a_run_that_ends_leaves_no_open_run_and_one_receipt() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 5).await;
        let (fake, control) = (Arc::new(Fake::default()), Control::default());
        fake.held.store(true, Ordering::Release);
        let (desk, sender, stopper) = (database.desk("desk").await, fake.clone(), control.clone());
        let running =
            tokio::spawn(async move { automate_with(&desk, sender.as_ref(), Until::Stopped, &control).await });
        fake.has_seen(1).await;
        stopper.stop();
        assert_eq!(stopper.status().state, RunState::Stopping, "what is on the wire finishes first");
        fake.held.store(false, Ordering::Release);
        let receipt = running.await.unwrap().unwrap();
        assert_eq!(receipt.changed, 1);
        assert_eq!(count(&mut office.owner, "select count(*) from queue_desk.run where finished_at is null").await, 0);
        let written: serde_json::Value = value(
            &mut office.owner,
            "select detail from queue_desk.queue_ledger where entity = 'receipt' and action = 'run'",
        )
        .await;
        assert_eq!(written["detail"]["totals"], receipt.detail["totals"], "the ledger holds the receipt");
    });
}
