//! People's verbs while desks send: nobody is messaged twice, and what a receipt says holds for every dispatch after it.

use std::time::{Duration, Instant};

use queue_desk::{
    action::{assign, cancel, operator, opt_out, pause, prepare, resolve, take},
    automation::Until,
    db::run::{Claimed, Outcome},
    error::Result,
    model::receipt::Receipt,
    sender::Answer,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase, run,
    sending::{Fake, Hand, Reply, automate, count, deliveries, due, message, now, one_due, status},
};

const PHONE: &str = "+972541112233";

/// A dispatch that has passed the gate and not committed.
async fn deciding(database: &TestDatabase, hand: &Hand, claimed: Claimed) -> PgConnection {
    let mut conn = database.session("runner").await;
    sqlx::raw_sql("begin").execute(&mut conn).await.unwrap();
    let go: bool = sqlx::query_scalar("select (queue_desk.dispatch($1, $2, $3) ->> 'go')::boolean")
        .bind(claimed.message_id)
        .bind(claimed.attempt)
        .bind(hand.worker)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert!(go);
    conn
}

/// Starts the verb while a dispatch is being decided, sees it wait, lets the dispatch commit, and returns the receipt.
async fn waits<F>(mut dispatching: PgConnection, verb: F) -> Receipt
where
    F: Future<Output = Result<Receipt>> + Send + 'static,
{
    let acting = tokio::spawn(verb);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(!acting.is_finished(), "had it returned, a message would be dispatched after it");
    sqlx::raw_sql("commit").execute(&mut dispatching).await.unwrap();
    acting.await.unwrap().unwrap()
}

#[test]
fn a_verb_waits_for_a_dispatch_that_is_being_decided_and_tells_it() {
    run(async {
        for verb in ["cancel", "opt_out", "pause", "deactivate"] {
            let database = TestDatabase::new().await;
            let mut office = Office::new(&database).await;
            let (user, client) = (office.amir, office.client);
            let (lead, id) = one_due(&mut office, user).await;
            // The same person under another lead: the phone is the fence between the two.
            let twin = office.lead(Some(client), "Yael B", Some(PHONE)).await;
            let hand = Hand::of(&database, "runner").await;
            let claimed = hand.claim().await[0];
            let dispatching = deciding(&database, &hand, claimed).await;
            let desk = database.desk("desk").await;
            let receipt = match verb {
                "cancel" => waits(dispatching, async move { cancel::cancel(&desk, &[id], None).await }).await,
                "opt_out" => waits(dispatching, async move { opt_out::opt_out(&desk, twin, None).await }).await,
                "pause" => {
                    let subject = lead.to_string();
                    waits(dispatching, async move { pause::pause(&desk, "lead", Some(&subject), None, None).await })
                        .await
                }
                _ => waits(dispatching, async move { operator::deactivate(&desk, user).await }).await,
            };
            match verb {
                "cancel" => assert_eq!((receipt.changed, receipt.skipped[0].reason.as_str()), (0, "on_the_wire")),
                "opt_out" => {
                    assert_eq!((receipt.changed, &receipt.detail["on_the_wire"]), (1, &1.into()), "{receipt:?}")
                }
                _ => assert_eq!(receipt.changed, 1, "{receipt:?}"),
            }
            assert_eq!(status(&mut office.owner, id).await, "sending", "{verb}: what is on the wire finishes");
        }
    });
}

#[test]
fn a_dispatch_waits_for_an_opt_out_that_is_being_written() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let (user, client) = (office.amir, office.client);
        one_due(&mut office, user).await;
        let twin = office.lead(Some(client), "Yael B", Some(PHONE)).await;
        let hand = Hand::of(&database, "runner").await;
        let claimed = hand.claim().await[0];
        let mut writing = database.session("desk_2").await;
        sqlx::raw_sql("begin").execute(&mut writing).await.unwrap();
        sqlx::query("select queue_desk.opt_out($1, $2)").bind(twin).bind(PHONE).execute(&mut writing).await.unwrap();
        let dispatching = tokio::spawn(async move { (hand.dispatch(claimed).await, hand) });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!dispatching.is_finished());
        sqlx::raw_sql("commit").execute(&mut writing).await.unwrap();
        let (dispatch, _) = dispatching.await.unwrap();
        assert_eq!((dispatch.go, dispatch.reason.as_deref()), (false, Some("cancelled")));
    });
}

#[test]
fn a_retry_and_a_prepare_at_once_queue_one_message_for_a_lead() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        let (noa, amir) = (database.desk("desk").await, database.desk("desk_2").await);
        let mut retried = 0;
        for round in 0..12 {
            sqlx::raw_sql("delete from whatsapp_message_queue; delete from leads")
                .execute(&mut office.owner)
                .await
                .unwrap();
            let (_, id) = one_due(&mut office, user).await;
            sqlx::raw_sql("update whatsapp_message_queue set queue_status = 'failed'")
                .execute(&mut office.owner)
                .await
                .unwrap();
            let plan = prepare::preview(&noa, None, None).await.unwrap();
            assert_eq!(plan.items.len(), 1);
            let later = Duration::from_millis(round % 4);
            let (queued, again) = tokio::join!(prepare::apply(&noa, &plan, true), async {
                tokio::time::sleep(later).await;
                cancel::retry(&amir, &[id]).await
            });
            let (queued, again) = (queued.unwrap(), again.unwrap());
            assert_eq!(queued.changed + again.changed, 1, "round {round}: {queued:?} {again:?}");
            retried += again.changed;
            assert_eq!(
                count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'queued'")
                    .await,
                1
            );
        }
        println!("retried first in {retried} of 12");
    });
}

#[test]
fn a_lead_taken_while_its_message_is_retried_has_nothing_waiting() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        let (noa, amir) = (database.desk("desk").await, database.desk("desk_2").await);
        for round in 0..12 {
            sqlx::raw_sql("delete from whatsapp_message_queue; delete from leads; delete from queue_desk.lead_gate")
                .execute(&mut office.owner)
                .await
                .unwrap();
            let (lead, id) = one_due(&mut office, user).await;
            sqlx::raw_sql("update whatsapp_message_queue set queue_status = 'failed'")
                .execute(&mut office.owner)
                .await
                .unwrap();
            let ids = [id];
            let (taken, again) = tokio::join!(take::take(&noa, lead, None, None), cancel::retry(&amir, &ids));
            assert_eq!(taken.unwrap().changed, 1);
            again.unwrap();
            let waiting = count(
                &mut office.owner,
                "select count(*) from whatsapp_message_queue where queue_status in ('queued', 'sending')",
            )
            .await;
            assert_eq!(waiting, 0, "round {round}");
        }
    });
}

#[test]
fn two_desks_that_press_the_same_change_it_once() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let (noa_id, amir_id) = (office.noa, office.amir);
        let ids = due(&mut office, amir_id, 20).await;
        let (noa, amir) = (database.desk("desk").await, database.desk("desk_2").await);
        let (a, b) = tokio::join!(cancel::cancel(&noa, &ids, None), cancel::cancel(&amir, &ids, None));
        assert_eq!(a.unwrap().changed + b.unwrap().changed, 20);
        let (a, b) = tokio::join!(cancel::retry(&noa, &ids), cancel::retry(&amir, &ids));
        assert_eq!(a.unwrap().changed + b.unwrap().changed, 20);
        // The last places of a day are given away once.
        sqlx::query(
            "update user_queue_settings set processing_targets = '{\"max_daily_capacity\": 7}' where user_id = $1",
        )
        .bind(noa_id)
        .execute(&mut office.owner)
        .await
        .unwrap();
        let (a, b) = tokio::join!(assign::assign(&noa, &ids[..10], noa_id), assign::assign(&amir, &ids[10..], noa_id));
        assert_eq!(a.unwrap().changed + b.unwrap().changed, 7);
        let lead = lead_of(&mut office, ids[0]).await;
        let (a, b) = tokio::join!(opt_out::opt_out(&noa, lead, None), pause::pause(&amir, "all", None, None, None));
        assert_eq!(a.unwrap().changed + b.unwrap().changed, 2);
    });
}

async fn lead_of(office: &mut Office, message: Uuid) -> Uuid {
    sqlx::query_scalar("select lead_id from whatsapp_message_queue where id = $1")
        .bind(message)
        .fetch_one(&mut office.owner)
        .await
        .unwrap()
}

#[test]
fn an_answer_and_a_persons_word_at_once_end_in_what_the_provider_said() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        let person = database.desk("desk_2").await;
        for round in 0..10 {
            sqlx::raw_sql("delete from queue_desk.delivery; delete from whatsapp_message_queue; delete from leads")
                .execute(&mut office.owner)
                .await
                .unwrap();
            let (_, id) = one_due(&mut office, user).await;
            let hand = Hand::of(&database, "runner").await;
            let claimed = hand.claim().await[0];
            assert!(hand.dispatch(claimed).await.go);
            hand.settle(claimed, Outcome::Unknown).await;
            let (said, answered) = tokio::join!(
                async {
                    let ids = [id];
                    let said = resolve::resolve(&person, &ids, "not_sent", None).await.unwrap();
                    cancel::retry(&person, &ids).await.unwrap();
                    said
                },
                hand.settle(claimed, Outcome::Sent)
            );
            assert_eq!(answered.settled, 1, "round {round}: {said:?}");
            assert_eq!(deliveries(&mut office.owner, id).await[0].outcome.as_deref(), Some("sent"));
            assert_eq!(message(&mut office.owner, id).await.status.as_deref(), Some("sent"), "round {round}");
            assert!(hand.claim().await.is_empty());
        }
    });
}

#[test]
fn a_sender_that_never_begins_is_not_asked_again_at_once() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let ids = due(&mut office, user, 3).await;
        let desk = database.desk("desk").await;
        let fake = Fake::saying(Reply::Say(Answer::NotSent));
        let since = Instant::now();
        let drained = tokio::time::timeout(Duration::from_secs(30), automate(&desk, &fake, Until::Drained)).await;
        let receipt = drained.expect("it ends").unwrap();
        assert_eq!((fake.seen().len(), receipt.changed), (3, 0), "after {:?}", since.elapsed());
        assert_eq!(receipt.detail["held"][0]["reason"], "not_due", "{receipt:?}");
        // 15 s, then 30 s, then a minute.
        for (tries, seconds) in [(1, 15), (2, 30), (3, 60)] {
            let waits: f64 = sqlx::query_scalar("select extract(epoch from send_after - queue_desk.now())::float8 from whatsapp_message_queue where id = $1")
                .bind(ids[0]).fetch_one(&mut office.owner).await.unwrap();
            assert!((f64::from(seconds) - waits).abs() < 10.0, "after {tries}: {waits}");
            office.pass(seconds + 1).await;
            automate(&desk, &fake, Until::Drained).await.unwrap();
            assert_eq!(fake.seen().len(), 3 * (tries + 1));
        }
        office.pass(600).await;
        automate(&desk, &Fake::default(), Until::Drained).await.unwrap();
        assert_eq!(
            count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'sent'").await,
            3
        );
    });
}

#[test]
fn a_lead_whose_phone_is_spelled_in_two_ways_is_one_person() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        let (lead, _) = one_due(&mut office, user).await;
        let slot = now(&mut office.owner).await - chrono::Duration::minutes(1);
        let second = office.queued(lead, user, slot).await;
        sqlx::query("update whatsapp_message_queue set recipient_phone = '0541112233', queued_at = null where id = $1")
            .bind(second)
            .execute(&mut office.owner)
            .await
            .unwrap();
        let fake = Fake::default();
        automate(&database.desk("runner").await, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen().len(), 1);
        let why: Vec<String> = sqlx::query_scalar("select reason from queue_desk.message_gate()")
            .fetch_all(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(why, ["contacted_recently"]);
    });
}
