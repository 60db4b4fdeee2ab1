//! The grid and the numbers beside it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Office, run, window::Window};

const LANES: [&str; 8] = ["queued", "held", "sending", "sent", "delivered", "failed", "unknown", "cancelled"];

fn page(window: &Window, filter: Value, after: Value, limit: u32) -> (Vec<Value>, Value) {
    let page = window.call("messages_page", json!({ "filter": filter, "after": after, "limit": limit }));
    (page["rows"].as_array().unwrap().clone(), page["next"].clone())
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
}

/// A message in every lane, by hand, also such as no program of ours would write. Each with the lane it belongs to.
async fn every_kind(office: &mut Office) -> BTreeMap<String, &'static str> {
    let (amir, now) = (office.amir, Utc::now());
    let mut kinds = BTreeMap::new();
    let leads = office.leads(16).await;
    for (n, (lane, change)) in [
        ("queued", "scheduled_for = now() + interval '1 day'"),
        ("queued", "priority = 9"),
        ("queued", "scheduled_for = 'infinity'"),
        ("held", "scheduled_for = '-infinity'"),
        ("held", "expires_at = now() - interval '1 hour'"),
        ("held", "scheduled_for = null"),
        ("held", "send_after = now() + interval '1 hour'"),
        ("held", "user_id = null"),
        ("sending", "queue_status = 'sending'"),
        ("sent", "queue_status = 'sent', sent_at = now()"),
        ("delivered", "queue_status = 'sent', sent_at = now(), delivered_at = now()"),
        ("delivered", "queue_status = 'sent', read_at = now()"),
        ("failed", "queue_status = 'failed', error_code = '131026'"),
        ("unknown", "queue_status = 'failed', error_code = 'outcome_unknown'"),
        ("cancelled", "queue_status = 'cancelled'"),
        ("cancelled", "queue_status = null"),
    ]
    .into_iter()
    .enumerate()
    {
        let id: Uuid = office.queued(leads[n], amir, now - Duration::minutes(5)).await;
        office.does(format!("update whatsapp_message_queue set {change} where id = '{id}'")).await;
        kinds.insert(id.to_string(), lane);
    }
    kinds
}

#[test]
fn each_message_is_in_exactly_one_lane_and_the_numbers_say_the_same() {
    run(async {
        let (database, mut office) = Office::open().await;
        let kinds = every_kind(&mut office).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let (all, _) = page(&window, json!({}), Value::Null, 100);
        let lanes: BTreeMap<String, &str> =
            all.iter().map(|r| (r["id"].as_str().unwrap().to_owned(), r["lane"].as_str().unwrap())).collect();
        assert_eq!(lanes, kinds);
        let counts = window.ask("message_counts");
        for lane in LANES {
            let expected: BTreeSet<String> =
                kinds.iter().filter(|(_, l)| **l == lane).map(|(id, _)| id.clone()).collect();
            let (rows, _) = page(&window, json!({ "lane": lane }), Value::Null, 100);
            assert_eq!(ids(&rows), expected, "{lane}");
            assert_eq!(counts["lanes"][lane].as_u64().unwrap() as usize, expected.len(), "{lane}: {counts}");
        }
        let sum: u64 = counts["lanes"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        assert_eq!(sum as i64, office.count("whatsapp_message_queue").await);
        let held: u64 = counts["held"].as_array().unwrap().iter().map(|h| h["count"].as_u64().unwrap()).sum();
        assert_eq!(counts["lanes"]["held"], held);
        let reasons: BTreeSet<&str> =
            all.iter().filter(|r| r["lane"] == "held").map(|r| r["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, BTreeSet::from(["expired", "no_user", "not_due", "too_old"]), "every held row says why");
    });
}

#[test]
fn a_desk_counts_and_shows_the_same_rows_and_only_its_own() {
    run(async {
        let (database, mut office) = Office::open().await;
        every_kind(&mut office).await;
        let hidden = office.lead(Some(office.other_client), "Hidden", Some("0501234567")).await;
        office.foreign(hidden, office.dana).await;
        for (login, visible) in [("desk", 17), ("desk_2", 16), ("desk_3", 1), ("unmapped", 0)] {
            let window = Window::open(database.desk(login).await, None);
            let (rows, _) = page(&window, json!({}), Value::Null, 100);
            let counts = window.ask("message_counts");
            let sum: u64 = counts["lanes"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
            assert_eq!((rows.len(), sum), (visible, visible as u64), "{login}: {counts}");
        }
    });
}

#[test]
fn pages_follow_each_other_without_a_gap_or_a_repeat() {
    run(async {
        let (database, mut office) = Office::open().await;
        every_kind(&mut office).await;
        let lead = office.lead(Some(office.client), "Many", Some("0501234567")).await;
        for _ in 0..30 {
            office.foreign(lead, office.amir).await;
        }
        // Same moment, same place in the order: only the id tells them apart.
        office.does(format!("alter table whatsapp_message_queue disable trigger user; update whatsapp_message_queue set scheduled_for = '2026-11-24 08:00:00.123456Z', updated_at = '2026-11-24 08:00:00.123456Z' where lead_id = '{lead}';
            update whatsapp_message_queue set queue_status = 'cancelled' where lead_id = '{lead}' and id::text < '8'; alter table whatsapp_message_queue enable trigger user")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let (whole, end) = page(&window, json!({}), Value::Null, 500);
        assert_eq!((whole.len(), end), (46, Value::Null));
        for limit in [1, 7, 11, 46] {
            let (mut rows, mut next) = page(&window, json!({}), Value::Null, limit);
            while !next.is_null() {
                let (more, then) = page(&window, json!({}), next, limit);
                assert!(more.len() <= limit as usize);
                rows.extend(more);
                next = then;
            }
            assert_eq!(
                rows.iter().map(|r| &r["id"]).collect::<Vec<_>>(),
                whole.iter().map(|r| &r["id"]).collect::<Vec<_>>(),
                "pages of {limit}"
            );
        }
        let error = window.refused("messages_page", json!({ "filter": {}, "after": "1|x|y", "limit": 5 }), "bad_input");
        assert_eq!(error["field"], "after");
    });
}

#[test]
fn people_are_found_by_name_and_by_phone_in_any_form() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (amir, noa) = (office.amir, office.noa);
        let mut message = std::collections::HashMap::new();
        for (name, phone) in [
            ("Noga", "+972501234567"),
            ("נועה", "+972521111111"),
            ("Unit 12", "+972533333333"),
            ("100%_'", "+12125559876"),
        ] {
            let lead = office.lead(Some(office.client), name, Some(phone)).await;
            message.insert(
                name,
                office.queued(lead, if name == "Noga" { noa } else { amir }, Utc::now()).await.to_string(),
            );
        }
        let window = Window::open(database.desk("desk_2").await, None);
        for (search, names) in [
            ("noga", vec!["Noga"]),
            ("NOGA TEST", vec!["Noga"]),
            ("עה", vec!["נועה"]),
            ("050-123", vec!["Noga"]),
            ("0501234567", vec!["Noga"]),
            ("+972 50 123 45 67", vec!["Noga"]),
            ("00972501234567", vec!["Noga"]),
            ("4567", vec!["Noga"]),
            ("Unit 12", vec!["Unit 12"]),
            ("%", vec!["100%_'"]),
            ("_'", vec!["100%_'"]),
            ("212 555", vec!["100%_'"]),
            ("nobody", vec![]),
        ] {
            let (rows, _) = page(&window, json!({ "search": search }), Value::Null, 10);
            assert_eq!(ids(&rows), names.iter().map(|n| message[n].clone()).collect(), "{search}");
        }
        let (rows, _) = page(&window, json!({ "operator": noa }), Value::Null, 10);
        assert_eq!(ids(&rows), BTreeSet::from([message["Noga"].clone()]));
        assert_eq!(
            (&rows[0]["operator"], &rows[0]["lead_name"], &rows[0]["phone"]),
            (&json!("Noa Shalev"), &json!("Noga Test"), &json!("+972501234567"))
        );
    });
}

#[test]
fn a_row_says_who_has_the_lead_and_why_it_waits() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(3).await;
        let mut messages = Vec::new();
        for lead in &leads {
            messages.push(office.queued(*lead, office.amir, Utc::now() - Duration::minutes(1)).await.to_string());
        }
        office.taken(leads[0], office.dana).await;
        office.taken(leads[1], office.amir).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let row = |id: &str| page(&window, json!({}), Value::Null, 10).0.into_iter().find(|r| r["id"] == id).unwrap();
        let theirs = row(&messages[0]);
        assert_eq!(
            (&theirs["lane"], &theirs["reason"], &theirs["reason_detail"], &theirs["owner"], &theirs["owner_is_me"]),
            (&json!("held"), &json!("taken"), &json!("Dana Levi"), &json!("Dana Levi"), &json!(false))
        );
        assert_eq!(row(&messages[1])["owner_is_me"], true);
        assert_eq!((&row(&messages[2])["lane"], &row(&messages[2])["reason"]), (&json!("queued"), &Value::Null));
        window.ask("stop_everything");
        assert_eq!((&row(&messages[2])["lane"], &row(&messages[2])["reason"]), (&json!("held"), &json!("paused")));
        assert_eq!(window.ask("message_counts")["lanes"]["held"], 3);
    });
}

#[test]
fn counting_stops_at_ten_thousand_and_says_so_but_what_is_unknown_is_always_found() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (lead, amir) = (office.leads(1).await[0], office.amir);
        let many = format!(
            "insert into whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, queue_status, error_code)
             select '{lead}', '{amir}', (select client_id from leads where id = '{lead}'), n, 'Hello', '+972541112233',
               case when n <= 10050 then 'failed' else 'queued' end, case when n = 10050 then 'outcome_unknown' when n < 10050 then '131026' end
             from generate_series(1, 10053) n"
        );
        office.does(many).await;
        let counts = Window::open(database.desk("desk_2").await, None).call("message_counts", json!({}));
        assert_eq!(counts["more"], json!(["failed"]), "{counts}");
        assert_eq!(counts["lanes"]["unknown"], 1, "the last of many that failed");
        assert!(counts["lanes"]["failed"].as_i64().unwrap() >= 10_000, "{counts}");
        assert_eq!(counts["lanes"]["held"], 3, "what is few is counted whole");
    });
}
