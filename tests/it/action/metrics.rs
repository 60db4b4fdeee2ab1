//! The figures of the days: they equal what is counted by hand, in the operator's own days and hours, of what the login may see.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    Folder, Office, TestDatabase,
    contract::{everything, written},
    days::Tried,
    run,
    terminal::{self, queue_desk},
    window::Window,
};

/// Tuesday, 14:30 in Israel (UTC+2).
const NOW: &str = "2026-11-24T12:30:00Z";

fn figures(window: &Window, filter: Value) -> Value {
    window.call("metrics", json!({ "filter": filter }))
}

/// One figure of each bar.
fn of_bars(metrics: &Value, key: &str) -> Vec<u64> {
    metrics["bars"].as_array().unwrap().iter().map(|bar| bar[key].as_u64().unwrap()).collect()
}

fn sum(metrics: &Value, key: &str) -> u64 {
    of_bars(metrics, key).iter().sum()
}

/// A day with three that were sent, two failed (one of which is tried again), one unknown, one cancelled.
async fn day(office: &mut Office) {
    office.at(NOW).await;
    let first = office.sent(office.noa, "2026-11-24T07:05:00Z").await;
    office.sent(office.noa, "2026-11-24T07:50:00Z").await;
    office.sent(office.amir, "2026-11-24T12:10:00Z").await;
    office.not_sent(office.noa, "2026-11-24T08:10:00Z", "failed", Some("131026")).await;
    office.not_sent(office.amir, "2026-11-24T08:20:00Z", "failed", Some("131016")).await;
    let again = office.not_sent(office.noa, "2026-11-24T06:10:00Z", "failed", Some("131016")).await;
    office.not_sent(office.noa, "2026-11-24T09:10:00Z", "unknown", None).await;
    // Tried again, and on the wire now: neither failed nor anything else yet.
    office.does(format!("insert into queue_desk.delivery (message_id, attempt, user_id, client_id, sender, claimed_at, dispatched_at, simulated) select message_id, 2, user_id, client_id, sender, '{NOW}', '{NOW}', true from queue_desk.delivery where message_id = '{again}'")).await;
    office
        .does(format!(
            "update public.whatsapp_message_queue set delivered_at = sent_at, read_at = sent_at where id = '{first}'"
        ))
        .await;
    let lead = office.lead(Some(office.client), "Gone", Some("0541234567")).await;
    let cancelled = office.queued(lead, office.noa, NOW.parse().unwrap()).await;
    office
        .does(format!("update public.whatsapp_message_queue set queue_status = 'cancelled' where id = '{cancelled}'"))
        .await;
}

#[test]
fn the_figures_of_today_are_those_that_are_counted_by_hand() {
    run(async {
        let (database, mut office) = Office::open().await;
        day(&mut office).await;
        // Yesterday: one before this hour, one after it.
        office.sent(office.noa, "2026-11-23T08:00:00Z").await;
        office.sent(office.noa, "2026-11-23T16:00:00Z").await;
        let window = Window::open(database.desk("desk").await, None);
        let before = everything(&mut office.owner).await;
        let found = figures(&window, json!({}));
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0], "looking writes nothing");
        let totals = &found["totals"];
        for (key, value) in
            [("sent", 3), ("delivered", 1), ("read", 1), ("failed", 2), ("unknown", 1), ("cancelled", 1)]
        {
            assert_eq!(totals[key], value, "{key}: {totals}");
        }
        assert_eq!(
            (&totals["wait_half"], &totals["wait_most"]),
            (&json!(600.0), &json!(600.0)),
            "ten minutes after the slot"
        );
        assert_eq!(
            (&found["zone"], &found["from"], &found["sample"]),
            (&json!("Asia/Jerusalem"), &json!("2026-11-24"), &json!(true))
        );
        assert_eq!(found["before"]["sent"], 1, "yesterday up to this hour");
        assert_eq!(found["before"]["from"], "2026-11-23");

        let sent = of_bars(&found, "sent");
        assert_eq!(sent.len(), 24);
        assert_eq!((sent[9], sent[14]), (2, 1), "09:00 and 14:00 in Israel: {sent:?}");
        assert_eq!((sum(&found, "sent"), sum(&found, "failed"), sum(&found, "unknown")), (3, 2, 1));
        assert_eq!(found["bars"][9]["local"], "2026-11-24 09:00");

        let failures = found["failures"].as_array().unwrap();
        assert_eq!(failures.len(), 2);
        assert!(failures.contains(&json!({ "code": "131016", "count": 1, "retryable": true })), "{failures:?}");
        assert!(failures.contains(&json!({ "code": "131026", "count": 1, "retryable": false })), "{failures:?}");
        let noa = found["operators"].as_array().unwrap().iter().find(|o| o["name"] == "Noa Shalev").unwrap().clone();
        assert_eq!((&noa["sent"], &noa["failed"], &noa["spark"][9]), (&json!(2), &json!(1), &json!(2)));
        let amir = figures(&window, json!({ "operator": office.amir }));
        assert_eq!((&amir["totals"]["sent"], &amir["totals"]["failed"]), (&json!(1), &json!(1)));
        assert_eq!(amir["operators"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn seven_days_are_compared_with_the_seven_before_up_to_the_same_hour() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.at(NOW).await;
        for at in [
            "2026-11-24T08:00:00Z",
            "2026-11-18T08:00:00Z",
            "2026-11-17T21:59:00Z",
            "2026-11-17T13:00:00Z",
            "2026-11-11T08:00:00Z",
            "2026-11-10T08:00:00Z",
        ] {
            office.sent(office.noa, at).await;
        }
        let window = Window::open(database.desk("desk").await, None);
        let found = figures(&window, json!({ "days": 7 }));
        assert_eq!((&found["from"], &found["to"]), (&json!("2026-11-18"), &json!("2026-11-24")));
        assert_eq!(
            (&found["totals"]["sent"], &found["before"]["sent"]),
            (&json!(2), &json!(1)),
            "what came later on the 17th is of no hour that was yet"
        );
        assert_eq!((&found["before"]["from"], &found["before"]["to"]), (&json!("2026-11-11"), &json!("2026-11-17")));
        assert_eq!(of_bars(&found, "sent"), [1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(found["hourly"], false);
        let past = figures(&window, json!({ "from": "2026-11-17", "to": "2026-11-17" }));
        assert_eq!((&past["totals"]["sent"], &past["before"]["whole"]), (&json!(2), &json!(true)));
    });
}

#[test]
fn one_day_is_compared_with_the_last_working_day() {
    run(async {
        let (database, mut office) = Office::open().await;
        // Sunday to Thursday; Sunday the 22nd is compared with Thursday the 19th.
        office.setting(office.noa, "work_days", json!({ "work_days": [0, 1, 2, 3, 4] })).await;
        office
            .does("update public.user_queue_settings set work_days = jsonb_set(work_days, '{enabled}', 'true')")
            .await;
        office.at("2026-11-22T12:30:00Z").await;
        office.sent(office.noa, "2026-11-19T08:00:00Z").await;
        office.sent(office.noa, "2026-11-21T08:00:00Z").await;
        let found = figures(&Window::open(database.desk("desk").await, None), json!({}));
        assert_eq!((&found["before"]["from"], &found["before"]["sent"]), (&json!("2026-11-19"), &json!(1)));
    });
}

#[test]
fn a_day_on_which_the_clock_changes_has_its_own_number_of_hours() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.at(NOW).await;
        // Israel: forward on 27 March 2026 at 02:00, back on 25 October 2026 at 02:00.
        office.sent(office.noa, "2026-03-27T00:30:00Z").await;
        office.sent(office.noa, "2026-10-24T22:30:00Z").await;
        office.sent(office.noa, "2026-10-24T23:30:00Z").await;
        office.sent(office.noa, "2026-10-25T21:59:00Z").await;
        let window = Window::open(database.desk("desk").await, None);
        let short = figures(&window, json!({ "from": "2026-03-27", "to": "2026-03-27" }));
        assert_eq!((of_bars(&short, "sent").len(), sum(&short, "sent")), (23, 1));
        assert_eq!((&short["bars"][2]["local"], &short["bars"][2]["sent"]), (&json!("2026-03-27 03:00"), &json!(1)));
        let long = figures(&window, json!({ "from": "2026-10-25", "to": "2026-10-25" }));
        assert_eq!((of_bars(&long, "sent").len(), sum(&long, "sent")), (25, 3));
        let local = |n: usize| long["bars"][n]["local"].as_str().unwrap().to_owned();
        assert_eq!(
            (local(1), local(2)),
            ("2026-10-25 01:00".into(), "2026-10-25 01:00".into()),
            "the hour that comes twice"
        );
        assert_eq!(
            (&long["bars"][1]["sent"], &long["bars"][2]["sent"], &long["bars"][24]["sent"]),
            (&json!(1), &json!(1), &json!(1))
        );
    });
}

#[test]
fn simulated_is_never_counted_as_sent_on_a_live_database() {
    run(async {
        let (database, mut office) = Office::open().await;
        let client = Some(office.client);
        office.does("update queue_desk.instance set kind = 'live'").await;
        let at = &office.ask::<String>("select (queue_desk.now() - interval '1 second')::text").await;
        office.sent(office.noa, at).await;
        office.tried(Tried { user: office.noa, client, at, outcome: "sent", code: None, simulated: false }).await;
        let window = Window::open(database.desk("desk").await, None);
        let found = figures(&window, json!({ "days": 2 }));
        assert_eq!((&found["sample"], &found["totals"]["sent"]), (&json!(false), &json!(1)));
        office.does("update queue_desk.instance set kind = 'sample'").await;
        assert_eq!(figures(&window, json!({ "days": 2 }))["totals"]["sent"], 2);
    });
}

#[test]
fn an_operator_counts_what_the_operator_may_see_and_is_told_that_there_is_more() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.at(NOW).await;
        let (dana, noa, other) = (office.dana, office.noa, Some(office.other_client));
        let sent = |user, client| Tried {
            user,
            client,
            at: "2026-11-24T08:00:00Z",
            outcome: "sent",
            code: None,
            simulated: true,
        };
        office.sent(office.amir, "2026-11-24T08:00:00Z").await;
        office.sent(noa, "2026-11-24T08:00:00Z").await;
        office.tried(sent(dana, other)).await;
        office.tried(sent(dana, None)).await;
        let theirs = |login: &'static str| {
            let database = &database;
            async move { figures(&Window::open(database.desk(login).await, None), json!({})) }
        };
        let amir = theirs("desk_2").await;
        assert_eq!(
            (&amir["totals"]["sent"], &amir["hidden"]),
            (&json!(3), &json!(1)),
            "his client's two and the pool's, not the other client's"
        );
        let names: Vec<_> = amir["operators"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| (o["name"].as_str().unwrap(), o["sent"].as_u64().unwrap()))
            .collect();
        assert_eq!(names, [("Amir Haddad", 1), ("Dana Levi", 1), ("Noa Shalev", 1)]);
        let dana = theirs("desk_3").await;
        assert_eq!((&dana["totals"]["sent"], &dana["hidden"]), (&json!(2), &json!(2)));
        // An admin who is a member of neither client is no more than an operator.
        office.does("delete from public.client_members where user_id = (select user_id from queue_desk.login where db_role = 'desk')").await;
        assert_eq!(theirs("desk").await["totals"]["sent"], 2, "her own and the pool's");
        office.does("update queue_desk.instance set settings = settings || '{\"shared_pool\": false}'").await;
        assert_eq!(theirs("desk").await["totals"]["sent"], 1);
    });
}

#[test]
fn what_waits_is_held_by_the_gate_or_planned_and_the_oldest_says_why() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.at(NOW).await;
        let (noa, amir) = (office.noa, office.amir);
        let mut slots = Vec::new();
        for (n, (user, slot)) in [
            (noa, "2026-11-24T09:00:00Z"),
            (noa, "2026-11-24T09:30:00Z"),
            (amir, "2026-11-24T12:00:00Z"),
            (noa, "2026-11-24T15:10:00Z"),
        ]
        .into_iter()
        .enumerate()
        {
            let lead = office.lead(Some(office.client), "Waits", Some(&format!("+97254111220{n}"))).await;
            slots.push(office.queued(lead, user, slot.parse().unwrap()).await);
        }
        office
            .does(format!(
                "insert into queue_desk.pause (scope, subject, reason) values ('operator', '{noa}', 'lunch')"
            ))
            .await;
        let window = Window::open(database.desk("desk").await, None);
        let found = figures(&window, json!({}));
        assert_eq!((sum(&found, "held"), sum(&found, "planned")), (2, 2));
        assert_eq!(window.ask("message_counts")["lanes"]["held"], 2, "the sidebar's own number");
        assert_eq!(found["bars"][11]["held"], 2, "when they were due");
        assert_eq!(
            (&found["bars"][14]["planned"], &found["bars"][17]["planned"]),
            (&json!(1), &json!(1)),
            "what may go now stands at now"
        );
        let waiting = found["waiting"].as_array().unwrap();
        assert_eq!(
            (&waiting[0]["name"], &waiting[0]["reason"], &waiting[0]["detail"], &waiting[0]["count"]),
            (&json!("Noa Shalev"), &json!("paused"), &json!("lunch"), &json!(2))
        );
        assert_eq!(
            (&waiting[0]["since"], waiting[0]["half"].as_f64().unwrap() as i64 / 60),
            (&json!("2026-11-24T09:00:00Z"), 195)
        );
        assert_eq!((&waiting[1]["name"], &waiting[1]["reason"]), (&json!("Amir Haddad"), &Value::Null));
        let noa = found["operators"].as_array().unwrap().iter().find(|o| o["name"] == "Noa Shalev").unwrap();
        assert_eq!((&noa["cap"], &noa["reserved"]), (&json!(5000), &json!(3)));
    });
}

#[test]
fn an_empty_range_is_zeros_and_no_waits() {
    run(async {
        let (database, _office) = Office::open().await;
        let found = figures(&Window::open(database.desk("desk").await, None), json!({ "days": 30 }));
        assert_eq!((&found["totals"]["sent"], &found["totals"]["wait_half"]), (&json!(0), &Value::Null));
        assert_eq!(
            (of_bars(&found, "sent").len(), &found["failures"], &found["waiting"]),
            (30, &json!([]), &json!([]))
        );
    });
}

#[test]
fn what_cannot_be_counted_is_refused_in_words() {
    run(async {
        let (database, _office) = Office::open().await;
        let window = Window::open(database.desk("desk").await, None);
        let refused = |filter: Value, code: &str| {
            window.refused("metrics", json!({ "filter": filter }), code)["message"].to_string()
        };
        assert!(
            refused(json!({ "from": "2026-11-24", "to": "2026-11-01" }), "bad_input").contains("ends before it begins")
        );
        assert!(refused(json!({ "from": "2016-11-24", "to": "2026-11-24" }), "bad_input").contains("At most 366 days"));
        assert!(refused(json!({ "days": 4_000_000_000_u32 }), "bad_input").contains("At most 366 days"));
        assert!(refused(json!({ "days": 0 }), "bad_input").contains("at least one"));
        assert!(refused(json!({ "days": 7, "from": "2026-11-24" }), "bad_input").contains("not both"));
        assert!(refused(json!({ "from": "0001-01-01", "to": "0001-01-02" }), "bad_input").contains("nothing to count"));
        assert!(
            refused(json!({ "operator": "00000000-0000-4000-8000-000000000000" }), "no_operator")
                .contains("no operator")
        );
        for login in ["unmapped", "runner"] {
            let nobody = Window::open(database.desk(login).await, None);
            assert!(
                nobody.refused("metrics", json!({ "filter": {} }), "no_operator")["message"]
                    .to_string()
                    .contains("not mapped")
            );
        }
    });
}

#[test]
fn a_crm_that_nobody_migrated_has_no_figures_and_says_what_to_do() {
    run(async {
        let database = TestDatabase::fixture(&["live_crm"]).await;
        let error = Window::open(database.desk("postgres").await, None).refused(
            "metrics",
            json!({ "filter": {} }),
            "not_migrated",
        );
        assert!(error["hint"].as_str().unwrap().contains("Schema"), "{error}");
    });
}

#[test]
fn the_figures_are_saved_as_a_file_for_a_spreadsheet() {
    run(async {
        let (database, mut office) = Office::open().await;
        day(&mut office).await;
        office.does("update queue_desk.operator set name = '=Amir' where name = 'Amir Haddad'").await;
        let folder = Folder::new();
        let file = folder.path().join("figures.csv");
        let window = Window::open(database.desk("desk").await, Some(file.clone()));
        assert_eq!(window.call("metrics_save", json!({ "filter": {} })), "figures.csv");
        let text = fs::read_to_string(&file).unwrap();
        let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').expect("a mark for Excel").as_bytes());
        let heads: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(heads[9..], ["dry_run_by =Amir", "dry_run_by Dana Levi", "dry_run_by Noa Shalev"]);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 24);
        assert_eq!(
            rows[9].iter().collect::<Vec<_>>(),
            ["2026-11-24 09:00", "2026-11-24T07:00:00Z", "2", "0", "0", "0", "0", "10.0", "10.0", "0", "0", "2"]
        );
        let cancelled = Window::open(database.desk("desk").await, None);
        assert_eq!(cancelled.call("metrics_save", json!({ "filter": {} })), Value::Null);
        let nowhere = Window::open(database.desk("desk").await, Some(folder.path().join("no/such/figures.csv")));
        nowhere.refused("metrics_save", json!({ "filter": {} }), "file_failed");
    });
}

#[test]
fn the_command_line_says_the_same() {
    run(async {
        let (database, mut office) = Office::open().await;
        day(&mut office).await;
        let url = database.url("desk");
        let found = terminal::json(&url, &["metrics"]).json();
        assert_eq!((&found["totals"]["sent"], &found["totals"]["failed"]), (&json!(3), &json!(2)));
        let amir = terminal::json(
            &url,
            &["metrics", "--from", "2026-11-24", "--to", "2026-11-24", "--operator", "Amir Haddad"],
        )
        .json();
        assert_eq!(amir["totals"]["sent"], 1);
        let said: terminal::Said = queue_desk(&["--url", &url, "metrics", "--days", "7"]).output().unwrap().into();
        assert!(said.out.contains("2026-11-18 to 2026-11-24 (Asia/Jerusalem)"), "{}", said.out);
        assert!(
            said.out.contains("nobody received anything")
                && said.out.contains("failed      1  131016, may be tried again"),
            "{}",
            said.out
        );
        let nobody = terminal::json(&url, &["metrics", "--operator", "Nobody"]);
        assert_eq!((nobody.code, &nobody.error()["field"]), (1, &json!("operator")));
        assert_eq!(
            terminal::json(&url, &["metrics", "--from", "2026-11-24", "--to", "2026-11-01"]).error()["code"],
            "bad_input"
        );
        assert_eq!(terminal::json(&url, &["metrics", "--days", "7", "--from", "2026-11-24"]).code, 2);
    });
}
