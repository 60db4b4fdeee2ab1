//! The way of a message that goes, and who may send whose.

use queue_desk::{automation::Until, error::Code, sender::Answer, sender::dry_run::DryRun};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase,
    database::value,
    run,
    sending::{Fake, Reply, automate, count, counted, deliveries, due, message, one_due, status, sum_holds},
};

#[test]
fn a_due_message_is_sent_once_and_leaves_every_trace() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (lead, id) = one_due(&mut office, user).await;
        let (fake, desk) = (Fake::default(), database.desk("desk").await);
        let receipt = automate(&desk, &fake, Until::Drained).await.unwrap();

        assert_eq!(fake.seen(), [(id, "+972541112233".to_owned())]);
        let row = message(&mut office.owner, id).await;
        assert_eq!((row.status.as_deref(), row.attempts, row.error_code), (Some("sent"), 1, None));
        assert_eq!(row.provider_id, Some(format!("fake:{id}")));
        assert!(row.sent_at.is_some());
        let tries = deliveries(&mut office.owner, id).await;
        assert_eq!(tries.len(), 1);
        assert_eq!((tries[0].attempt, tries[0].outcome.as_deref(), tries[0].dispatched), (1, Some("sent"), true));
        assert_eq!(
            value::<String>(&mut office.owner, "select provider_message_id from queue_desk.delivery").await,
            format!("fake:{id}")
        );
        assert_eq!(counted(&mut office.owner, user).await, (1, 1));
        let ledger: Vec<(String, String, String)> = sqlx::query_as(
            "select from_state, to_state, actor_kind from queue_desk.queue_ledger where entity = 'message' and entity_id = $1::text and from_state is not null order by id")
            .bind(id).fetch_all(&mut office.owner).await.unwrap();
        let automation = |from: &str, to: &str| (from.to_owned(), to.to_owned(), "automation".to_owned());
        assert_eq!(ledger, [automation("queued", "sending"), automation("sending", "sent")]);
        let stage: (Uuid, String, String, String) =
            sqlx::query_as("select lead_id, stage, old_word, new_word from queue_desk.stage_outbox")
                .fetch_one(&mut office.owner)
                .await
                .unwrap();
        assert_eq!(stage, (lead, "contacted".into(), "new".into(), "contacted".into()));

        assert_eq!((receipt.asked, receipt.changed, receipt.failed.len()), (1, 1, 0));
        assert_eq!(receipt.detail["totals"]["sent"], 1);
        assert_eq!(count(&mut office.owner, "select count(*) from queue_desk.run r join queue_desk.queue_ledger l on l.entity = 'receipt' and l.receipt_id = r.receipt_id
            where r.finished_at is not null and (l.detail ->> 'changed')::integer = 1").await, 1, "the receipt is a row of the ledger");

        automate(&desk, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen().len(), 1, "a second run sends nothing twice");
    });
}

#[test]
fn a_word_that_the_database_forbids_or_must_not_lose_is_not_asked_for() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        sqlx::raw_sql("update leads set status = 'hot'").execute(&mut office.owner).await.unwrap();
        automate(&database.desk("desk").await, &Fake::default(), Until::Drained).await.unwrap();
        assert_eq!(status(&mut office.owner, id).await, "sent");
        assert_eq!(
            count(&mut office.owner, "select count(*) from queue_desk.stage_outbox").await,
            0,
            "`hot` is not overwritten"
        );
        assert_eq!(value::<String>(&mut office.owner, "select status from leads").await, "hot");
    });
}

#[test]
fn the_order_is_priority_then_slot_then_position() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 6).await;
        sqlx::raw_sql(
            "update whatsapp_message_queue set priority = case when queue_position in (2, 5) then 9 else 5 end,
                         scheduled_for = first.slot - case when queue_position = 4 then interval '1 hour' else '0' end,
                         queue_position = case when queue_position = 6 then 0 else queue_position end
                       from (select min(scheduled_for) as slot from whatsapp_message_queue) first",
        )
        .execute(&mut office.owner)
        .await
        .unwrap();
        let fake = Fake::default();
        automate(&database.desk("desk").await, &fake, Until::Drained).await.unwrap();
        let phones: Vec<String> = fake.seen().into_iter().map(|(_, phone)| phone).collect();
        // The oldest lead has the first position and the last number.
        let expected: Vec<String> =
            [2, 5, 4, 6, 1, 3].iter().map(|position| format!("+97254100000{}", 7 - position)).collect();
        assert_eq!(phones, expected);
    });
}

#[test]
fn one_batch_is_one_batch() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 60).await;
        let fake = Fake::default();
        let receipt = automate(&database.desk("desk").await, &fake, Until::OneBatch).await.unwrap();
        assert_eq!((receipt.changed, fake.seen().len()), (50, 50), "the operator's batch size");
        assert_eq!(sum_holds(&mut office.owner, 60).await, (50, 0, 10));
    });
}

#[test]
fn a_runner_sends_for_everybody_and_a_desk_for_its_operator() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let (noa, amir) = (office.noa, office.amir);
        due(&mut office, noa, 3).await;
        due(&mut office, amir, 3).await;
        sqlx::raw_sql("update whatsapp_message_queue set recipient_phone = '+97254200000' || queue_position")
            .execute(&mut office.owner)
            .await
            .unwrap();
        sqlx::raw_sql("update whatsapp_message_queue m set recipient_phone = '+97254300000' || queue_position from queue_desk.login l where l.db_role = 'desk' and l.user_id = m.user_id").execute(&mut office.owner).await.unwrap();

        let fake = Fake::default();
        automate(&database.desk("desk_2").await, &fake, Until::Drained).await.unwrap();
        assert_eq!(count(&mut office.owner, "select count(*) from whatsapp_message_queue m join queue_desk.login l on l.user_id = m.user_id and l.db_role = 'desk_2' where queue_status = 'sent'").await, 3);
        assert_eq!(sum_holds(&mut office.owner, 6).await, (3, 0, 3), "Noa's messages wait for her or a runner");

        automate(&database.desk("runner").await, &fake, Until::Drained).await.unwrap();
        assert_eq!(sum_holds(&mut office.owner, 6).await, (6, 0, 0), "a runner without an operator sends everyone's");
        assert_eq!(fake.seen().len(), 6);
    });
}

#[test]
fn who_is_nobody_sends_nothing() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 2).await;
        for (login, code) in
            [("unmapped", Code::NoOperator), ("read_only", Code::ReadOnly), ("stranger", Code::NoPermission)]
        {
            let fake = Fake::default();
            let error = automate(&database.desk(login).await, &fake, Until::Drained).await.unwrap_err();
            assert_eq!(error.code, code, "{login}: {error}");
            assert_eq!(fake.seen(), [], "{login}");
        }
        assert_eq!(sum_holds(&mut office.owner, 2).await, (0, 0, 2));
        assert_eq!(count(&mut office.owner, "select count(*) from queue_desk.run").await, 0);
    });
}

#[test]
fn a_live_database_refuses_the_dry_run_and_a_sample_every_real_sender() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let desk = database.desk("desk").await;
        for name in ["whatsapp", "webhook", "anything"] {
            let fake = Fake::named(name);
            assert_eq!(automate(&desk, &fake, Until::Drained).await.unwrap_err().code, Code::SenderRefused, "{name}");
            assert_eq!(fake.seen(), [], "{name}");
        }
        sqlx::raw_sql("update queue_desk.instance set kind = 'live', clock_offset = '0'")
            .execute(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(automate(&desk, &DryRun, Until::Drained).await.unwrap_err().code, Code::SenderRefused);
        assert_eq!(status(&mut office.owner, id).await, "queued");
        assert_eq!(count(&mut office.owner, "select count(*) from queue_desk.run").await, 0, "no run began");
        assert_eq!(count(&mut office.owner, "select count(*) from queue_desk.delivery").await, 0);
    });
}

#[test]
fn a_database_that_became_live_between_claim_and_dispatch_sends_no_dry_run() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let hand = crate::support::sending::Hand::of(&database, "desk").await;
        let claimed = hand.claim().await;
        sqlx::raw_sql("update queue_desk.delivery set sender = 'whatsapp'").execute(&mut office.owner).await.unwrap();
        let refused =
            queue_desk::db::run::dispatch(&mut hand.desk.database.writer().await.unwrap(), claimed[0], hand.worker)
                .await;
        assert_eq!(refused.unwrap_err().code, Code::SenderRefused, "dispatch asks again");
        assert!(!deliveries(&mut office.owner, id).await[0].dispatched);
    });
}

#[test]
fn the_dry_run_is_marked_as_simulated() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let receipt = automate(&database.desk("desk").await, &DryRun, Until::Drained).await.unwrap();
        assert_eq!(receipt.detail["simulated"], true);
        assert_eq!(status(&mut office.owner, id).await, "sent");
        assert!(value::<bool>(&mut office.owner, "select simulated from queue_desk.delivery").await);
    });
}

#[test]
fn a_refusal_is_failed_with_the_providers_code_and_not_sent_waits_again() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let desk = database.desk("desk").await;
        let not_sent = Fake::saying(Reply::Say(Answer::NotSent));
        automate(&desk, &not_sent, Until::OneBatch).await.unwrap();
        let row = message(&mut office.owner, id).await;
        assert_eq!(
            (row.status.as_deref(), row.attempts, row.sent_at),
            (Some("queued"), 0, None),
            "it certainly did not leave"
        );
        assert_eq!(deliveries(&mut office.owner, id).await[0].outcome.as_deref(), Some("not_sent"));

        let refusing = Fake::saying(Reply::Say(Answer::Refused { code: "131026".into() }));
        // Not at once: the sender that could not begin is not asked without end.
        office.pass(16).await;
        let receipt = automate(&desk, &refusing, Until::Drained).await.unwrap();
        let row = message(&mut office.owner, id).await;
        assert_eq!(
            (row.status.as_deref(), row.attempts, row.error_code.as_deref(), row.sent_at),
            (Some("failed"), 1, Some("131026"), None)
        );
        let tries = deliveries(&mut office.owner, id).await;
        assert_eq!(
            (tries[1].attempt, tries[1].outcome.as_deref(), tries[1].error_code.as_deref()),
            (2, Some("failed"), Some("131026"))
        );
        assert_eq!((receipt.failed[0].id.clone(), receipt.failed[0].reason.as_str()), (id.to_string(), "131026"));
        assert_eq!(
            count(&mut office.owner, "select count(*) from queue_desk.stage_outbox").await,
            0,
            "nobody was contacted"
        );

        automate(&desk, &refusing, Until::Drained).await.unwrap();
        assert_eq!(refusing.seen().len(), 1, "a refusal is not tried again by itself");
    });
}
