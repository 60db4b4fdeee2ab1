//! Many desks on one queue: the provider sees each message at most once, and no person twice.

use std::{collections::HashSet, sync::Arc};

use queue_desk::{action::take, automation::Until};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase, run,
    sending::{Fake, automate, count, counted, due, sum_holds},
};

/// Lets `desks` desks of these logins drain one queue at once; returns how much each of them sent.
async fn drain_together(database: &TestDatabase, logins: &[&str], desks: usize, fake: &Arc<Fake>) -> Vec<u32> {
    let mut running = Vec::new();
    for n in 0..desks {
        let (desk, sender) = (database.desk(logins[n % logins.len()]).await, fake.clone());
        running.push(tokio::spawn(async move { automate(&desk, sender.as_ref(), Until::Drained).await }));
    }
    let mut sent = Vec::new();
    for one in running {
        sent.push(one.await.unwrap().expect("no desk fails because of the others").changed);
    }
    sent
}

fn each_once(fake: &Fake) {
    let seen = fake.seen();
    let messages: HashSet<Uuid> = seen.iter().map(|(id, _)| *id).collect();
    assert_eq!(messages.len(), seen.len(), "the provider saw a message twice");
}

#[test]
fn two_desks_share_one_queue_and_send_each_message_once() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        due(&mut office, user, 120).await;
        let fake = Arc::new(Fake::slow(3));
        let sent = drain_together(&database, &["desk_2", "runner"], 2, &fake).await;
        each_once(&fake);
        assert_eq!(fake.seen().len(), 120);
        assert!(sent.iter().all(|s| *s > 0), "both worked: {sent:?}");
        assert_eq!(sent.iter().sum::<u32>(), 120, "the receipts add up");
        assert_eq!(sum_holds(&mut office.owner, 120).await, (120, 0, 0));
    });
}

#[test]
fn sixteen_workers_send_three_hundred_messages_once_each() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let (noa, amir) = (office.noa, office.amir);
        due(&mut office, noa, 150).await;
        due(&mut office, amir, 150).await;
        sqlx::raw_sql("update whatsapp_message_queue m set recipient_phone = '+97255' || (1000000 + n) from (select id, row_number() over () n from whatsapp_message_queue) x where x.id = m.id")
            .execute(&mut office.owner).await.unwrap();
        // Small batches, so that everybody gets some.
        sqlx::raw_sql(
            "update user_queue_settings set advanced = jsonb_set(advanced, '{batch_processing,batch_size}', '5')",
        )
        .execute(&mut office.owner)
        .await
        .unwrap();
        let fake = Arc::new(Fake::default());
        let sent = drain_together(&database, &["desk", "runner"], 16, &fake).await;
        each_once(&fake);
        assert_eq!(fake.seen().len(), 300);
        assert_eq!(sent.iter().sum::<u32>(), 300);
        assert_eq!(sum_holds(&mut office.owner, 300).await, (300, 0, 0));
        assert_eq!((counted(&mut office.owner, noa).await.1, counted(&mut office.owner, amir).await.1), (150, 150));
        assert_eq!(count(&mut office.owner, "select count(*) from queue_desk.ledger_gap").await, 0);
        let transitions = "select count(*) from queue_desk.queue_ledger where entity = 'message' and from_state = 'sending' and to_state = 'sent'";
        assert_eq!(count(&mut office.owner, transitions).await, 300, "the ledger saw each once");
    });
}

#[test]
fn limits_hold_when_sixteen_workers_race_for_the_last_places() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 100).await;
        sqlx::raw_sql("update user_queue_settings set advanced = jsonb_set(jsonb_set(advanced, '{batch_processing,batch_size}', '3'), '{rate_limiting,messages_per_day}', '17')")
            .execute(&mut office.owner).await.unwrap();
        let fake = Arc::new(Fake::default());
        drain_together(&database, &["desk", "runner"], 16, &fake).await;
        assert_eq!(fake.seen().len(), 17, "not one more");
        assert_eq!(sum_holds(&mut office.owner, 100).await, (17, 0, 83));
    });
}

#[test]
fn two_leads_with_one_phone_are_one_person_to_any_number_of_desks() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 60).await;
        // Thirty phones, two leads each, next to each other in the queue.
        sqlx::raw_sql("update whatsapp_message_queue set recipient_phone = '+97255' || (1000000 + queue_position / 2)")
            .execute(&mut office.owner)
            .await
            .unwrap();
        sqlx::raw_sql(
            "update user_queue_settings set advanced = jsonb_set(advanced, '{batch_processing,batch_size}', '1')",
        )
        .execute(&mut office.owner)
        .await
        .unwrap();
        let fake = Arc::new(Fake::slow(5));
        drain_together(&database, &["desk", "runner"], 8, &fake).await;
        let phones: HashSet<String> = fake.seen().into_iter().map(|(_, phone)| phone).collect();
        assert_eq!(phones.len(), fake.seen().len(), "somebody was messaged twice");
        assert_eq!(phones.len(), 31);
        assert_eq!(sum_holds(&mut office.owner, 60).await, (31, 0, 29));
    });
}

#[test]
fn a_lead_that_was_taken_is_not_dispatched_by_a_racing_desk() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 60).await;
        let leads: Vec<Uuid> =
            sqlx::query_scalar("select lead_id from whatsapp_message_queue order by queue_position desc")
                .fetch_all(&mut office.owner)
                .await
                .unwrap();
        let fake = Arc::new(Fake::slow(2));
        let (desk, sender) = (database.desk("runner").await, fake.clone());
        let running = tokio::spawn(async move { automate(&desk, sender.as_ref(), Until::Drained).await });
        fake.has_seen(5).await;
        let person = database.desk("desk_2").await;
        let mut earlier = Vec::new();
        for lead in leads {
            let receipt = take::take(&person, lead, None, None).await.unwrap();
            assert_eq!(receipt.changed, 1);
            earlier.push((lead, receipt.detail["dispatched_earlier"].as_array().unwrap().len() as i64));
        }
        running.await.unwrap().unwrap();
        for (lead, told) in earlier {
            let dispatched: i64 = sqlx::query_scalar(
                "select count(*) from queue_desk.delivery where lead_id = $1 and dispatched_at is not null",
            )
            .bind(lead)
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
            assert_eq!(dispatched, told, "what the receipt did not tell was dispatched after the take");
        }
        assert!(
            count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'cancelled'")
                .await
                > 0,
            "there was something to take"
        );
        assert_eq!(
            count(
                &mut office.owner,
                "select count(*) from whatsapp_message_queue where queue_status not in ('sent', 'cancelled')"
            )
            .await,
            0
        );
        each_once(&fake);
    });
}
