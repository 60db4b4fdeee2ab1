//! The primary dies and its standby takes over: what comes back by itself, what is told truthfully, and what was lost.

use std::time::{Duration, Instant};

use queue_desk::action::Desk;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office, run,
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
fn a_window_comes_back_by_itself_when_the_standby_has_taken_over() {
    run(async {
        let mut it = Served::new().await;
        let window = it.window().await;
        let rows = page(&window);
        assert_eq!(rows.as_array().unwrap().len(), 3);
        it.pair.primary_dies().await;
        let status = becomes(&window, "offline").await;
        assert!(status["since"].is_string(), "{status}");
        it.pair.standby_takes_over().await;
        becomes(&window, "live").await;
        assert_eq!(page(&window), rows);
        it.office.owner = it.pair.copy().owner().await;
        assert_eq!(window.take(it.leads[0])["changed"], 1);
        assert_eq!(it.office.count("queue_desk.lead_gate where owner is not null").await, 1);
    });
}

#[test]
fn an_act_in_doubt_is_settled_by_what_reached_the_standby() {
    run(async {
        let mut it = Served::new().await;
        let window = it.window().await;
        window.take(it.leads[0]);
        it.pair.address.cut(Cut::After, Weather::Dark);
        let taking = window.begin("take_lead", json!({ "leadId": it.leads[1], "expectedOwner": null }));
        while it.office.count("queue_desk.lead_gate where owner is not null").await < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        it.pair.caught_up().await;
        it.fails_over().await;
        let receipt = taking.join().unwrap().unwrap();
        assert_eq!((&receipt["changed"], &receipt["detail"]["found_in_ledger"]), (&json!(1), &json!(true)), "{receipt}");
        assert_eq!(it.office.count("queue_desk.lead_gate where owner is not null").await, 2);
    });
}

#[test]
fn an_act_in_doubt_that_the_standby_never_heard_of_was_not_done() {
    run(async {
        let mut it = Served::new().await;
        let window = it.window().await;
        window.take(it.leads[0]);
        it.pair.falls_behind().await;
        it.pair.address.cut(Cut::After, Weather::Dark);
        let taking = window.begin("take_lead", json!({ "leadId": it.leads[1], "expectedOwner": null }));
        while it.office.count("queue_desk.lead_gate where owner is not null").await < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        it.fails_over().await;
        let error = taking.join().unwrap().unwrap_err();
        assert_eq!(error["code"], "connection_lost", "{error}");
        assert!(error["message"].as_str().unwrap().contains("nothing was done"), "{error}");
        assert_eq!(it.office.count("queue_desk.lead_gate where owner is not null").await, 1, "so it is");
    });
}
