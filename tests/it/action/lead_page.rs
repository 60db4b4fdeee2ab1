//! One lead: its facts, its score with its parts, and everything that happened to it once, newest first.

use queue_desk::automation::Until;
use serde_json::{Value, json};

use crate::support::{
    Office, TestDatabase, run,
    sending::{Fake, automate},
    window::Window,
};

async fn send_all(database: &TestDatabase) {
    automate(&database.desk("runner").await, &Fake::default(), Until::Drained).await.unwrap();
}

fn timeline(window: &Window, lead: uuid::Uuid, kind: Value, limit: u32) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let page =
            window.call("lead_timeline", json!({ "leadId": lead, "kind": kind, "after": after, "limit": limit }));
        rows.extend(page["rows"].as_array().unwrap().clone());
        after = page["next"].clone();
        if after.is_null() {
            return rows;
        }
    }
}

fn detail(window: &Window, lead: uuid::Uuid) -> Value {
    window.call("lead_get", json!({ "leadId": lead }))
}

/// "ledger take", "delivery sent", ..: the line of time in words.
fn story(rows: &[Value]) -> Vec<String> {
    let word = |row: &Value| {
        let last = if row["source"] == "delivery" { &row["outcome"] } else { &row["action"] };
        format!("{} {}", row["source"].as_str().unwrap(), last.as_str().unwrap_or("-"))
    };
    rows.iter().map(word).collect()
}

#[test]
fn a_leads_time_joins_slot_attempt_status_and_people_each_once_and_pages() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.leads(1).await[0];
        let (amir, now) = (office.amir, chrono::Utc::now());
        let message = office.queued(lead, amir, now).await;
        send_all(&database).await;
        office
            .does(format!("update whatsapp_message_queue set delivered_at = clock_timestamp() where id = '{message}'"))
            .await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.take(lead);

        let rows = timeline(&window, lead, Value::Null, 50);
        assert_eq!(
            story(&rows),
            ["ledger take", "status delivered", "delivery sent", "ledger insert", "created created"],
            "{rows:#?}"
        );
        assert_eq!(timeline(&window, lead, Value::Null, 2), rows, "the same, page by page");
        let texts: Vec<&Value> = rows.iter().map(|row| &row["content"]).filter(|text| !text.is_null()).collect();
        assert_eq!(texts, [&json!("Hello")], "the text is told once, where it was sent");
        assert_eq!(story(&timeline(&window, lead, json!("people"), 50)), ["ledger take"]);
        assert_eq!(timeline(&window, lead, json!("messages"), 50).len(), 3);
        assert_eq!(story(&timeline(&window, lead, json!("system"), 50)), ["created created"]);
        let times: Vec<&str> = rows.iter().map(|row| row["at"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");

        let page = detail(&window, lead);
        assert_eq!(
            (&page["lead"]["owner_is_me"], &page["last_receipt"]["receipt"]["action"]),
            (&json!(true), &json!("take"))
        );
        window.refused("lead_timeline", json!({ "leadId": lead, "kind": null, "after": "x", "limit": 5 }), "bad_input");
    });
}

#[test]
fn a_moved_sample_clock_keeps_one_order_of_time() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.leads(1).await[0];
        let amir = office.amir;
        office.queued(lead, amir, chrono::Utc::now() + chrono::TimeDelta::days(3)).await;
        let window = Window::open(database.desk("desk").await, None);
        window.ask("sample_jump");
        send_all(&database).await;
        window.take(lead);
        let rows = timeline(&window, lead, Value::Null, 50);
        assert_eq!(story(&rows), ["ledger take", "delivery sent", "ledger insert", "created created"], "{rows:#?}");
        let since = detail(&window, lead)["lead"]["since"].as_str().unwrap()[..16].to_owned();
        assert_eq!(&rows[0]["at"].as_str().unwrap()[..16], since, "the ledger tells the sample's time");
    });
}

#[test]
fn another_clients_lead_is_not_there() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let theirs = office.lead(Some(office.other_client), "Foreign", Some("+972541999999")).await;
        let dana = office.dana;
        office.queued(theirs, dana, chrono::Utc::now()).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.refused("lead_get", json!({ "leadId": theirs }), "not_found");
        assert!(timeline(&window, theirs, Value::Null, 50).is_empty());
    });
}

#[test]
fn the_score_has_its_parts_and_the_same_phone_is_counted() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.lead(Some(office.client), "One", Some("054-1234567")).await;
        office.lead(Some(office.client), "Two", Some("+972541234567")).await;
        office.does(format!("update leads set bant_status = 'fully_qualified', last_interaction = now() - interval '15 days' where id = '{lead}'")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let page = detail(&window, lead);
        let score = &page["score"];
        assert_eq!((score["heat"].as_f64(), score["bant"].as_f64()), (Some(30.0), Some(100.0)), "{score}");
        assert_eq!((score["waiting"].as_f64(), score["total"].as_f64()), (Some(50.0), Some(62.0)), "{score}");
        assert_eq!(page["same_phone"], 1);
        let plan = window.plan();
        let item = plan["items"].as_array().unwrap().iter().find(|item| item["lead_id"] == lead.to_string());
        assert_eq!(item.unwrap()["score"].as_f64(), Some(62.0), "the plan's score is the page's");
    });
}
