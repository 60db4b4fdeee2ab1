//! Pauses: who may pause what, until when, and what is told about it.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::support::{
    Office,
    around::Hand,
    contract::{everything, skipped, written},
    run,
    window::Window,
};

fn pause(window: &Window, scope: &str, subject: Value, until: Option<DateTime<Utc>>) -> Value {
    window.call("pause", json!({ "scope": scope, "subject": subject, "until": until, "reason": null }))
}

#[test]
fn a_pause_holds_its_own_and_ends_by_itself() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(2).await;
        let mut messages = Vec::new();
        for lead in &leads {
            messages.push(office.queued(*lead, office.amir, Utc::now()).await);
        }
        // The message names no client; its lead does.
        office.does("update whatsapp_message_queue set client_id = null").await;
        let window = Window::open(database.desk("desk_2").await, None);
        let hand = Hand::start(database.desk("desk").await).await;
        let until = Utc::now() + Duration::hours(2);
        for (scope, subject, left) in [
            ("client", json!(office.client), 0),
            ("operator", json!(office.amir), 0),
            ("lead", json!(leads[0]), 1),
            ("all", json!(null), 0),
        ] {
            let receipt = pause(&window, scope, subject.clone(), Some(until));
            assert_eq!(receipt["changed"], 1, "{scope}: {receipt}");
            let counts = window.ask("message_counts");
            let next: DateTime<Utc> = serde_json::from_value(counts["held"][0]["next_at"].clone()).unwrap();
            assert_eq!(
                (&counts["held"][0]["reason"], (next - until).num_milliseconds()),
                (&json!("paused"), 0),
                "{scope}: {counts}"
            );
            assert_eq!(counts["due"], left, "{scope}: {counts}");
            if left == 0 {
                assert_eq!(hand.claim(10).await.len(), 0, "{scope}");
            }
            let listed = window.ask("pauses");
            assert_eq!(
                (&listed[0]["scope"], &listed[0]["subject"], &listed[0]["by_name"]),
                (&json!(scope), &subject, &json!("Amir Haddad")),
                "{listed}"
            );
            assert_eq!(listed[0]["subject_name"].is_string(), scope != "all", "{listed}");
            let lifted = window.call("resume", json!({ "scope": scope, "subject": subject }));
            assert_eq!(lifted["changed"], 1, "{scope}: {lifted}");
            assert_eq!(window.ask("pauses"), json!([]));
        }
        pause(&window, "all", json!(null), Some(until));
        office.pass(2 * 3600 + 60).await;
        assert_eq!(skipped(&window.ask("resume"), "not_paused"), 1, "it has run out");
        assert_eq!(window.ask("pauses"), json!([]));
        assert_eq!(hand.claim(10).await.len(), 2, "and the run goes on");
    });
}

#[test]
fn a_pause_is_made_longer_and_never_shorter() {
    run(async {
        let (database, mut office) = Office::open().await;
        let window = Window::open(database.desk("desk_2").await, None);
        let now = Utc::now();
        let first = pause(&window, "all", json!(null), Some(now + Duration::hours(2)));
        assert_eq!(first["changed"], 1);
        assert_eq!(skipped(&pause(&window, "all", json!(null), Some(now + Duration::hours(1))), "already_paused"), 1);
        let longer = pause(&window, "all", json!(null), Some(now + Duration::hours(3)));
        assert_eq!(longer["changed"], 1);
        assert_eq!(skipped(&window.undo(&first), "not_paused"), 1, "the first one is not there any more");
        assert_eq!(window.undo(&longer)["changed"], 1);
        let until: DateTime<Utc> = office.ask("select until from queue_desk.pause").await;
        assert!((until - now - Duration::hours(2)).num_seconds() == 0, "the shorter one is back: {until}");
        window.ask("stop_everything");
        assert_eq!(
            skipped(&pause(&window, "all", json!(null), Some(now + Duration::hours(9))), "already_paused"),
            1,
            "a stop is only lifted by a person"
        );
    });
}

#[test]
fn what_is_no_pause_is_refused_and_colleagues_are_an_admins() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.other_client), "Hers", Some("+972541112233")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let before = everything(&mut office.owner).await;
        let ask = |scope: &str, subject: Value, until: Value| json!({ "scope": scope, "subject": subject, "until": until, "reason": null });
        let past = json!(Utc::now() - Duration::minutes(1));
        for (arguments, code) in [
            (ask("everything", json!(null), json!(null)), "bad_input"),
            (ask("all", json!("x"), json!(null)), "bad_input"),
            (ask("lead", json!(null), json!(null)), "bad_input"),
            (ask("template", json!(" "), json!(null)), "bad_input"),
            (ask("all", json!(null), past), "bad_input"),
            (ask("lead", json!("not-an-id"), json!(null)), "not_found"),
            (ask("operator", json!(uuid::Uuid::new_v4()), json!(null)), "not_found"),
        ] {
            window.refused("pause", arguments, code);
        }
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
        for (scope, subject) in
            [("operator", json!(office.noa)), ("client", json!(office.other_client)), ("lead", json!(lead))]
        {
            let receipt = pause(&window, scope, subject.clone(), None);
            assert_eq!(receipt["skipped"], json!([{ "reason": "no_access", "count": 1 }]), "{scope}");
            assert_eq!(
                pause(&Window::open(database.desk("desk").await, None), scope, subject.clone(), None)["changed"],
                1,
                "{scope}"
            );
            let lifted = window.call("resume", json!({ "scope": scope, "subject": subject }));
            assert_eq!(lifted["changed"], 0, "{scope}: {lifted}");
        }
        assert_eq!(office.count("queue_desk.pause").await, 3);
    });
}

#[test]
fn an_operator_does_not_lift_the_pause_that_an_admin_put_on_them() {
    run(async {
        let (database, mut office) = Office::open().await;
        let amir = Window::open(database.desk("desk_2").await, None);
        let noa = Window::open(database.desk("desk").await, None);
        let subject = json!(office.amir);
        assert_eq!(pause(&noa, "operator", subject.clone(), Some(Utc::now() + Duration::hours(1)))["changed"], 1);
        // Made longer it would be one's own.
        let longer = pause(&amir, "operator", subject.clone(), Some(Utc::now() + Duration::hours(2)));
        assert_eq!(skipped(&longer, "already_paused"), 1, "{longer}");
        let lifted = amir.call("resume", json!({ "scope": "operator", "subject": subject }));
        assert_eq!(skipped(&lifted, "paused_by_another"), 1, "{lifted}");
        assert_eq!(office.count("queue_desk.pause").await, 1);
        assert_eq!(noa.call("resume", json!({ "scope": "operator", "subject": subject }))["changed"], 1);
        assert_eq!(pause(&amir, "operator", subject.clone(), None)["changed"], 1);
        assert_eq!(amir.call("resume", json!({ "scope": "operator", "subject": subject }))["changed"], 1, "one's own");
    });
}
