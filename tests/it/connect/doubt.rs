//! A connection that breaks while something is done: the ledger is asked, and what it says is told.

use std::time::{Duration, Instant};

use queue_desk::{
    action::{Desk, take},
    db::run as runs,
    error::Code,
    shell::Start,
};
use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use uuid::Uuid;

use super::{form, to, with};
use crate::support::{
    Folder, Office, TestDatabase,
    around::Hand,
    run,
    way::{Cut, Way, Weather},
    window::Window,
};

struct Spoilt {
    database: TestDatabase,
    office: Office,
    way: Way,
    leads: Vec<Uuid>,
}

impl Spoilt {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(3).await;
        for lead in &leads {
            office.queued(*lead, office.noa, chrono::Utc::now() + chrono::Duration::days(1)).await;
        }
        let way = Way::to(database.options("desk").get_port()).await;
        Self { database, office, way, leads }
    }

    async fn desk(&self) -> Desk {
        self.database.desk_through("desk", self.way.port).await
    }

    /// Who owns leads, what was cancelled, and how many receipts of taking there are.
    async fn taken(&mut self) -> (i64, i64, i64) {
        let owned = self.office.count("queue_desk.lead_gate where owner is not null").await;
        let cancelled = self.office.count("whatsapp_message_queue where queue_status = 'cancelled'").await;
        let receipts = self.office.count("queue_desk.queue_ledger where entity = 'receipt' and action = 'take'").await;
        (owned, cancelled, receipts)
    }

    async fn writers(&mut self) -> i64 {
        self.office.count("pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and a.usename = 'desk' and a.datname = current_database()").await
    }
}

#[test]
fn an_answer_that_was_lost_is_found_in_the_ledger_and_the_act_is_done_once() {
    run(async {
        let mut it = Spoilt::new().await;
        let window = Window::open(it.desk().await, None);
        // A receipt that was heard is not the one that is looked for.
        window.take(it.leads[0]);
        it.way.cut(Cut::After, Weather::Clear);
        let since = Instant::now();
        let receipt = window.take(it.leads[1]);
        assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
        assert_eq!((&receipt["changed"], &receipt["detail"]["lead_id"]), (&json!(1), &json!(it.leads[1])));
        assert_eq!(receipt["detail"]["found_in_ledger"], true, "{receipt}");
        assert_eq!(it.taken().await, (2, 2, 2));
        let again = window.take(it.leads[1]);
        assert_eq!((&again["changed"], &again["detail"]["found_in_ledger"]), (&json!(0), &Value::Null), "{again}");
        assert_eq!(it.taken().await, (2, 2, 3), "a second press changes nothing");
        let undone = window.undo(&receipt);
        assert_eq!(undone["changed"], 1, "what was found can be undone: {undone}");
    });
}

#[test]
fn a_statement_that_never_arrived_was_not_done_and_never_will_be() {
    run(async {
        let mut it = Spoilt::new().await;
        let desk = it.desk().await;
        let window = Window::open(desk.clone(), None);
        window.take(it.leads[0]);
        for cut in [Cut::Before, Cut::BeforeUnnoticed] {
            // On a new connection what was seen is looked for first.
            drop(desk.database.writer().await.unwrap());
            it.way.cut(cut, Weather::Clear);
            let error =
                window.refused("take_lead", json!({ "leadId": it.leads[1], "expectedOwner": null }), "connection_lost");
            assert!(error["message"].as_str().unwrap().contains("ledger shows that nothing was done"), "{error}");
            assert_eq!((&error["retryable"], it.taken().await), (&json!(true), (1, 1, 1)));
            assert_eq!(it.writers().await, 1, "{cut:?}: what could still have acted is gone");
        }
        assert_eq!(window.take(it.leads[1])["changed"], 1, "and again");
        assert_eq!(it.taken().await, (2, 2, 2));
    });
}

#[test]
fn a_statement_that_still_runs_is_ended_before_it_is_said_that_nothing_was_done() {
    run(async {
        let mut it = Spoilt::new().await;
        let window = Window::open(it.desk().await, None);
        window.take(it.leads[0]);
        let mut other = it.database.owner().await;
        let mut held = other.begin().await.unwrap();
        held.execute("lock table queue_desk.lead_gate in exclusive mode").await.unwrap();
        it.way.cut(Cut::While, Weather::Clear);
        window.refused("take_lead", json!({ "leadId": it.leads[1], "expectedOwner": null }), "connection_lost");
        held.rollback().await.unwrap();
        assert_eq!((it.writers().await, it.taken().await), (1, (1, 1, 1)));
    });
}

#[test]
fn a_process_that_serves_somebody_else_by_now_is_left_alone() {
    run(async {
        let it = Spoilt::new().await;
        // What a session pooler does when it gives a backend to the next client: the session's lock is gone, the process is not.
        let mut next = it.database.session("desk").await;
        let find = include_str!("../../../src-tauri/sql/session/end_process.sql");
        let (pid, began): (i32, String) = sqlx::query_as(
            "select pg_backend_pid(), backend_start::text from pg_stat_activity where pid = pg_backend_pid()",
        )
        .fetch_one(&mut next)
        .await
        .unwrap();
        let mut asks = it.database.session("desk").await;
        for (pid, began, session) in [(pid, began.as_str(), "another"), (pid, "2020-01-01 00:00:00+00", "another")] {
            let gone: bool =
                sqlx::query_scalar(find).bind(pid).bind(began).bind(session).fetch_one(&mut asks).await.unwrap();
            assert!(gone, "the session that broke is not served any more");
        }
        next.ping().await.expect("and who is served now goes on");
        let mut stranger = it.database.session("desk_2").await;
        let set = "select set_config('queue_desk.session', 'mine', false), pg_advisory_lock_shared(hashtextextended('mine', 0)), a.pid, a.backend_start::text from pg_stat_activity a where a.pid = pg_backend_pid()";
        let row = sqlx::raw_sql(set).fetch_one(&mut stranger).await.unwrap();
        let (pid, began): (i32, String) = (sqlx::Row::get(&row, 2), sqlx::Row::get(&row, 3));
        let gone: bool =
            sqlx::query_scalar(find).bind(pid).bind(&began).bind("mine").fetch_one(&mut asks).await.unwrap();
        assert!(gone, "another login's is none of ours");
        stranger.ping().await.expect("nor is it ended");
    });
}

#[test]
fn a_database_that_stays_away_leaves_a_doubt_that_is_settled_and_told_when_it_is_back() {
    run(async {
        let mut it = Spoilt::new().await;
        let window = Window::open(it.desk().await, None);
        window.ask("session");
        window.take(it.leads[0]);
        let settled = async |seconds: u64| {
            let since = Instant::now();
            loop {
                if let Some(told) = window.heard("desk://settled").last() {
                    return told.clone();
                }
                assert!(since.elapsed() < Duration::from_secs(seconds), "nothing was told");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        it.way.cut(Cut::After, Weather::Dark);
        let since = Instant::now();
        let error =
            window.refused("take_lead", json!({ "leadId": it.leads[1], "expectedOwner": null }), "commit_in_doubt");
        let waited = since.elapsed();
        assert!(waited > Duration::from_secs(10) && waited < Duration::from_secs(18), "{waited:?}");
        assert!(error["hint"].as_str().unwrap().contains("ledger"), "{error}");
        assert_eq!(window.ask("feed_status")["mode"], "offline");
        it.way.becomes(Weather::Clear);
        let told = settled(8).await;
        assert_eq!(told["verb"], "take");
        assert_eq!(told["receipt"]["detail"]["lead_id"], json!(it.leads[1]), "{told}");
        assert_eq!(window.take(it.leads[1])["changed"], 0, "a second press changes nothing");
        assert_eq!(it.taken().await, (2, 2, 3));
    });
}

#[test]
fn a_covered_window_is_told_how_a_doubt_ended_when_it_is_open_again() {
    run(async {
        let mut it = Spoilt::new().await;
        let desk = it.desk().await;
        let window = Window::open(desk.clone(), None);
        window.ask("session");
        it.way.cut(Cut::After, Weather::Dark);
        window.refused("take_lead", json!({ "leadId": it.leads[0], "expectedOwner": null }), "commit_in_doubt");
        window.ask("lock_window");
        it.way.becomes(Weather::Clear);
        let since = Instant::now();
        while desk.database.is_in_doubt() {
            assert!(since.elapsed() < Duration::from_secs(8), "it was not settled");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(window.heard("desk://settled").is_empty(), "nothing is told to a covered window");
        window.call("unlock_window", json!({ "password": null }));
        window.ask("feed_status");
        let told = window.heard("desk://settled");
        assert_eq!((told.len(), &told[0]["receipt"]["changed"]), (1, &json!(1)), "{told:?}");
        window.ask("feed_status");
        assert_eq!(window.heard("desk://settled").len(), 1, "once");
        assert_eq!(it.taken().await, (1, 1, 1));
    });
}

#[test]
fn a_doubt_outlives_its_database_in_the_window_and_is_told_to_the_same_login_when_it_is_back() {
    run(async {
        let mut it = Spoilt::new().await;
        let other = TestDatabase::new().await;
        let _other_office = Office::new(&other).await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let at = |login: &str| to(&with(&form(&it.database, login), json!({ "port": it.way.port })));
        let (mine, anothers) = (at("desk"), at("desk_2"));
        let open = |to: &Value| {
            window.call("connect_open", to.clone());
            window.ask("session");
        };
        let looked = async || {
            // Settling comes after a look: the next one is told of by the change of the mode.
            let since = Instant::now();
            while window.ask("feed_status")["mode"] != "live" {
                assert!(since.elapsed() < Duration::from_secs(8), "the feed does not follow");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        open(&mine);
        window.take(it.leads[0]);
        it.way.cut(Cut::After, Weather::Dark);
        let take = window.begin("take_lead", json!({ "leadId": it.leads[1], "expectedOwner": null }));
        while it.taken().await.2 < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Who leaves does not wait for the database to come back.
        window.call("connect_close", json!({ "stopAutomation": false }));
        assert_eq!(take.join().unwrap().unwrap_err()["code"], "commit_in_doubt");
        it.way.becomes(Weather::Clear);
        for elsewhere in [to(&form(&other, "desk")), anothers] {
            open(&elsewhere);
            looked().await;
            window.call("connect_close", json!({ "stopAutomation": false }));
            assert!(window.heard("desk://settled").is_empty(), "it is nobody else's");
        }
        open(&mine);
        let since = Instant::now();
        while window.heard("desk://settled").is_empty() {
            assert!(since.elapsed() < Duration::from_secs(8), "nothing was told");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let told = window.heard("desk://settled");
        assert_eq!(told[0]["receipt"]["detail"]["lead_id"], json!(it.leads[1]), "{told:?}");
        window.call("connect_close", json!({ "stopAutomation": false }));
        open(&mine);
        looked().await;
        assert_eq!(window.heard("desk://settled").len(), 1, "once");
        assert_eq!(it.taken().await, (2, 2, 2));
    });
}

#[test]
fn a_login_whose_closing_was_not_heard_of_is_found_closed_in_the_ledger() {
    run(async {
        let mut it = Spoilt::new().await;
        let mut superuser = it.database.session("supabase_admin").await;
        let name = format!("desk_{}", &Uuid::new_v4().simple().to_string()[..12]);
        let make = format!("create role {name} login in role queue_desk_operator");
        superuser.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(make))).await.unwrap();
        let gil = Uuid::new_v4();
        it.office
            .does(format!(
                "insert into auth.users (id) values ('{gil}'); insert into queue_desk.operator (user_id, name) values ('{gil}', 'Gil');
                 insert into queue_desk.login (db_role, user_id) values ('{name}', '{gil}')"
            ))
            .await;
        let open = async |conn: &mut sqlx::PgConnection| -> bool {
            let query = sqlx::query_scalar("select rolcanlogin from pg_roles where rolname = $1").bind(name.clone());
            query.fetch_one(conn).await.unwrap()
        };
        // An admin whose login may make and close roles.
        let desk = it.database.desk_through("postgres", it.way.port).await;
        superuser
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("grant {name} to postgres with admin option"))))
            .await
            .unwrap();
        let window = Window::open(desk.clone(), None);
        window.ask("session");

        // It never arrived: nothing was closed, and it says so.
        it.way.cut(Cut::Before, Weather::Clear);
        let lost = window.refused("login_close", json!({ "userId": gil }), "connection_lost");
        assert!(lost["message"].as_str().unwrap().contains("nothing was done"), "{lost}");
        assert!(open(&mut superuser).await);

        // The answer was lost: the ledger has it, with the login that was closed. On a new connection what was seen is looked for first.
        drop(desk.database.writer().await.unwrap());
        it.way.cut(Cut::After, Weather::Clear);
        let receipt = window.call("login_close", json!({ "userId": gil }));
        assert_eq!(
            (&receipt["changed"], &receipt["detail"]["found_in_ledger"]),
            (&json!(1), &json!(true)),
            "{receipt}"
        );
        assert_eq!(receipt["detail"]["closed"], json!([name]), "{receipt}");
        assert!(!open(&mut superuser).await);
        superuser.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop role {name}")))).await.unwrap();
    });
}

#[test]
fn a_receipt_of_another_verb_is_no_answer() {
    run(async {
        let mut it = Spoilt::new().await;
        let desk = it.desk().await;
        // The receipt of a run is written on the same connection, and nobody counts it as heard.
        let hand = Hand::start(desk.clone()).await;
        runs::finish(&mut desk.database.writer().await.unwrap(), hand.run(), hand.worker()).await.unwrap();
        it.way.cut(Cut::Before, Weather::Clear);
        let error = take::take(&desk, it.leads[0], None, None).await.unwrap_err();
        assert_eq!((error.code, it.taken().await), (Code::ConnectionLost, (0, 0, 0)), "{error:?}");
    });
}

#[test]
fn where_an_older_queue_desk_keeps_the_ledger_it_is_not_said_that_nothing_was_done() {
    run(async {
        let mut it = Spoilt::new().await;
        it.office.does("do $$ begin execute replace(pg_get_functiondef((select oid from pg_proc where proname = 'write_receipt')), 'queue_desk.session', 'queue_desk.other'); end $$").await;
        let window = Window::open(it.desk().await, None);
        it.way.cut(Cut::After, Weather::Clear);
        window.refused("take_lead", json!({ "leadId": it.leads[0], "expectedOwner": null }), "commit_in_doubt");
        assert_eq!(it.taken().await, (1, 1, 1), "it was done");
    });
}

#[test]
fn on_a_database_without_a_ledger_the_doubt_stays_a_doubt() {
    run(async {
        let database = TestDatabase::empty().await;
        let way = Way::to(database.options("postgres").get_port()).await;
        let desk = database.desk_through("postgres", way.port).await;
        drop(desk.database.writer().await.unwrap());
        way.cut(Cut::Before, Weather::Clear);
        let error = take::take(&desk, Uuid::new_v4(), None, None).await.unwrap_err();
        assert_eq!(error.code, Code::NotMigrated, "the statement is refused when it is prepared");
    });
}
