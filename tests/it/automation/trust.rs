//! What a desk login may not do with the functions it may call, and what the CRM's own buttons cannot make the machine repeat.

use queue_desk::{
    action::{prepare, take},
    db::run::{self as db, Outcome},
    error::Code,
};
use serde_json::json;

use crate::support::{
    Office, TestDatabase, run,
    sending::{Hand, deliveries, one_due, set_clock, status, sum_holds},
};

#[test]
fn another_login_moves_no_delivery_and_ends_no_run_even_when_it_knows_the_worker() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let mine = Hand::of(&database, "desk").await;
        let claimed = mine.claim().await[0];
        let thief = Hand { desk: database.desk("desk_2").await, worker: mine.worker, run: mine.run };

        assert_eq!(thief.dispatch(claimed).await.reason.as_deref(), Some("not_ours"));
        assert!(mine.dispatch(claimed).await.go);
        for outcome in [Outcome::NotSent, Outcome::Sent] {
            assert_eq!(thief.settle(claimed, outcome).await.settled, 0);
        }
        assert!(thief.beat().await.stop, "a heartbeat for somebody else's run is none");
        let mut conn = thief.desk.database.writer().await.unwrap();
        assert_eq!(db::finish(&mut conn, mine.run, mine.worker).await.unwrap_err().code, Code::NotFound);
        assert_eq!(db::rescue(&mut conn, mine.worker).await.unwrap_err().code, Code::NoPermission);
        let claim = db::claim(&mut conn, mine.worker, mine.run, None, 10, "fake").await;
        assert_eq!(claim.unwrap_err().code, Code::NoPermission);
        assert_eq!(status(&mut office.owner, id).await, "sending");
        assert_eq!(mine.settle(claimed, Outcome::Sent).await.settled, 1);

        let mut session = database.session("desk_2").await;
        for secret in ["select worker_id from queue_desk.run", "select worker_id from queue_desk.delivery"] {
            assert!(sqlx::query(secret).fetch_all(&mut session).await.is_err(), "{secret}");
        }
    });
}

#[test]
fn what_was_never_dispatched_cannot_be_settled_as_sent() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let hand = Hand::of(&database, "desk").await;
        let claimed = hand.claim().await[0];
        assert_eq!(hand.settle(claimed, Outcome::Sent).await.settled, 0);
        assert_eq!(status(&mut office.owner, id).await, "sending");
        assert_eq!(hand.settle(claimed, Outcome::NotSent).await.settled, 1);
        assert_eq!(status(&mut office.owner, id).await, "queued");
    });
}

#[test]
fn a_message_that_the_crm_puts_back_to_queued_is_never_sent_again() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let hand = Hand::of(&database, "desk").await;
        let reset = "update public.whatsapp_message_queue set queue_status = 'queued'";

        // While it is on the wire: nobody claims it, nobody's claim breaks, the answer is written.
        let claimed = hand.claim().await[0];
        assert!(hand.dispatch(claimed).await.go);
        sqlx::query(reset).execute(&mut office.owner).await.unwrap();
        assert_eq!(Hand::of(&database, "runner").await.claim().await.len(), 0);
        assert_eq!(hand.settle(claimed, Outcome::Sent).await.conflicts, 0);
        assert_eq!(status(&mut office.owner, id).await, "sent");

        // After it was sent: the delivery is the authority, not the row.
        sqlx::query(reset).execute(&mut office.owner).await.unwrap();
        assert_eq!(hand.claim().await.len(), 0);
        let why: String = sqlx::query_scalar("select reason from queue_desk.gates(array[$1]::uuid[])")
            .bind(id)
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(why, "already_sent");
        assert_eq!(deliveries(&mut office.owner, id).await.len(), 1);
        let _ = sqlx::query("update public.whatsapp_message_queue set queue_status = 'sent'")
            .execute(&mut office.owner)
            .await;
        assert_eq!(sum_holds(&mut office.owner, 1).await, (1, 0, 0));
    });
}

#[test]
fn a_message_that_changed_its_recipient_after_the_claim_goes_back() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let hand = Hand::of(&database, "desk").await;
        let claimed = hand.claim().await[0];
        let change = "update public.whatsapp_message_queue set recipient_phone = '+972549999999'";
        sqlx::query(change).execute(&mut office.owner).await.unwrap();
        assert_eq!(hand.dispatch(claimed).await.reason.as_deref(), Some("changed"));
        assert_eq!(status(&mut office.owner, id).await, "queued");
        assert!(hand.dispatch(hand.claim().await[0]).await.go, "under its new recipient it may go");
    });
}

#[test]
fn nothing_is_sent_from_a_live_database_that_nobody_took_live() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        sqlx::query("update queue_desk.instance set kind = 'live'").execute(&mut office.owner).await.unwrap();
        let desk = database.desk("desk").await;
        for sender in ["dry-run", "fake", "whatsapp", "whatever"] {
            let started =
                db::start(&mut desk.database.writer().await.unwrap(), uuid::Uuid::new_v4(), None, sender, 2).await;
            assert_eq!(started.unwrap_err().code, Code::SenderRefused, "{sender}");
        }
    });
}

#[test]
fn a_worker_that_was_silent_has_its_run_again() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let hand = Hand::of(&database, "desk").await;
        office.pass(3600).await;
        Hand::of(&database, "runner").await.rescue().await;
        let (_, id) = one_due(&mut office, user).await;
        assert!(!hand.beat().await.stop, "nobody asked it to stop");
        let claimed = hand.claim().await;
        assert_eq!(claimed.len(), 1, "a run that was thought dead claims again");
        assert!(hand.dispatch(claimed[0]).await.go);
        assert_eq!(status(&mut office.owner, id).await, "sending");
    });
}

#[test]
fn a_public_policy_of_the_crm_and_an_invented_claim_show_a_desk_nothing() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let theirs = office.lead(Some(office.other_client), "Theirs", Some("+972541112299")).await;
        let trusting = "create policy everybody on public.leads for select using (auth.uid() is not null)";
        sqlx::raw_sql(trusting).execute(&mut office.owner).await.unwrap();
        let mut desk = database.session("desk_2").await;
        let claim = json!({ "sub": office.dana }).to_string();
        sqlx::query("select set_config('request.jwt.claims', $1, false)").bind(claim).execute(&mut desk).await.unwrap();
        let seen: i64 = sqlx::query_scalar("select count(*) from public.leads").fetch_one(&mut desk).await.unwrap();
        assert_eq!(seen, 0);

        // Nor does Prepare tell who it is.
        let plan = prepare::preview(&database.desk("desk_2").await, None, Some(&[theirs])).await.unwrap();
        assert_eq!((plan.left_out[0].reason.as_str(), plan.left_out[0].name.as_str()), ("no_access", ""));
    });
}

#[test]
fn a_plan_that_no_preview_showed_is_not_queued() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(4).await;
        let desk = database.desk("desk_2").await;
        let plan = prepare::preview(&desk, None, None).await.unwrap();
        let mut forged = plan.clone();
        forged.items[0].phone = "+15551234567".into();
        forged.items[1].slot += chrono::Duration::days(2);
        forged.items[3].phone = forged.items[2].phone.clone();
        let refused = prepare::apply(&desk, &forged, false).await.unwrap_err();
        assert_eq!(refused.code, Code::PlanStale);
        let receipt = prepare::apply(&desk, &forged, true).await.unwrap();
        assert_eq!(
            (receipt.changed, receipt.skipped[0].reason.as_str(), receipt.skipped[0].count),
            (1, "plan_changed", 3)
        );
    });
}

#[test]
fn settings_of_another_shape_stop_neither_a_take_nor_a_settle() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (lead, id) = one_due(&mut office, user).await;
        let odd = r#"update queue_desk.instance set settings = '{"stages": {"contacted": "contacted", "human": 7}}'"#;
        sqlx::query(odd).execute(&mut office.owner).await.unwrap();
        let hand = Hand::of(&database, "desk").await;
        let claimed = hand.claim().await[0];
        assert!(hand.dispatch(claimed).await.go);
        assert_eq!(hand.settle(claimed, Outcome::Sent).await.settled, 1);
        assert_eq!(status(&mut office.owner, id).await, "sent");
        assert_eq!(take::take(&database.desk("desk_2").await, lead, None, None).await.unwrap().changed, 1);
    });
}

#[test]
fn quiet_hours_that_end_before_they_start_take_the_safe_default() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let turned = r#"update user_queue_settings set advanced = advanced || '{"quiet_hours": {"start": "22:00", "end": "07:00"}}'"#;
        sqlx::query(turned).execute(&mut office.owner).await.unwrap();
        set_clock(&mut office, "2026-12-01T21:30:00Z").await;
        one_due(&mut office, user).await;
        let hand = Hand::of(&database, "desk").await;
        assert_eq!(hand.claim().await.len(), 0, "23:30 in Israel is night, whatever was typed");
    });
}

#[test]
fn a_proof_of_a_colleagues_message_is_not_believed() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let (noa, amir) = (office.noa, office.amir);
        let (lead, id) = one_due(&mut office, noa).await;
        let proof = json!([{ "message_id": id, "attempt": 1, "lead_id": lead, "user_id": amir, "sender": "fake", "outcome": "sent",
            "claimed_at": "2026-01-01T00:00:00Z", "dispatched_at": "2026-01-01T00:00:00Z" }]);
        let mut session = database.session("desk_2").await;
        let receipt: serde_json::Value = sqlx::query_scalar("select queue_desk.stop_after_loss(1, $1)")
            .bind(&proof)
            .fetch_one(&mut session)
            .await
            .unwrap();
        assert_eq!(receipt["detail"]["put_back"], 0);
        assert_eq!(status(&mut office.owner, id).await, "queued");
        assert_eq!(deliveries(&mut office.owner, id).await.len(), 0);
    });
}
