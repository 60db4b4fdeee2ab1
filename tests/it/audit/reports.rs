//! The forms of a report, and what a desk remembers of its checks.

use std::time::Duration;

use ::queue_desk::{
    audit::{
        check::{Checking, Limits, Memory},
        report, sarif,
    },
    model::finding::{Counted, Report, Status},
};
use serde_json::Value;

use super::check::{break_it, find, healthy, seal_all};
use crate::support::{Folder, TestDatabase, alone, run};

async fn check(database: &TestDatabase, login: &str, folder: Option<&Folder>, limits: Limits) -> Report {
    let memory = folder.map(|f| Memory { folder: f.path().to_owned(), place: "here".into() });
    let checking = Checking { options: database.options(login), acting: login.into(), memory, limits };
    checking.run().await.expect("a report")
}

/// What SARIF 2.1.0 requires of the parts that we write: the required properties and the closed lists of its schema.
fn is_sarif(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-2.1.0.json"));
    let [one] = log["runs"].as_array().expect("runs").as_slice() else { panic!("one run") };
    let driver = &one["tool"]["driver"];
    assert!(driver["name"].is_string());
    let rules = driver["rules"].as_array().expect("rules");
    let mut ids: Vec<&str> = rules.iter().map(|r| r["id"].as_str().expect("a rule has an id")).collect();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "rules are unique");
    const LEVELS: [&str; 4] = ["none", "note", "warning", "error"];
    for rule in rules {
        assert!(rule["shortDescription"]["text"].is_string(), "a multiformat message has a text: {rule}");
        assert!(LEVELS.contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    for invocation in one["invocations"].as_array().expect("invocations") {
        assert!(invocation["executionSuccessful"].is_boolean(), "required");
        for note in invocation["toolExecutionNotifications"].as_array().unwrap() {
            assert!(note["message"]["text"].is_string(), "required");
        }
    }
    let mut prints = std::collections::HashSet::new();
    for result in one["results"].as_array().expect("results") {
        assert!(result["message"]["text"].as_str().is_some_and(|t| !t.is_empty()), "required: {result}");
        let kind = result["kind"].as_str().unwrap();
        assert!(["notApplicable", "pass", "fail", "review", "open", "informational"].contains(&kind));
        assert!(LEVELS.contains(&result["level"].as_str().unwrap()));
        assert!(kind == "fail" || result["level"] == "none", "a level needs the kind fail (3.27.10)");
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        for location in result["locations"].as_array().unwrap() {
            for logical in location["logicalLocations"].as_array().unwrap() {
                assert!(logical["fullyQualifiedName"].is_string() && logical["name"].is_string());
            }
        }
        for print in result["partialFingerprints"].as_object().unwrap().values() {
            assert!(prints.insert(print.as_str().unwrap().to_owned()), "a fingerprint names one result: {print}");
        }
    }
}

#[test]
fn a_report_as_sarif_has_what_the_standard_requires() {
    run(async {
        let (database, _office) = healthy().await;
        let healthy: Value =
            serde_json::from_str(&sarif::sarif(&check(&database, "postgres", None, Limits::default()).await)).unwrap();
        is_sarif(&healthy);
        break_it(&database, "alter table public.leads drop constraint leads_client_id_fkey; create policy a on public.leads to authenticated using (true); create policy b on public.leads to authenticated using (true)").await;
        let report = check(&database, "postgres", None, Limits::default()).await;
        let log: Value = serde_json::from_str(&sarif::sarif(&report)).unwrap();
        is_sarif(&log);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let missing = results.iter().find(|r| r["ruleId"] == "F1" && r["kind"] == "fail").expect("the key");
        assert_eq!(missing["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "public.leads.client_id");
        assert_eq!(missing["level"], "error");
        // The same thing keeps its name while counts change.
        let print = |log: &Value| {
            log["runs"][0]["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r["partialFingerprints"]["queueDesk/v1"].clone())
                .collect::<Vec<_>>()
        };
        break_it(&database, "insert into public.leads (first_name) values ('One more')").await;
        let later: Value =
            serde_json::from_str(&sarif::sarif(&check(&database, "postgres", None, Limits::default()).await)).unwrap();
        assert_eq!(print(&log), print(&later));
        // Unknown is told, and is no pass.
        let desk: Value =
            serde_json::from_str(&sarif::sarif(&check(&database, "desk_2", None, Limits::default()).await)).unwrap();
        is_sarif(&desk);
        assert!(desk["runs"][0]["results"].as_array().unwrap().iter().any(|r| r["kind"] == "review"));
    });
}

#[test]
fn a_report_without_a_finding_says_what_was_looked_at() {
    run(async {
        let (database, _office) = healthy().await;
        let report = check(&database, "postgres", None, Limits::default()).await;
        assert!(report.checked.contains("11 tables, 20 keys and the rows of 20"), "{}", report.checked);
        let text = report::text(&report);
        assert!(text.contains("Not checked: other schemas"), "{text}");
        assert!(text.contains("take      works\n            Take Lead will write 'contacted'"), "{text}");
        for finding in &report.findings {
            assert!(!finding.scope_checked.is_empty(), "{finding:?}");
            assert!(finding.status != Status::Unknown || finding.not_checked.is_some(), "{finding:?}");
            assert!(finding.evidence.sample.len() <= 5, "{finding:?}");
        }
    });
}

#[test]
fn a_desk_remembers_its_checks_and_says_what_is_new_and_what_is_gone() {
    run(async {
        let folder = Folder::new();
        let (database, _office) = healthy().await;
        let first = check(&database, "postgres", Some(&folder), Limits::default()).await;
        assert!(first.history.is_empty() && first.new_since.is_empty() && first.gone_since.is_empty());
        break_it(&database, "alter table public.leads drop constraint leads_client_id_fkey").await;
        let second = check(&database, "postgres", Some(&folder), Limits::default()).await;
        assert_eq!(second.history.len(), 1);
        assert_eq!(second.new_since, [find(&second, "F1", "public.leads.client_id").key.clone()]);
        break_it(&database, "alter table public.leads add foreign key (client_id) references public.clients (id)")
            .await;
        let third = check(&database, "postgres", Some(&folder), Limits::default()).await;
        assert_eq!(third.gone_since.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["F1"]);
        assert_eq!((third.history.len(), third.new_since.len()), (2, 0));
        // Another database is another history; a file that cannot be read is begun anew.
        let (other, _office) = healthy().await;
        assert!(check(&other, "postgres", Some(&folder), Limits::default()).await.history.is_empty());
        std::fs::write(folder.path().join("checks.json"), "{ torn").unwrap();
        assert!(check(&database, "postgres", Some(&folder), Limits::default()).await.history.is_empty());
        assert_eq!(check(&database, "postgres", Some(&folder), Limits::default()).await.history.len(), 1);
    });
}

#[test]
fn the_end_of_the_ledger_is_compared_with_what_this_desk_saw() {
    run(async {
        let folder = Folder::new();
        let (database, mut office) = healthy().await;
        seal_all(&mut office).await;
        let (name, seq, hash): (String, i64, String) = sqlx::query_as(
            "select format('here/%s#%s', d.datname, d.oid), s.seq, encode(s.hash, 'hex') from pg_database d, queue_desk.ledger_seal s where d.datname = current_database() order by s.seq desc limit 1")
            .fetch_one(&mut office.owner).await.unwrap();
        std::fs::write(
            folder.path().join("heads.json"),
            serde_json::json!({ name: { "seq": seq, "hash": hash } }).to_string(),
        )
        .unwrap();
        let report = check(&database, "postgres", Some(&folder), Limits::default()).await;
        assert_eq!(find(&report, "L3", "queue_desk.ledger_seal").status, Status::Pass);
        break_it(&database, "alter table queue_desk.ledger_seal disable trigger ledger_seal_rows; delete from queue_desk.ledger_seal where seq = (select max(seq) from queue_desk.ledger_seal);
            alter table queue_desk.ledger_seal enable always trigger ledger_seal_rows").await;
        let report = check(&database, "postgres", Some(&folder), Limits::default()).await;
        assert_eq!(find(&report, "L3", "queue_desk.queue_ledger").status, Status::Pass, "what is left verifies");
        assert_eq!(find(&report, "L3", "queue_desk.ledger_seal").status, Status::Fail);
    });
}

#[test]
fn what_takes_too_long_to_count_is_counted_to_a_thousand_and_then_estimated() {
    run(async {
        const EDGE: &str = "public.whatsapp_message_queue.lead_id";
        let (database, mut office) = healthy().await;
        sqlx::raw_sql("alter table whatsapp_message_queue drop constraint whatsapp_message_queue_lead_id_fkey; alter table whatsapp_message_queue disable trigger user;
            insert into whatsapp_message_queue (lead_id, user_id, queue_position, message_content, recipient_phone, queue_status)
            select gen_random_uuid(), o.user_id, n, 'Hello', '+9725', 'sent' from generate_series(1, 60000) n, (select user_id from queue_desk.operator limit 1) o; analyze whatsapp_message_queue")
            .execute(&mut office.owner).await.unwrap();
        let ms = Duration::from_millis;
        let slow = check(&database, "postgres", None, Limits { exact: ms(5), bounded: Duration::from_secs(20) }).await;
        let orphans = find(&slow, "O1", EDGE);
        assert_eq!(
            (orphans.status, orphans.evidence.count, orphans.evidence.counted),
            (Status::Fail, Some(1000), Counted::AtLeast),
            "{orphans:?}"
        );
        assert!(orphans.why.starts_with("More than 1000 of the rows point to nothing"), "{}", orphans.why);
        // Not even that in time: unknown, and never a pass.
        let hasty = check(&database, "postgres", None, Limits { exact: ms(1), bounded: ms(1) }).await;
        let orphans = find(&hasty, "O1", EDGE);
        assert!(orphans.status != Status::Pass, "{orphans:?}");
        let exact = check(&database, "postgres", None, Limits::default()).await;
        assert_eq!(find(&exact, "O1", EDGE).evidence.count, Some(60_000));
        assert_eq!(find(&exact, "O2", EDGE).status, Status::Fail);
    });
}

/// Supabase: row security is on for every auth table, so a login with the right to read sees no user at all.
#[test]
fn a_login_that_sees_no_users_never_reports_an_orphan() {
    if !alone("audit::reports::a_login_that_sees_no_users_never_reports_an_orphan") {
        return;
    }
    run(async {
        let (database, _office) = healthy().await;
        break_it(&database, "grant usage on schema auth to stranger; grant select on auth.users to stranger; grant usage on schema public, queue_desk to stranger;
            grant select on all tables in schema public, queue_desk to stranger; grant queue_desk_operator to stranger").await;
        let report = check(&database, "stranger", None, Limits::default()).await;
        break_it(&database, "revoke queue_desk_operator from stranger").await;
        for id in ["O1", "O2"] {
            assert!(
                report.findings.iter().filter(|f| f.id == id).all(|f| f.status != Status::Fail),
                "{}",
                report::text(&report)
            );
        }
        let users: Vec<_> = report.findings.iter().filter(|f| f.id == "O1" && f.object.ends_with("user_id")).collect();
        assert!(!users.is_empty() && users.iter().all(|f| f.status == Status::Unknown), "{users:?}");
        assert_eq!(users[0].not_checked.as_deref(), Some("row security hides rows from this login"));
    });
}

#[cfg(feature = "desktop")]
#[test]
fn the_window_saves_the_last_report_in_each_form() {
    use serde_json::json;
    run(async {
        let folder = Folder::new();
        let (database, _office) = healthy().await;
        let path = folder.path().join("report.out");
        let window = crate::support::window::Window::open(database.desk("desk").await, Some(path.clone()));
        window.refused("schema_save", json!({ "format": "text" }), "not_found");
        window.ask("schema_check");
        for format in ["text", "json", "sarif"] {
            assert_eq!(window.call("schema_save", json!({ "format": format })), "report.out");
            let saved = std::fs::read_to_string(&path).unwrap();
            match format {
                "text" => assert!(saved.contains("What the four actions would do here"), "{saved}"),
                "json" => assert_eq!(serde_json::from_str::<Value>(&saved).unwrap()["login"], "desk"),
                _ => is_sarif(&serde_json::from_str(&saved).unwrap()),
            }
        }
        let cancelled = crate::support::window::Window::open(database.desk("desk").await, None);
        cancelled.ask("schema_check");
        assert_eq!(cancelled.call("schema_save", json!({ "format": "text" })), Value::Null);
        // A folder that is not there: said, and nothing is left behind.
        let nowhere = crate::support::window::Window::open(
            database.desk("desk").await,
            Some(folder.path().join("no/such/report.txt")),
        );
        nowhere.ask("schema_check");
        nowhere.refused("schema_save", json!({ "format": "text" }), "file_failed");
    });
}
