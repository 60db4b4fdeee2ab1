//! The ledger's screen: every row once, narrowed by what people ask, names only of leads that the login may see; receipts with what
//! they changed; and a verification that can be watched and stopped.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::support::{Office, TestDatabase, database::value, run, window::Window};

fn page(window: &Window, filter: Value, after: Value, limit: u32) -> Value {
    window.call("ledger_page", json!({ "filter": filter, "after": after, "limit": limit }))
}

/// All rows, page by page.
fn walk(window: &Window, filter: Value, limit: u32) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let found = page(window, filter.clone(), after, limit);
        rows.extend(found["rows"].as_array().unwrap().clone());
        after = found["next"].clone();
        if after.is_null() {
            return rows;
        }
    }
}

fn column(rows: &[Value], name: &str) -> Vec<Value> {
    rows.iter().map(|row| row[name].clone()).collect()
}

#[test]
fn rows_come_newest_first_each_once_and_narrow_by_lead_who_act_kind_receipt_and_time() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(5).await;
        let before: chrono::DateTime<chrono::Utc> = value(&mut office.owner, "select clock_timestamp()").await;
        let amir = Window::open(database.desk("desk_2").await, None);
        let prepared = amir.prepare();
        let taken = amir.take(leads[2]);
        office.foreign(leads[0], office.amir).await;

        let all = walk(&amir, json!({}), 3);
        let ids: Vec<i64> = all.iter().map(|row| row["id"].as_str().unwrap().parse().unwrap()).collect();
        assert!(ids.is_sorted_by(|a, b| a > b), "newest first, each once: {ids:?}");
        assert_eq!(ids.len() as i64, office.count("queue_desk.queue_ledger").await);

        let receipts = walk(&amir, json!({ "kind": "receipt" }), 2);
        assert_eq!(column(&receipts, "action"), ["take", "prepare"]);
        assert_eq!(receipts[0]["receipt"], taken, "the row holds what was said");
        assert_eq!((&receipts[1]["operator"], &receipts[1]["login"]), (&json!("Amir Haddad"), &json!("desk_2")));

        let foreign = walk(&amir, json!({ "kind": "foreign", "lead": leads[0] }), 50);
        assert_eq!(column(&foreign, "action"), ["insert"]);
        assert_eq!((&foreign[0]["actor_kind"], &foreign[0]["has_receipt"]), (&json!("foreign"), &json!(false)));
        assert!(walk(&amir, json!({ "kind": "change" }), 50).iter().all(|row| row["entity"] != "receipt"));

        let of_receipt = walk(&amir, json!({ "receipt": prepared["receipt_id"], "kind": "change" }), 2);
        assert_eq!(of_receipt.len(), 5, "one row a message");
        assert!(of_receipt.iter().all(|row| row["has_receipt"] == true && row["lead_name"] != Value::Null));

        let of_lead = walk(&amir, json!({ "lead": leads[2] }), 50);
        assert!(of_lead.iter().all(|row| row["lead_id"] == leads[2].to_string()) && of_lead.len() >= 4);
        let amirs = walk(&amir, json!({ "who": office.amir }), 50);
        assert!(amirs.iter().all(|row| row["operator"] == "Amir Haddad") && amirs.len() >= 8);
        assert!(walk(&amir, json!({ "who": "nobody" }), 50).is_empty());
        assert_eq!(column(&walk(&amir, json!({ "action": "take", "kind": "receipt" }), 50), "action"), ["take"]);
        assert_eq!(
            walk(&amir, json!({ "until": before }), 50).len() + walk(&amir, json!({ "from": before }), 50).len(),
            ids.len()
        );
        assert!(walk(&amir, json!({ "from": before }), 50).iter().any(|row| row["action"] == "prepare"));
        amir.refused("ledger_page", json!({ "filter": {}, "after": "yesterday", "limit": 5 }), "bad_input");
        amir.invoke("ledger_page", json!({ "filter": { "kind": "all" }, "after": null, "limit": 5 })).unwrap_err();
    });
}

#[test]
fn another_clients_lead_has_no_name_and_no_written_reason_on_the_ledger() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let theirs = office.lead(Some(office.other_client), "Foreign", Some("+972541999999")).await;
        let dana = Window::open(database.desk("desk_3").await, None);
        dana.take(theirs);
        dana.call("release_lead", json!({ "leadId": theirs, "reason": "Call Foreign in spring" }));

        let seen = walk(&dana, json!({ "lead": theirs }), 50);
        assert!(seen.iter().all(|row| row["lead_name"] == "Foreign Test"));
        assert!(seen.iter().any(|row| row["reason"] == "Call Foreign in spring"));
        let amir = Window::open(database.desk("desk_2").await, None);
        let rows = walk(&amir, json!({ "lead": theirs }), 50);
        assert_eq!(rows.len(), seen.len(), "that it happened is for everybody");
        assert!(!json!(rows).to_string().contains("Foreign"), "{rows:?}");
        let receipt = seen.iter().find(|row| row["action"] == "release" && row["entity"] == "receipt").unwrap();
        let page = amir.call("receipt_get", json!({ "receiptId": receipt["receipt_id"] }));
        assert!(!page.to_string().contains("Foreign"), "{page}");
    });
}

#[test]
fn a_receipts_page_says_who_when_which_rows_their_seal_and_how_many_an_undo_takes_back() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(4).await;
        let amir = Window::open(database.desk("desk_2").await, None);
        let prepared = amir.prepare();
        let id = prepared["receipt_id"].clone();
        let get = |window: &Window| window.call("receipt_get", json!({ "receiptId": id }));
        let page = get(&amir);
        assert_eq!(page["receipt"], prepared, "word for word");
        assert_eq!(
            (&page["operator"], &page["login"], &page["by"]),
            (&json!("Amir Haddad"), &json!("desk_2"), &Value::Null)
        );
        assert_eq!((&page["undo_left"], &page["may_undo"]), (&json!(4), &json!(true)));
        let row = &page["rows"].as_array().unwrap()[0];
        assert_eq!((&row["entity"], &row["to_state"], &row["count"]), (&json!("message"), &json!("queued"), &json!(4)));
        let last: i64 = row["last_id"].as_str().unwrap().parse().unwrap();
        assert!(
            last < prepared["ledger_id"].as_str().unwrap().parse::<i64>().unwrap(),
            "the receipt is the last row of its act"
        );

        // What is taken out of it cannot be undone any more; somebody else may look, not undo.
        let taken = amir.take(leads[0]);
        assert_eq!(get(&amir)["undo_left"], 3);
        assert_eq!(amir.undo(&prepared)["changed"], 3, "as many as was said");
        assert_eq!(get(&amir)["undo_left"], 0);
        let dana = Window::open(database.desk("desk_3").await, None);
        assert_eq!(get(&dana)["may_undo"], false);
        let take = |window: &Window| window.call("receipt_get", json!({ "receiptId": taken["receipt_id"] }));
        assert_eq!(take(&amir)["undo_left"], 1);
        amir.release(leads[0]);
        assert_eq!(take(&amir)["undo_left"], 0);
        let stopped = amir.ask("stop_everything");
        assert_eq!(amir.call("receipt_get", json!({ "receiptId": stopped["receipt_id"] }))["undo_left"], Value::Null);

        verified(&amir);
        let sealed = get(&amir);
        assert_eq!(sealed["hash"].as_str().unwrap().len(), 64);
        let none = amir.refused("receipt_get", json!({ "receiptId": uuid::Uuid::nil() }), "not_found");
        assert!(none["hint"].is_string());
    });
}

/// Verifies until everything is sealed: another test's open transaction holds the sealer back for a moment.
fn verified(window: &Window) -> Value {
    for _ in 0..400 {
        let found = window.ask("ledger_verify");
        if found["unsealed"] == 0 {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("rows stayed without a seal");
}

#[test]
fn the_window_verifies_tells_how_far_it_is_and_remembers_the_end_in_its_own_folder() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(3).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.prepare();
        assert_ne!(window.ask("ledger_state")["unsealed"], 0);
        let found = verified(&window);
        assert_eq!(found["problem_count"], 0);
        let state = window.ask("ledger_state");
        assert_eq!((&state["unsealed"], &state["gaps"]), (&json!(0), &json!(0)));
        assert_eq!(state["sealed"], found["sealed"]);
        assert!(window.folder().join("heads.json").exists());
        let told = window.heard("desk://verify");
        assert_eq!(told.last().unwrap()["done"], told.last().unwrap()["total"], "{told:?}");

        // The end is cut off with its seals; this window remembers it.
        let mut admin = database.session("supabase_admin").await;
        let cut = "alter table queue_desk.queue_ledger disable trigger all; alter table queue_desk.ledger_seal disable trigger all;
            with gone as (delete from queue_desk.ledger_seal where seq > (select max(seq) - 2 from queue_desk.ledger_seal) returning ledger_id)
            delete from queue_desk.queue_ledger where id in (select ledger_id from gone)";
        sqlx::raw_sql(cut).execute(&mut admin).await.unwrap();
        let found = window.ask("ledger_verify");
        assert_eq!(found["problems"][0]["what"], "cut", "{found}");
        let again = window.ask("ledger_verify");
        assert_ne!(again["problem_count"], 0, "the alarm stays");
    });
}

#[test]
fn a_verification_that_is_stopped_knows_nothing_and_the_next_one_works() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let many = "select count(queue_desk.append_ledger('test', 'message', n::text, null, 'queued', 'sent', null, null)) from generate_series(1, 30000) n";
        value::<i64>(&mut office.owner, many).await;
        let window = Window::open(database.desk("desk_2").await, None);
        verified(&window);
        let before = window.heard("desk://verify").len();
        let running = window.begin("ledger_verify", json!({}));
        while window.heard("desk://verify").len() == before {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        window.refused("ledger_verify", json!({}), "already_running");
        window.ask("ledger_verify_cancel");
        match running.join().unwrap() {
            Err(error) => assert_eq!(error["code"], "cancelled", "{error}"),
            Ok(found) => panic!("it was not stopped: {found}"),
        }
        assert_eq!(verified(&window)["problem_count"], 0);
    });
}

#[test]
fn each_way_to_narrow_a_hundred_thousand_rows_has_its_index() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let (lead, amir) = (uuid::Uuid::new_v4(), office.amir);
        let fill = "insert into queue_desk.queue_ledger (at, login, user_id, actor_kind, action, entity, entity_id, lead_id, from_state, to_state, receipt_id, detail)
            select now() - (100000 - n) * interval '30 seconds', case when n % 1000 = 7 then 'authenticator' else 'runner' end, case when n % 5000 = 0 then $1 end,
              case when n % 1000 = 7 then 'foreign' when n % 5000 = 0 then 'person' else 'automation' end, case when n % 5000 = 0 then 'take' else 'run' end,
              case when n % 2500 = 0 then 'receipt' else 'message' end, gen_random_uuid(), case when n % 30000 = 3 then $2 else gen_random_uuid() end, 'queued', 'sending',
              gen_random_uuid(), case when n % 2500 = 0 then '{}'::jsonb end from generate_series(1, 100000) n";
        sqlx::query(fill).bind(amir).bind(lead).execute(&mut office.owner).await.unwrap();
        sqlx::raw_sql("analyze queue_desk.queue_ledger").execute(&mut office.owner).await.unwrap();
        let mut desk = database.session("desk_2").await;
        sqlx::raw_sql("set plan_cache_mode = force_custom_plan").execute(&mut desk).await.unwrap();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/sql/ledger/page.sql");
        let sql = std::fs::read_to_string(path).unwrap();
        let prepare =
            format!("prepare page (uuid, text, text, text, timestamptz, timestamptz, uuid, bigint, bigint) as {sql}");
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut desk).await.unwrap();
        let id = |word: &str| format!("'{word}'");
        let (lead, amir) = (id(&lead.to_string()), id(&amir.to_string()));
        let null = || "null".to_owned();
        let mut slowest = std::time::Duration::ZERO;
        for (what, values) in [
            ("everything", [null(), null(), null(), null(), null(), null(), null(), null()]),
            ("a later page", [null(), null(), null(), null(), null(), null(), null(), "50000".into()]),
            ("a lead", [lead, null(), null(), null(), null(), null(), null(), null()]),
            ("an operator", [null(), amir, null(), null(), null(), null(), null(), null()]),
            ("a login", [null(), id("authenticator"), null(), null(), null(), null(), null(), null()]),
            ("an act", [null(), null(), id("take"), null(), null(), null(), null(), null()]),
            ("receipts", [null(), null(), null(), id("receipt"), null(), null(), null(), null()]),
            ("changes", [null(), null(), null(), id("change"), null(), null(), null(), null()]),
            ("foreign", [null(), null(), null(), id("foreign"), null(), null(), null(), null()]),
            ("foreign, late", [null(), null(), null(), id("foreign"), null(), null(), null(), "900".into()]),
            ("an old day", [null(), null(), null(), null(), id("now - 30 days"), id("now - 29 days"), null(), null()]),
            ("a receipt", [null(), null(), null(), null(), null(), null(), id(&uuid::Uuid::nil().to_string()), null()]),
        ] {
            let values = values.map(|v| match v.strip_prefix("'now - ") {
                Some(ago) => format!("now() - interval '{ago}"),
                None => v,
            });
            let plan = explain(&mut desk, &values.join(", ")).await;
            assert!(!plan.contains("Seq Scan on queue_ledger"), "{what}: the ledger is read from end to end:\n{plan}");
            let since = std::time::Instant::now();
            sqlx::raw_sql(AssertSqlSafe(format!("execute page ({}, 200)", values.join(", "))))
                .execute(&mut desk)
                .await
                .unwrap();
            slowest = slowest.max(since.elapsed());
        }
        eprintln!("100,000 rows of the ledger: the slowest page took {slowest:?}");
    });
}

async fn explain(conn: &mut sqlx::PgConnection, values: &str) -> String {
    let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("explain execute page ({values}, 200)")))
        .fetch_all(conn)
        .await
        .unwrap();
    lines.join("\n")
}
