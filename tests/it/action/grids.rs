//! The grids of leads and jobs: every row once, whatever comes and goes, and only what the login may see.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{Office, TestDatabase, run, window::Window};

/// All rows of a grid, page by page.
fn walk(window: &Window, command: &str, filter: Value, limit: u32) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = window.call(command, json!({ "filter": filter, "after": after, "limit": limit }));
        rows.extend(page["rows"].as_array().unwrap().clone());
        after = page["next"].clone();
        if after.is_null() {
            return rows;
        }
    }
}

fn ids(rows: &[Value]) -> HashSet<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn leads_come_newest_first_each_once_and_narrow_by_word_owner_name_and_phone() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(25).await;
        let theirs = office.lead(Some(office.other_client), "Foreign", Some("+972541999999")).await;
        // Two leads of one moment must not hide each other at the edge of a page.
        sqlx::query("update leads set created_at = '2026-01-01' where id = any ($1)")
            .bind(&leads[..10])
            .execute(&mut office.owner)
            .await
            .unwrap();
        sqlx::query("update leads set status = 'hot' where id = $1")
            .bind(leads[3])
            .execute(&mut office.owner)
            .await
            .unwrap();
        let window = Window::open(database.desk("desk_2").await, None);

        let rows = walk(&window, "leads_page", json!({}), 7);
        assert_eq!((rows.len(), ids(&rows).len()), (25, 25));
        assert!(!ids(&rows).contains(&theirs.to_string()), "another client's lead");
        let times: Vec<&str> = rows.iter().map(|row| row["created_at"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "newest first: {times:?}");

        window.call("take_lead", json!({ "leadId": leads[5], "expectedOwner": null }));
        let mine = walk(&window, "leads_page", json!({ "whose": "mine" }), 50);
        assert_eq!(ids(&mine), HashSet::from([leads[5].to_string()]));
        assert_eq!((mine[0]["owner"].clone(), mine[0]["owner_is_me"].clone()), (json!("Amir Haddad"), json!(true)));
        assert_eq!(walk(&window, "leads_page", json!({ "whose": "free" }), 50).len(), 24);
        assert_eq!(
            ids(&walk(&window, "leads_page", json!({ "status": "hot" }), 50)),
            HashSet::from([leads[3].to_string()])
        );
        assert_eq!(walk(&window, "leads_page", json!({ "search": "lead 7" }), 50).len(), 1);
        assert_eq!(walk(&window, "leads_page", json!({ "search": "054-100 0012" }), 50).len(), 1);
        let refused =
            window.invoke("leads_page", json!({ "filter": {}, "after": "yesterday", "limit": 5 })).unwrap_err();
        assert_eq!(refused["code"], "bad_input");
    });
}

#[test]
fn leads_are_counted_as_they_are_shown_and_by_the_words_that_are_there() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(25).await;
        office.lead(Some(office.other_client), "Foreign", Some("+972541999999")).await;
        office.does(format!("update leads set status = 'hot' where id in ('{}', '{}')", leads[3], leads[4])).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let count = |filter: Value| window.call("lead_counts", json!({ "filter": filter }));
        let words = |counts: &Value| counts["statuses"].clone();
        let all = count(json!({}));
        assert_eq!((&all["total"], &all["more"]), (&json!(25), &json!(false)), "not another client's");
        assert_eq!(words(&all), json!([{ "status": "new", "count": 23 }, { "status": "hot", "count": 2 }]));
        let hot = count(json!({ "status": "hot" }));
        assert_eq!((&hot["total"], words(&hot)), (&json!(2), words(&all)), "its own word does not narrow the words");
        window.call("take_lead", json!({ "leadId": leads[3], "expectedOwner": null }));
        let mine = count(json!({ "whose": "mine" }));
        assert_eq!((&mine["total"], words(&mine)), (&json!(1), json!([{ "status": "hot", "count": 1 }])));
        assert_eq!(count(json!({ "search": "lead 7", "status": "new" }))["total"], json!(1));
        assert_eq!(count(json!({ "status": "no such word" }))["total"], json!(0));
    });
}

#[test]
fn many_leads_are_counted_up_to_a_limit() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(101_000).await;
        office.does("analyze leads").await;
        let window = Window::open(database.desk("desk_2").await, None);
        let since = std::time::Instant::now();
        let counts = window.call("lead_counts", json!({ "filter": {} }));
        eprintln!("101,000 leads counted in {:?}", since.elapsed());
        assert_eq!((&counts["total"], &counts["more"]), (&json!(10_001), &json!(true)));
    });
}

#[test]
fn a_message_says_since_when_its_lead_has_an_owner() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (leads, amir) = (office.leads(2).await, office.amir);
        for lead in &leads {
            office.queued(*lead, amir, chrono::Utc::now() + chrono::TimeDelta::days(1)).await;
        }
        let window = Window::open(database.desk("desk_2").await, None);
        window.take(leads[0]);
        let since: String = office
            .ask(format!("select to_json(since) #>> '{{}}' from queue_desk.lead_gate where lead_id = '{}'", leads[0]))
            .await;
        let rows = walk(&window, "messages_page", json!({}), 50);
        let of =
            |lead: uuid::Uuid| rows.iter().find(|row| row["lead_id"] == json!(lead)).unwrap()["owner_since"].clone();
        let time = |text: &str| text.parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap();
        assert_eq!(time(of(leads[0]).as_str().unwrap()), time(&since));
        assert_eq!(of(leads[1]), Value::Null);
        window.release(leads[0]);
        let rows = walk(&window, "messages_page", json!({}), 50);
        assert!(rows.iter().all(|row| row["owner_since"].is_null()), "handed back");
    });
}

#[test]
fn a_lead_shows_what_waits_for_it() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.leads(1).await[0];
        let (amir, tomorrow) = (office.amir, chrono::Utc::now() + chrono::TimeDelta::days(1));
        office.queued(lead, amir, tomorrow).await;
        let opted_out = "insert into queue_desk.opt_out (lead_id, source) values ($1, 'test')";
        sqlx::query(opted_out).bind(lead).execute(&mut office.owner).await.unwrap();
        let window = Window::open(database.desk("desk_2").await, None);
        let row = &walk(&window, "leads_page", json!({}), 5)[0];
        assert_eq!((&row["waiting"], &row["opted_out"], &row["last_sent_at"]), (&json!(1), &json!(true), &Value::Null));
    });
}

#[test]
fn jobs_come_newest_first_each_once_and_narrow_by_state() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(9).await;
        let jobs =
            "insert into lead_processing_queue (lead_id, user_id, client_id, queue_position, queue_status, created_at)
            select l.id, $1, l.client_id, 1, case when l.first_name < 'Lead 4' then 'failed' else 'queued' end,
              case when l.first_name = 'Lead 9' then null else timestamptz '2026-01-01' end from leads l";
        let amir = office.amir;
        sqlx::query(jobs).bind(amir).execute(&mut office.owner).await.unwrap();
        let window = Window::open(database.desk("desk_2").await, None);
        let rows = walk(&window, "jobs_page", json!({}), 2);
        assert_eq!((rows.len(), ids(&rows).len()), (9, 9));
        assert_eq!(walk(&window, "jobs_page", json!({ "state": "failed" }), 50).len(), 3);
        let none = Window::open(database.desk("desk_3").await, None);
        assert_eq!(walk(&none, "jobs_page", json!({}), 50).len(), 0, "another client's jobs");
    });
}

#[test]
fn a_message_and_its_lead_say_whose_client_it_is() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (client, noa) = (office.client, office.noa);
        let (of_client, of_nobody) = (
            office.lead(Some(client), "Maya", Some("+972501234501")).await,
            office.lead(None, "Omer", Some("+972501234502")).await,
        );
        let slot = chrono::Utc::now() + chrono::Duration::hours(1);
        for lead in [of_client, of_nobody] {
            office.queued(lead, noa, slot).await;
        }
        let window = Window::open(database.desk("desk").await, None);
        for command in ["messages_page", "leads_page"] {
            let rows = walk(&window, command, json!({}), 50);
            let clients: HashSet<Value> = rows.iter().map(|r| r["client_id"].clone()).collect();
            assert_eq!(clients, HashSet::from([json!(client), Value::Null]), "{command}");
            assert!(
                rows.iter().all(|r| r["client"].is_string() == r["client_id"].is_string()),
                "{command}: its name too"
            );
        }
        let rows = walk(&window, "messages_page", json!({}), 50);
        assert!(rows.iter().all(|r| r["dispatched_at"].is_null() && r["sender"].is_null()), "none has left");
    });
}
