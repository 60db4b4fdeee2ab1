//! Stop everything, and resume.

use serde_json::json;

use crate::support::{Office, around::Hand, contract::skipped, run, window::Window};

#[test]
fn after_a_stop_nothing_is_claimed_or_dispatched_on_any_desk_until_somebody_resumes() {
    run(async {
        let (database, mut office) = Office::open().await;
        for lead in office.leads(4).await {
            office.queued(lead, office.amir, chrono::Utc::now()).await;
        }
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(2).await;
        assert!(hand.dispatch(claimed[0]).await.go);
        let window = Window::open(database.desk("desk_3").await, None);
        let receipt = window.ask("stop_everything");
        assert_eq!((&receipt["changed"], &receipt["detail"]["on_the_wire"]), (&json!(1), &json!(1)));
        let refused = hand.dispatch(claimed[1]).await;
        assert_eq!((refused.go, refused.reason.as_deref()), (false, Some("paused")));
        assert_eq!(office.status_of(claimed[1].message_id).await, "queued");
        assert_eq!(hand.claim(10).await.len(), 0);
        hand.sent(claimed[0]).await;
        assert_eq!(office.status_of(claimed[0].message_id).await, "sent", "what is on the wire finishes");
        let late = Hand::start(database.desk("runner").await).await;
        assert_eq!(late.claim(10).await.len(), 0, "also for a run that starts later");

        window.ask("resume");
        assert_eq!(hand.claim(10).await.len(), 0, "the stopped run does not go on by itself");
        let fresh = Hand::start(database.desk("desk").await).await;
        assert_eq!(fresh.claim(10).await.len(), 3);
        assert_eq!(office.count("queue_desk.delivery where dispatched_at is not null").await, 1);
    });
}

#[test]
fn every_desk_is_told_who_stopped_everything_and_why() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (mine, theirs) =
            (Window::open(database.desk("desk_3").await, None), Window::open(database.desk("desk_2").await, None));
        assert_eq!(mine.ask("message_counts")["pause"], json!(null));
        queue_desk::action::stop::stop_everything(&database.desk("desk_3").await, Some("Prices change")).await.unwrap();
        let said = |counts: serde_json::Value| {
            let pause = &counts["pause"];
            (counts["paused"].clone(), pause["by_name"].clone(), pause["by_me"].clone(), pause["reason"].clone())
        };
        let expected = |by_me: bool| (json!(true), json!("Dana Levi"), json!(by_me), json!("Prices change"));
        assert_eq!(said(mine.ask("message_counts")), expected(true));
        assert_eq!(said(theirs.ask("message_counts")), expected(false));
        office.does("update queue_desk.pause set by = gen_random_uuid()").await;
        assert_eq!(theirs.ask("message_counts")["pause"]["by_name"], json!(null), "nobody we know");
        office.does("update queue_desk.pause set until = queue_desk.now() - interval '1 minute'").await;
        assert_eq!(mine.ask("message_counts")["pause"], json!(null), "a pause that ran out is none");
    });
}

#[test]
fn a_stop_holds_although_an_earlier_pause_has_run_out() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.queued(lead, office.amir, chrono::Utc::now()).await;
        office
            .does("insert into queue_desk.pause (scope, until) values ('all', queue_desk.now() - interval '1 hour')")
            .await;
        let window = Window::open(database.desk("desk_2").await, None);
        let receipt = window.ask("stop_everything");
        assert_eq!(receipt["changed"], 1, "{receipt}");
        let hand = Hand::start(database.desk("desk").await).await;
        assert_eq!(hand.claim(10).await.len(), 0);
        assert_eq!(skipped(&window.ask("stop_everything"), "already_paused"), 1);
    });
}
