//! From a healthy database one thing is broken at a time: the check finds that, and nothing else.

use std::sync::{PoisonError, RwLock};

use crate::support::{
    Office, TestDatabase, run,
    terminal::{Said, queue_desk},
};

use ::queue_desk::{
    audit::{check, report, steps::STEPS},
    embedded::Role,
    model::finding::{Finding, Level, Report, Status},
};

/// Roles belong to the whole server: the test that gives a login too much writes, the others read.
static ROLES: RwLock<()> = RwLock::new(());

/// What the documented CRM itself says about our stage words; true of every healthy database here.
const ALWAYS: [(&str, &str); 2] = [("C1", "public.leads.status"), ("C1", "public.leads.status")];

async fn healthy() -> (TestDatabase, Office) {
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

async fn check_as(database: &TestDatabase, login: &str) -> Report {
    check::run(&database.options(login), login).await.expect("a report")
}

async fn break_it(database: &TestDatabase, sql: &'static str) {
    let mut admin = database.session(Role::Superuser.name()).await;
    sqlx::raw_sql(sql).execute(&mut admin).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

fn of(report: &Report, status: Status, from: Level) -> Vec<&Finding> {
    report.findings.iter().filter(|f| f.status == status && f.level >= from).collect()
}

/// What failed beyond [`ALWAYS`], in order of id.
fn failed(report: &Report, from: Level) -> Vec<(String, String)> {
    let mut found: Vec<_> = of(report, Status::Fail, from).iter().map(|f| (f.id.clone(), f.object.clone())).collect();
    for (id, object) in ALWAYS {
        let at = found.iter().position(|f| f.0 == id && f.1 == object).expect("the stage words of the documented CRM");
        found.remove(at);
    }
    found.sort();
    found
}

fn find<'r>(report: &'r Report, id: &str, object: &str) -> &'r Finding {
    report
        .findings
        .iter()
        .find(|f| f.id == id && f.object == object)
        .unwrap_or_else(|| panic!("no {id} about {object}:\n{}", report::text(report)))
}

#[test]
fn a_healthy_database_has_no_finding_that_is_false() {
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let (database, _office) = healthy().await;
        let report = check_as(&database, "postgres").await;
        assert_eq!(failed(&report, Level::Info), [], "{}", report::text(&report));
        assert_eq!(of(&report, Status::Unknown, Level::Info).len(), 0, "{}", report::text(&report));
        for id in ["K1", "K2", "T1", "F1", "F2", "O1", "C1", "R1", "R3", "R5", "L1", "L2", "M1", "D1", "S1"] {
            assert!(report.findings.iter().any(|f| f.id == id && f.status == Status::Pass), "{id} says nothing");
        }
        assert_eq!(find(&report, "T1", "public.leads").evidence.count, Some(20));
        let take = of(&report, Status::Fail, Level::Warn).into_iter().find(|f| f.why.starts_with("Take")).unwrap();
        assert_eq!(take.why, "Take Lead will write 'contacted': 'human_controlled', 'engaged' are not allowed.");
        assert_eq!(report.verdict(Level::Error), Status::Pass);
        assert_eq!(report.verdict(Level::Warn), Status::Fail);
    });
}

/// Each line: what is broken, then what must be found.
const BREAKS: &[(&str, &[(&str, &str)])] = &[
    ("alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_user_id_fkey",
        &[("F1", "public.whatsapp_message_queue.user_id")]),
    // A key by any other name is the key.
    ("alter table public.whatsapp_message_queue rename constraint whatsapp_message_queue_user_id_fkey to something_else", &[]),
    ("alter table public.leads drop constraint leads_client_id_fkey;
      alter table public.leads add foreign key (client_id) references public.clients (id) not valid",
        &[("F2", "public.leads.client_id")]),
    ("alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_lead_id_fkey;
      update public.whatsapp_message_queue set lead_id = gen_random_uuid() where id = (select min(id::text)::uuid from public.whatsapp_message_queue)",
        &[("F1", "public.whatsapp_message_queue.lead_id"), ("O1", "public.whatsapp_message_queue.lead_id")]),
    // The key is there and valid, and the ids are wrong.
    ("set session_replication_role = replica;
      update public.whatsapp_message_queue set lead_id = gen_random_uuid() where id = (select min(id::text)::uuid from public.whatsapp_message_queue)",
        &[("O1", "public.whatsapp_message_queue.lead_id")]),
    ("set session_replication_role = replica; update public.whatsapp_message_queue set lead_id = gen_random_uuid()",
        &[("O1", "public.whatsapp_message_queue.lead_id"), ("O2", "public.whatsapp_message_queue.lead_id")]),
    ("insert into queue_desk.operator (user_id, name) values (gen_random_uuid(), 'Nobody')", &[("K2", "queue_desk.operator")]),
    ("update queue_desk.login set active = false where db_role = 'postgres'", &[]),
    ("drop policy queue_desk_reads on public.leads", &[("R3", "public.leads")]),
    ("drop policy desk_reads on queue_desk.delivery", &[("R3", "queue_desk.delivery")]),
    ("drop policy queue_desk_limits on public.leads",
        &[("R3", "public.leads")]),
    ("alter table public.leads disable row level security", &[("R1", "public.leads")]),
    ("create policy mine on public.leads for select using (client_id = auth.uid())", &[]),
    ("drop policy queue_desk_limits on public.leads; create policy mine on public.leads for select using (client_id = auth.uid())",
        &[("R3", "public.leads"), ("R5", "public.leads")]),
    ("drop table queue_desk.ledger_seal", &[("L1", "queue_desk.queue_ledger"), ("L2", "queue_desk.ledger_seal"), ("L2", "queue_desk.ledger_seal")]),
    ("grant insert on queue_desk.queue_ledger to queue_desk_operator", &[("L1", "queue_desk.queue_ledger")]),
    ("alter table queue_desk.queue_ledger add foreign key (lead_id) references public.leads (id) not valid", &[("L1", "queue_desk.queue_ledger")]),
    ("alter table queue_desk.queue_ledger disable trigger queue_ledger_rows", &[("L2", "queue_desk.queue_ledger")]),
    ("alter table queue_desk.queue_ledger enable trigger queue_ledger_truncate", &[("L2", "queue_desk.queue_ledger")]),
    ("drop trigger ledger_seal_rows on queue_desk.ledger_seal", &[("L2", "queue_desk.ledger_seal")]),
    ("alter table public.whatsapp_message_queue disable trigger queue_desk_watch_update", &[("L2", "public.whatsapp_message_queue")]),
    ("insert into queue_desk.ledger_gap (place, error) values ('leads UPDATE', 'division by zero')", &[("L2", "queue_desk.ledger_gap")]),
    ("alter table public.leads drop column last_interaction", &[("T1", "public.leads")]),
    ("alter table public.leads alter column last_interaction type date", &[("T1", "public.leads")]),
    ("alter table public.whatsapp_message_queue add column tenant text; update public.whatsapp_message_queue set tenant = 'x';
      alter table public.whatsapp_message_queue alter column tenant set not null", &[("T1", "public.whatsapp_message_queue")]),
    ("alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_queue_status_check;
      alter table public.whatsapp_message_queue add check (queue_status in ('queued', 'sending', 'sent', 'failed'))",
        &[("C1", "public.whatsapp_message_queue.queue_status")]),
    // Over several columns, on rows as they are: automation's `sent` comes with its time, Take's `cancelled` keeps a phone.
    ("alter table public.whatsapp_message_queue add check (queue_status <> 'sent' or sent_at is not null)", &[]),
    ("alter table public.whatsapp_message_queue add check (queue_status <> 'cancelled' or recipient_phone = '')",
        &[("C1", "public.whatsapp_message_queue.queue_status")]),
    ("alter table public.whatsapp_message_queue add check (message_type <> 'template')", &[("C1", "public.whatsapp_message_queue.queue_status")]),
    ("create domain public.job_word as text check (value in ('queued', 'processing', 'completed', 'failed'));
      drop index public.idx_lead_processing_queue_scheduled;
      alter table public.lead_processing_queue drop constraint lead_processing_queue_queue_status_check, alter column queue_status drop default, alter column queue_status type public.job_word",
        &[("C1", "public.lead_processing_queue.queue_status")]),
    ("update queue_desk.migration_step set checksum = 'other' where id = 'queue_desk/functions/take'", &[("M1", "queue_desk.migration_step")]),
    ("update queue_desk.migration_step set checksum = 'other' where id = 'queue_desk/0003_ledger'", &[("M1", "queue_desk.migration_step")]),
    ("update queue_desk.migration_step set state = 'failed', error = 'lock timeout' where id = 'queue_desk/0009_due_index'", &[("M1", "queue_desk.migration_step")]),
    ("delete from queue_desk.migration_step where id = 'queue_desk/functions/take'", &[("M1", "queue_desk.migration_step")]),
    ("insert into queue_desk.migration_step (id, kind, checksum, state, app_version) values ('queue_desk/9999_later', 'tx', 'x', 'done', '9.9.9')",
        &[("M1", "queue_desk.migration_step")]),
    ("insert into public.whatsapp_message_queue (lead_id, user_id, queue_position, message_content, recipient_phone)
      select m.lead_id, m.user_id, 1, 'Again', m.recipient_phone from public.whatsapp_message_queue m limit 1", &[("D1", "public.whatsapp_message_queue")]),
    ("update public.user_queue_settings set advanced = '[]' where user_id = (select min(user_id::text)::uuid from queue_desk.operator)",
        &[("S1", "public.user_queue_settings")]),
];

#[test]
fn each_thing_that_is_broken_is_found_and_nothing_else() {
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let mut wrong = Vec::new();
        for (sql, expected) in BREAKS {
            let (database, _office) = healthy().await;
            break_it(&database, sql).await;
            let report = check_as(&database, "postgres").await;
            let found = failed(&report, Level::Warn);
            let mut expected: Vec<_> = expected.iter().map(|(i, o)| ((*i).to_owned(), (*o).to_owned())).collect();
            expected.sort();
            if found != expected {
                wrong.push(format!("{sql}\n  expected {expected:?}\n  found    {found:?}\n{}", report::text(&report)));
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), BREAKS.len(), wrong.join("\n\n"));
    });
}

/// The old report called the key missing when the ids were wrong.
#[test]
fn a_missing_key_and_wrong_ids_under_a_key_are_told_apart() {
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
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
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
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
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
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
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let (database, _office) = healthy().await;
        let report = check_as(&database, "unmapped").await;
        assert_eq!(failed(&report, Level::Warn), [("K2".to_owned(), "login unmapped".to_owned())]);
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
    let _roles = ROLES.write().unwrap_or_else(PoisonError::into_inner);
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
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
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
        let expected = [("L1", "queue_desk.queue_ledger"), ("M1", "queue_desk")];
        assert_eq!(failed(&report, Level::Warn), expected.map(|(i, o)| (i.to_owned(), o.to_owned())));
        assert_eq!(find(&report, "F1", "public.whatsapp_message_queue.user_id").status, Status::Pass);
    });
}

#[test]
fn the_command_line_answers_with_its_exit_codes() {
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let (database, _office) = healthy().await;
        let code = async |url: &str, more: &[&str]| {
            let words: Vec<&str> = ["--url", url, "check"].into_iter().chain(more.iter().copied()).collect();
            Said::from(queue_desk(&words).output().expect("the command runs")).code
        };
        assert_eq!(code(&database.url("postgres"), &[]).await, 0);
        assert_eq!(code(&database.url("postgres"), &["--fail-on", "warn"]).await, 1);
        assert_eq!(code(&database.url("desk_2"), &["--format", "json"]).await, 2);
        assert_eq!(code(&database.url("postgres"), &["--format", "sarif"]).await, 2);
        assert_eq!(code("postgresql://postgres@127.0.0.1:1/none?sslmode=disable", &[]).await, 3);
        break_it(&database, "alter table public.leads drop constraint leads_client_id_fkey").await;
        assert_eq!(code(&database.url("postgres"), &["--json"]).await, 1);
    });
}

#[cfg(feature = "desktop")]
#[test]
fn the_window_gets_the_same_report() {
    let _roles = ROLES.read().unwrap_or_else(PoisonError::into_inner);
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
