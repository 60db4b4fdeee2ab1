//! Taking a lead while others do something with it at the same moment.

use std::time::Duration;

use queue_desk::action::{prepare, take, undo};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::support::{Office, TestDatabase, around::Hand, run};

/// Waits until a session of this login waits for a lock.
async fn until_blocked(office: &mut Office, login: &str) {
    for _ in 0..200 {
        let waits = office.count(format!("pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.usename = '{login}' and a.datname = current_database()")).await;
        if waits > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{login} never waited");
}

/// A desk of `desk` that has claimed what is due and not committed yet.
async fn half_claimed(database: &TestDatabase, office: &mut Office) -> (PgConnection, Uuid) {
    let hand = Hand::start(database.desk("desk").await).await;
    let mut conn = database.session("desk").await;
    sqlx::raw_sql("begin").execute(&mut conn).await.unwrap();
    let claim = format!("select queue_desk.claim('{}', '{}', null, 10, 'fake')", hand.worker(), hand.run());
    sqlx::raw_sql(AssertSqlSafe(claim)).execute(&mut conn).await.unwrap();
    assert_eq!(office.count("whatsapp_message_queue where queue_status = 'sending'").await, 0, "not committed yet");
    (conn, hand.worker())
}

#[test]
fn of_two_desks_that_take_at_once_one_has_it_and_the_other_reads_its_name() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, amir) = (database.desk("desk").await, database.desk("desk_2").await);
        let mut wins = [0, 0];
        for round in 0..25 {
            let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
            let message = office.foreign(lead, office.noa).await;
            let (a, b) = tokio::join!(take::take(&noa, lead, None, None), take::take(&amir, lead, None, None));
            let (a, b) = (a.unwrap(), b.unwrap());
            assert_eq!(a.changed + b.changed, 1, "round {round}: {a:?} {b:?}");
            let (winner, name, loser) =
                if a.changed == 1 { (office.noa, "Noa Shalev", b) } else { (office.amir, "Amir Haddad", a) };
            wins[usize::from(winner == office.amir)] += 1;
            assert_eq!(office.owner_of(lead).await, Some(winner));
            assert_eq!(
                (loser.skipped[0].reason.as_str(), &loser.detail["owner_name"]),
                ("taken_by", &serde_json::json!(name))
            );
            assert_eq!(
                office.count(format!("queue_desk.queue_ledger where entity = 'gate' and lead_id = '{lead}'")).await,
                1
            );
            assert_eq!(office.count(format!("queue_desk.queue_ledger where entity = 'message' and to_state = 'cancelled' and entity_id = '{message}'")).await, 1);
        }
        println!("wins of the two desks: {wins:?}");
    });
}

#[test]
fn a_message_claimed_while_the_take_waits_is_cancelled_too() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let message = office.queued(lead, office.amir, chrono::Utc::now()).await;
        let (mut claiming, _) = half_claimed(&database, &mut office).await;
        let desk = database.desk("desk_2").await;
        let taking = tokio::spawn(async move { take::take(&desk, lead, None, None).await });
        until_blocked(&mut office, "desk_2").await;
        sqlx::raw_sql("commit").execute(&mut claiming).await.unwrap();
        let receipt = taking.await.unwrap().unwrap();
        assert_eq!(receipt.detail["cancelled_messages"], 1, "{receipt:?}");
        assert_eq!(office.status_of(message).await, "cancelled", "handing the lead back must not let it out");
        assert_eq!(office.count("queue_desk.delivery where finished_at is null").await, 0);
        claiming.close().await.unwrap();
    });
}

#[test]
fn a_message_claimed_while_the_undo_waits_is_undone_too() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(1).await;
        let desk = database.desk("desk_2").await;
        let plan = prepare::preview(&desk, None, None).await.unwrap();
        let receipt = prepare::apply(&desk, &plan, false).await.unwrap();
        office.pass(86_400).await;
        let (mut claiming, _) = half_claimed(&database, &mut office).await;
        let undoing = tokio::spawn(async move { undo::undo(&desk, receipt.receipt_id).await });
        until_blocked(&mut office, "desk_2").await;
        sqlx::raw_sql("commit").execute(&mut claiming).await.unwrap();
        let receipt = undoing.await.unwrap().unwrap();
        assert_eq!((receipt.changed, receipt.skipped.len()), (1, 0), "{receipt:?}");
        assert_eq!(office.count("whatsapp_message_queue where queue_status = 'cancelled'").await, 1);
        claiming.close().await.unwrap();
    });
}

#[test]
fn a_lead_that_is_taken_while_it_is_being_queued_has_nothing_waiting_afterwards() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (noa, amir) = (database.desk("desk").await, database.desk("desk_2").await);
        let (mut first_queued, mut first_taken) = (0, 0);
        for round in 0..25 {
            office
                .does("delete from whatsapp_message_queue; delete from leads; delete from queue_desk.lead_gate")
                .await;
            let leads = office.leads(60).await;
            let lead = leads[round % 60];
            let plan = prepare::preview(&noa, None, None).await.unwrap();
            // Now the one, now the other is a little later.
            let later = Duration::from_millis(round as u64 / 2 * 3);
            let (take_after, queue_after) =
                if round % 2 == 0 { (later, Duration::ZERO) } else { (Duration::ZERO, later) };
            let taking = async {
                tokio::time::sleep(take_after).await;
                take::take(&amir, lead, None, None).await
            };
            let queueing = async {
                tokio::time::sleep(queue_after).await;
                prepare::apply(&noa, &plan, true).await
            };
            let (queued, taken) = tokio::join!(queueing, taking);
            let (queued, taken) = (queued.unwrap(), taken.unwrap());
            assert_eq!((queued.changed + queued.skipped.iter().map(|s| s.count).sum::<u32>(), taken.changed), (60, 1));
            first_queued += i32::from(queued.changed == 60);
            first_taken += i32::from(queued.changed == 59);
            let waiting = office
                .count(format!("whatsapp_message_queue where lead_id = '{lead}' and queue_status = 'queued'"))
                .await;
            assert_eq!(waiting, 0, "round {round}: {queued:?} {taken:?}");
        }
        println!("queued first {first_queued}, taken first {first_taken}");
    });
}
