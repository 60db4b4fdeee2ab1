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
