//! The primary dies and its standby takes over: what comes back by itself, what is told truthfully, and what was lost.

use std::time::{Duration, Instant};

use queue_desk::{
    action::Desk,
    automation::{self, Control, RunOptions, Until},
    error::Code,
    sender::Answer,
    shell::Start,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{form, line};
use crate::support::{
    Folder, Office, run,
    sending::{Fake, Reply, automate, due, sum_holds},
    standby::Pair,
    way::{Cut, Weather},
    window::Window,
};

/// A pair with an office and three leads, each with a message for tomorrow.
struct Served {
    pair: Pair,
    office: Office,
    leads: Vec<Uuid>,
}

impl Served {
    async fn new() -> Self {
        let pair = Pair::start().await;
        let mut office = Office::new(&pair.database()).await;
        let leads = office.leads(3).await;
        for lead in &leads {
            office.queued(*lead, office.noa, chrono::Utc::now() + chrono::Duration::days(1)).await;
        }
        pair.caught_up().await;
        Self { pair, office, leads }
    }

    async fn desk(&self) -> Desk {
        self.pair.database().desk_through("desk", self.pair.address.port).await
    }

    async fn window(&self) -> Window {
        let window = Window::open(self.desk().await, None);
        window.ask("session");
        becomes(&window, "live").await;
        window
    }

    /// Waits until so many leads are somebody's on the first server.
    async fn owned(&mut self, leads: i64) {
        let since = Instant::now();
        while self.office.count("queue_desk.lead_gate where owner is not null").await < leads {
            assert!(since.elapsed() < Duration::from_secs(10), "it is not taken");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The standby takes over; the owner looks at it from now on.
    async fn fails_over(&mut self) {
        self.pair.primary_dies().await;
        self.pair.standby_takes_over().await;
        self.office.owner = self.pair.copy().owner().await;
    }
}

async fn becomes(window: &Window, mode: &str) -> Value {
    let since = Instant::now();
    loop {
        let status = window.ask("feed_status");
        if status["mode"] == mode {
            return status;
        }
        assert!(since.elapsed() < Duration::from_secs(15), "it is not {mode}: {status}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

fn page(window: &Window) -> Value {
    window.call("messages_page", json!({ "filter": {}, "after": null, "limit": 50 }))["rows"].clone()
}

#[test]
fn a_window_comes_back_by_itself_and_an_act_in_doubt_that_reached_the_copy_was_done() {
    run(async {
        let mut it = Served::new().await;
        let window = it.window().await;
        let rows = page(&window);
        assert_eq!(rows.as_array().unwrap().len(), 3);
        it.pair.address.cut(Cut::After, Weather::Dark);
        let taking = window.begin("take_lead", json!({ "leadId": it.leads[0], "expectedOwner": null }));
        it.owned(1).await;
        let rows = page(&Window::open(it.pair.database().desk("desk").await, None));
        it.pair.caught_up().await;
        it.pair.primary_dies().await;
        let status = becomes(&window, "offline").await;
        assert!(status["since"].is_string(), "{status}");
        it.pair.standby_takes_over().await;
        becomes(&window, "live").await;
        assert_eq!(page(&window), rows);
        let receipt = taking.join().unwrap().unwrap();
        assert_eq!(
            (&receipt["changed"], &receipt["detail"]["found_in_ledger"]),
            (&json!(1), &json!(true)),
            "{receipt}"
        );
        it.office.owner = it.pair.copy().owner().await;
        assert_eq!(window.take(it.leads[1])["changed"], 1);
        assert_eq!(it.office.count("queue_desk.lead_gate where owner is not null").await, 2);
        assert_eq!(window.ask("feed_status")["loss"], Value::Null, "nothing is lost");
    });
}

#[test]
fn what_the_copy_never_heard_of_was_not_done_and_what_was_acknowledged_is_told_to_be_lost() {
    run(async {
        let mut it = Served::new().await;
        let window = it.window().await;
        window.take(it.leads[0]);
        it.pair.falls_behind().await;
        let receipt = window.take(it.leads[1]);
        assert_eq!(receipt["changed"], 1, "its receipt was shown");
        it.pair.address.cut(Cut::After, Weather::Dark);
        let taking = window.begin("take_lead", json!({ "leadId": it.leads[2], "expectedOwner": null }));
        it.owned(3).await;
        it.fails_over().await;
        // The one whose answer did not come: the ledger of today's database is right.
        let error = taking.join().unwrap().unwrap_err();
        assert_eq!(error["code"], "connection_lost", "{error}");
        assert!(error["message"].as_str().unwrap().contains("nothing was done"), "{error}");
        // The one that was acknowledged: its receipt, and its other rows if it was looked at in the moment between.
        let loss = told(&window).await;
        assert!((1..=3).contains(&loss["rows"].as_i64().unwrap()), "{loss}");
        assert_eq!((&loss["or_more"], &loss["stopped"], &loss["put_back"]), (&json!(false), &json!(true), &json!(0)));
        assert_eq!(it.office.count("queue_desk.lead_gate where owner is not null").await, 1, "the second is lost");
        assert_eq!(it.office.count("queue_desk.pause where scope = 'all' and reason = 'went_back'").await, 1);
        let stop: Value = it
            .office
            .ask("select detail -> 'detail' from queue_desk.queue_ledger where entity = 'receipt' and action = 'stop'")
            .await;
        assert_eq!((&stop["rows_gone"], &stop["put_back"]), (&loss["rows"], &json!(0)), "{stop}");
        window.refused("receipt_get", json!({ "receiptId": receipt["receipt_id"] }), "not_found");
        assert_eq!(window.ask("message_counts")["pause"]["reason"], "went_back");
        // It is told once: what is there now is what is looked for from here on.
        let cut = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'desk'";
        sqlx::raw_sql(cut).execute(&mut it.pair.admin_of_copy().await).await.unwrap();
        becomes(&window, "live").await;
        assert_eq!(window.take(it.leads[1])["changed"], 1, "and done again where it is still wanted");
        assert_eq!(window.ask("feed_status")["loss"], loss);
        assert_eq!(it.office.count("queue_desk.queue_ledger where entity = 'receipt' and action = 'stop'").await, 1);
    });
}

/// Waits until the window is told that something is gone.
async fn told(window: &Window) -> Value {
    let since = Instant::now();
    loop {
        let loss = window.ask("feed_status")["loss"].clone();
        if !loss.is_null() {
            return loss;
        }
        assert!(since.elapsed() < Duration::from_secs(15), "it is not told");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[test]
fn what_automation_sent_and_the_database_forgot_is_not_sent_again() {
    run(async {
        let mut it = Served::new().await;
        let noa = it.office.noa;
        let folder = Folder::new();
        let desk = it.desk().await;
        desk.database.remember_in(folder.path(), "crm");
        it.pair.falls_behind().await;
        let mut provider = Fake::default();
        provider.replies.insert("+972541000003".to_owned(), Reply::Say(Answer::Unknown));
        let provider: &'static Fake = Box::leak(Box::new(provider));
        let control = Control::default();
        let going = tokio::spawn({
            let (control, desk, options) =
                (control.clone(), desk.clone(), RunOptions { until: Until::Stopped, batch: None });
            async move { automation::run(&desk, provider, &options, &control, &|_| {}).await }
        });
        assert!(control.started().await);
        due(&mut it.office, noa, 4).await;
        provider.has_seen(4).await;
        it.fails_over().await;
        // Whoever comes first on the new connection, the loop or its heart: nothing more goes out, and it ends.
        let ended = going.await.unwrap().unwrap_err();
        let codes = [Code::WentBack, Code::ConnectionLost, Code::CommitInDoubt, Code::NoConnection];
        assert!(codes.contains(&ended.code), "{ended:?}");
        drop(desk);
        // What waited is as it was before: to a machine it looks due.
        assert_eq!(it.office.count("queue_desk.run").await, 0, "the run itself was forgotten");
        due(&mut it.office, noa, 4).await;

        // The next run of this computer, as a service starts it again.
        let desk = it.desk().await;
        desk.database.remember_in(folder.path(), "crm");
        let again = automate(&desk, provider, Until::OneBatch).await.unwrap();
        assert_eq!((again.changed, provider.seen().len()), (0, 4), "everything is stopped");
        let pause: i64 = it.office.count("queue_desk.pause where scope = 'all' and reason = 'went_back'").await;
        assert_eq!(pause, 1);
        // The messages themselves were forgotten too: the proof stands without them.
        let proof = "queue_desk.delivery where reason = 'went_back' and dispatched_at is not null and phone_hash is not null and outcome = ";
        assert_eq!(it.office.count(format!("{proof} 'sent' and provider_message_id is not null")).await, 3);
        assert_eq!(it.office.count(format!("{proof} 'unknown' and settled_at is null")).await, 1);
    });
}

#[test]
fn messages_that_are_queued_again_by_a_failover_stay_what_they_were() {
    run(async {
        let (database, mut office) = Office::open().await;
        let noa = office.noa;
        due(&mut office, noa, 3).await;
        let desk = database.desk("desk").await;
        let folder = Folder::new();
        desk.database.remember_in(folder.path(), "crm");
        let mut provider = Fake::default();
        provider.replies.insert("+972541000003".to_owned(), Reply::Say(Answer::Unknown));
        assert_eq!(automate(&desk, &provider, Until::OneBatch).await.unwrap().asked, 3);
        assert_eq!(provider.seen().len(), 3);
        drop(desk);
        // As a copy that never heard of it would have them: one as it was, one claimed, one claimed anew by a colleague.
        let mut superuser = database.session("supabase_admin").await;
        let again = database.desk("desk").await;
        again.database.remember_in(folder.path(), "crm");
        let all: Vec<Uuid> =
            office.ask("select array_agg(id order by recipient_phone) from whatsapp_message_queue").await;
        let earlier = format!("set session_replication_role = replica; delete from queue_desk.delivery where message_id <> '{}'; update queue_desk.delivery set dispatched_at = null, finished_at = null, outcome = null where message_id = '{}';
            update whatsapp_message_queue set queue_status = case when id = '{}' then 'sending' else 'queued' end, error_code = null, sent_at = null, whatsapp_message_id = null", all[0], all[0], all[0]);
        sqlx::raw_sql(sqlx::AssertSqlSafe(earlier)).execute(&mut superuser).await.unwrap();
        let receipt = automate(&again, &provider, Until::OneBatch).await.unwrap();
        assert_eq!((receipt.changed, provider.seen().len()), (0, 3), "nobody is messaged twice");
        let loss = again.database.loss().unwrap();
        assert_eq!((loss.put_back, loss.stopped), (3, true), "{loss:?}");
        let sent = "whatsapp_message_queue where queue_status = 'sent' and whatsapp_message_id is not null and sent_at is not null";
        assert_eq!(office.count(sent).await, 2);
        assert_eq!(
            office
                .count("whatsapp_message_queue where queue_status = 'failed' and error_code = 'outcome_unknown'")
                .await,
            1
        );
        // Somebody resumes: what went out stays where it is.
        office.does("delete from queue_desk.pause").await;
        automate(&again, &provider, Until::Drained).await.unwrap();
        assert_eq!((provider.seen().len(), sum_holds(&mut office.owner, 3).await), (3, (2, 1, 0)));
    });
}

#[test]
fn a_read_replica_is_said_to_be_one_and_can_be_looked_at_and_exported() {
    run(async {
        let mut it = Served::new().await;
        let folder = Folder::new();
        let form = form(&it.pair.copy(), "desk");
        let asking = Window::started(Start::Ask, folder.path());
        let probe = asking.call("profile_test", json!({ "profile": form, "password": null }));
        let (state, words) = line(&probe, "role");
        assert_eq!(state, "warn");
        assert!(words.contains("read replica") && words.contains("connect to the primary"), "{words}");
        assert_eq!((&probe["database"], &probe["offers"]), (&json!("ready"), &json!(["read_only"])));
        let opened = asking.call(
            "connect_open",
            json!({ "to": { "kind": "server", "profile": form }, "password": null, "readOnly": false }),
        );
        assert_eq!((&opened["read_only"], &opened["read_only_reason"]), (&json!(true), &json!("standby")));
        assert_eq!(page(&asking).as_array().unwrap().len(), 3);
        asking.ask("session");
        let since = Instant::now();
        while asking.ask("feed_status")["because"] != "standby" {
            assert!(since.elapsed() < Duration::from_secs(8), "{}", asking.ask("feed_status"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let refused = asking.refused("take_lead", json!({ "leadId": it.leads[0], "expectedOwner": null }), "read_only");
        assert!(refused["hint"].as_str().unwrap().contains("connect to the primary"), "{refused}");
        asking.ask("schema_check");
        let out = folder.path().join("queue.csv");
        let exporting = Window::open(it.pair.copy().desk("desk").await, Some(out.clone()));
        let receipt = exporting.export("machine");
        assert_eq!(
            (&receipt["changed"], std::fs::read_to_string(out).unwrap().lines().count()),
            (&json!(3), 4),
            "{receipt}"
        );
        // What happens on the primary shows.
        let other = Window::open(it.pair.database().desk("desk").await, None);
        other.take(it.leads[0]);
        it.pair.caught_up().await;
        let since = Instant::now();
        while asking.heard("desk://changed").is_empty() {
            assert!(since.elapsed() < Duration::from_secs(8), "it is heard by looking");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // It becomes the primary while the window is open.
        it.fails_over().await;
        let since = Instant::now();
        while asking.ask("session")["read_only"] == true {
            assert!(since.elapsed() < Duration::from_secs(8), "it may act now");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(asking.take(it.leads[1])["changed"], 1);
        // And it is demoted while the window is open.
        let mut admin = it.pair.admin_of_copy().await;
        for sql in ["alter system set default_transaction_read_only = on", "select pg_reload_conf()"] {
            sqlx::raw_sql(sql).execute(&mut admin).await.unwrap();
        }
        let since = Instant::now();
        while asking.ask("session")["read_only_reason"] != "server" {
            assert!(since.elapsed() < Duration::from_secs(8), "{}", asking.ask("session"));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        asking.refused("take_lead", json!({ "leadId": it.leads[2], "expectedOwner": null }), "read_only");
        assert_eq!(page(&asking).as_array().unwrap().len(), 3);
    });
}
