//! The schema check: what it says of a healthy database, of one that it may not see, and of one that is not ours. `breaks` breaks one
//! thing after another.

use crate::support::{
    Office, TestDatabase, alone, run,
    terminal::{Said, queue_desk},
};

use ::queue_desk::{
    audit::{check, report, steps::STEPS},
    embedded::Role,
    model::finding::{Finding, Level, Report, Status},
};

/// What the documented CRM itself says about our stage words; true of every healthy database here.
const ALWAYS: [(&str, &str); 2] = [("C1", "public.leads.status"), ("C1", "public.leads.status")];

pub(super) async fn healthy() -> (TestDatabase, Office) {
    let database = TestDatabase::new().await;
    let mut office = Office::new(&database).await;
    for (n, lead) in office.leads(20).await.into_iter().enumerate() {
        if n < 10 {
            office.queued(lead, office.noa, chrono::Utc::now()).await;
        }
    }
    sqlx::raw_sql("insert into projects (name, client_id) select 'Tower', c.id from clients c")
        .execute(&mut office.owner)
        .await
        .expect("projects");
    (database, office)
}

/// Seals every row of the ledger. Open transactions of other tests, in any database, hold a seal up.
pub(super) async fn seal_all(office: &mut Office) {
    for _ in 0..600 {
        let open: i64 = crate::support::database::value(
            &mut office.owner,
            "select (queue_desk.seal_ledger() ->> 'sealed')::bigint * 0 + (select count(*) from queue_desk.queue_ledger) - (select count(*) from queue_desk.ledger_seal)",
        )
        .await;
        if open == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the ledger could not be sealed");
}

pub(super) async fn check_as(database: &TestDatabase, login: &str) -> Report {
    check::run(&database.options(login), login).await.expect("a report")
}

pub(super) async fn break_it(database: &TestDatabase, sql: &'static str) {
    let mut admin = database.session(Role::Superuser.name()).await;
    sqlx::raw_sql(sql).execute(&mut admin).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

fn of(report: &Report, status: Status, from: Level) -> Vec<&Finding> {
    report.findings.iter().filter(|f| f.status == status && f.level >= from).collect()
}

/// What failed beyond [`ALWAYS`], in order of id.
pub(super) fn failed(report: &Report, from: Level) -> Vec<(String, String)> {
    let mut found: Vec<_> = of(report, Status::Fail, from).iter().map(|f| (f.id.clone(), f.object.clone())).collect();
    for (id, object) in ALWAYS {
        let at = found.iter().position(|f| f.0 == id && f.1 == object).expect("the stage words of the documented CRM");
        found.remove(at);
    }
    found.sort();
    found
}

pub(super) fn find<'r>(report: &'r Report, id: &str, object: &str) -> &'r Finding {
    report
        .findings
        .iter()
        .find(|f| f.id == id && f.object == object)
        .unwrap_or_else(|| panic!("no {id} about {object}:\n{}", report::text(report)))
}

#[test]
fn a_healthy_database_has_no_finding_that_is_false() {
    run(async {
        let (database, _office) = healthy().await;
        let report = check_as(&database, "postgres").await;
        assert_eq!(failed(&report, Level::Info), [], "{}", report::text(&report));
        assert_eq!(of(&report, Status::Unknown, Level::Info).len(), 0, "{}", report::text(&report));
        for id in [
            "K1", "K2", "T1", "T2", "F1", "F2", "F3", "F4", "F5", "O1", "O3", "C1", "C2", "C3", "D1", "I1", "I2", "I3",
            "R1", "R2", "R3", "R4", "R5", "R6", "L1", "L2", "L3", "M1", "M2", "M3", "M4", "X1", "X2", "S1",
        ] {
            assert!(report.findings.iter().any(|f| f.id == id && f.status == Status::Pass), "{id} says nothing");
        }
        assert_eq!(find(&report, "T1", "public.leads").evidence.count, Some(20));
        let take = of(&report, Status::Fail, Level::Warn).into_iter().find(|f| f.why.starts_with("Take")).unwrap();
        assert_eq!(take.why, "Take Lead will write 'contacted': 'human_controlled', 'engaged' are not allowed.");
        assert_eq!(report.verdict(Level::Error), Status::Pass);
        assert_eq!(report.verdict(Level::Warn), Status::Fail);
    });
}

/// The old report called the key missing when the ids were wrong.
#[test]
fn a_missing_key_and_wrong_ids_under_a_key_are_told_apart() {
    run(async {
        const EDGE: &str = "public.whatsapp_message_queue.user_id";
        let (no_key, _office) = healthy().await;
        break_it(
            &no_key,
            "alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_user_id_fkey",
        )
        .await;
        let report = check_as(&no_key, "postgres").await;
        assert_eq!(find(&report, "F1", EDGE).status, Status::Fail);
        assert_eq!(find(&report, "O1", EDGE).status, Status::Pass);
        assert_eq!(find(&report, "K2", "queue_desk.operator").status, Status::Pass);

        let (wrong_ids, office) = healthy().await;
        break_it(&wrong_ids, "set session_replication_role = replica; insert into queue_desk.operator select id, 'A client' from public.clients limit 1;
            update public.whatsapp_message_queue set user_id = (select id from public.clients limit 1) where id = (select min(id::text)::uuid from public.whatsapp_message_queue)").await;
        let report = check_as(&wrong_ids, "postgres").await;
        assert_eq!(find(&report, "F1", EDGE).status, Status::Pass);
        assert_eq!(find(&report, "F2", EDGE).status, Status::Pass);
        let orphans = find(&report, "O1", EDGE);
        assert_eq!((orphans.status, orphans.evidence.count), (Status::Fail, Some(1)));
        assert!(orphans.why.contains("whatsapp_message_queue_user_id_fkey is there and valid"), "{}", orphans.why);
        let operators = find(&report, "K2", "queue_desk.operator");
        assert_eq!((operators.status, operators.evidence.count), (Status::Fail, Some(1)));
        assert!(
            operators.evidence.sample[0] == office.client.to_string()
                || operators.evidence.sample[0] == office.other_client.to_string()
        );
    });
}

#[test]
fn an_empty_parent_is_not_believed() {
    run(async {
        let (database, _office) = healthy().await;
        break_it(&database, "set session_replication_role = replica; delete from auth.users").await;
        let report = check_as(&database, "postgres").await;
        assert_eq!(failed(&report, Level::Warn), [], "{}", report::text(&report));
        let judged = find(&report, "O2", "public.whatsapp_message_queue.user_id");
        assert_eq!(judged.status, Status::Unknown);
        assert!(judged.not_checked.as_deref().unwrap().contains("auth.users looks empty"));
        assert_eq!(find(&report, "K2", "queue_desk.operator").status, Status::Unknown);
        assert_eq!(report.verdict(Level::Error), Status::Unknown);
    });
}

#[test]
fn what_a_desk_may_not_see_is_unknown_and_never_an_orphan() {
    run(async {
        let (database, _office) = healthy().await;
        let report = check_as(&database, "desk_2").await;
        assert_eq!(failed(&report, Level::Warn), [], "{}", report::text(&report));
        for (id, object) in [("O1", "public.whatsapp_message_queue.user_id"), ("O1", "public.leads.client_id")] {
            assert_eq!(find(&report, id, object).status, Status::Unknown);
        }
        for id in ["M1", "D1"] {
            let found: Vec<_> = report.findings.iter().filter(|f| f.id == id).collect();
            assert!(found.iter().all(|f| f.status == Status::Unknown && f.not_checked.is_some()), "{found:?}");
        }
        let leads = find(&report, "T1", "public.leads");
        assert_eq!(leads.not_checked.as_deref(), Some("the count is partial (row security)"));
        assert_eq!(find(&report, "F1", "public.whatsapp_message_queue.user_id").status, Status::Pass);
        assert_eq!(report.verdict(Level::Error), Status::Unknown);
    });
}

#[test]
fn a_login_without_an_operator_is_told_so() {
    run(async {
        let (database, _office) = healthy().await;
        let report = check_as(&database, "unmapped").await;
        assert_eq!(failed(&report, Level::Warn), [("K2".to_owned(), "login unmapped".to_owned())]);
        // It is shown no ledger, which is no proof that the chain is whole.
        assert_eq!(find(&report, "L3", "this database").status, Status::Unknown);
        let read_only = check_as(&database, "read_only").await;
        assert_eq!(failed(&read_only, Level::Warn), [("K1".to_owned(), "login read_only".to_owned())]);
        // Not even a member of the group: everything about rows is unknown, and nothing breaks.
        let stranger = check_as(&database, "stranger").await;
        assert_eq!(of(&stranger, Status::Fail, Level::Error).len(), 0, "{}", report::text(&stranger));
        assert_eq!(stranger.verdict(Level::Error), Status::Unknown);
    });
}

#[test]
fn a_login_that_was_given_too_much_is_found() {
    if !alone("audit::check::a_login_that_was_given_too_much_is_found") {
        return;
    }
    run(async {
        let (database, _office) = healthy().await;
        for (give, take) in [
            ("grant authenticated to queue_desk_operator", "revoke authenticated from queue_desk_operator"),
            ("alter role desk_3 bypassrls", "alter role desk_3 nobypassrls"),
        ] {
            break_it(&database, give).await;
            let report = check_as(&database, "postgres").await;
            break_it(&database, take).await;
            let found = find(&report, "R5", "queue_desk_operator");
            assert_eq!(found.status, Status::Fail);
            assert!(found.evidence.sample.contains(&"desk_3".to_owned()), "{found:?}");
        }
    });
}

#[test]
fn an_empty_database_and_a_crm_that_is_not_migrated_are_checked_too() {
    run(async {
        let empty = TestDatabase::empty().await;
        let report = check_as(&empty, "postgres").await;
        assert!(of(&report, Status::Fail, Level::Error).iter().any(|f| f.id == "T1" && f.object == "public.leads"));
        assert_eq!(find(&report, "M1", "queue_desk").status, Status::Fail);
        assert!(
            report
                .findings
                .iter()
                .filter(|f| matches!(f.id.as_str(), "F1" | "O1" | "C1" | "R3" | "D1"))
                .all(|f| f.status == Status::Unknown),
            "{}",
            report::text(&report)
        );

        let mut owner = empty.owner().await;
        for step in STEPS.iter().filter(|s| s.is_crm()) {
            sqlx::raw_sql(step.sql).execute(&mut owner).await.expect(step.id);
        }
        let report = check_as(&empty, "postgres").await;
        let expected = [
            ("I2", "public.leads.created_at,id"),
            ("I2", "public.whatsapp_message_queue.updated_at,id"),
            ("I2", "public.whatsapp_message_queue.user_id,priority,scheduled_for,queue_position,id"),
            ("L1", "queue_desk.queue_ledger"),
            ("M1", "queue_desk"),
        ];
        assert_eq!(failed(&report, Level::Warn), expected.map(|(i, o)| (i.to_owned(), o.to_owned())));
        assert_eq!(find(&report, "F1", "public.whatsapp_message_queue.user_id").status, Status::Pass);
    });
}

#[test]
fn the_command_line_answers_with_its_exit_codes() {
    run(async {
        let (database, _office) = healthy().await;
        let code = async |url: &str, more: &[&str]| {
            let words: Vec<&str> = ["--url", url, "check"].into_iter().chain(more.iter().copied()).collect();
            Said::from(queue_desk(&words).output().expect("the command runs")).code
        };
        assert_eq!(code(&database.url("postgres"), &[]).await, 0);
        assert_eq!(code(&database.url("postgres"), &["--fail-on", "warn"]).await, 1);
        assert_eq!(code(&database.url("desk_2"), &["--format", "json"]).await, 2);
        assert_eq!(code(&database.url("postgres"), &["--format", "sarif"]).await, 0);
        assert_eq!(code("postgresql://postgres@127.0.0.1:1/none?sslmode=disable", &[]).await, 3);
        break_it(&database, "alter table public.leads drop constraint leads_client_id_fkey").await;
        assert_eq!(code(&database.url("postgres"), &["--json"]).await, 1);
    });
}

#[cfg(feature = "desktop")]
#[test]
fn the_window_gets_the_same_report() {
    run(async {
        let (database, _office) = healthy().await;
        let window = crate::support::window::Window::open(database.desk("desk").await, None);
        let report = window.ask("schema_check");
        assert_eq!(report["login"], "desk");
        assert!(report["summary"]["unknown"].as_u64().unwrap() > 0, "{report}");
        // The phones of the leads, as `Office::leads` makes them.
        assert!(!report.to_string().contains("+972541000"), "no phone in a report");
    });
}
