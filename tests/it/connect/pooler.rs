//! Behind a real PgBouncer: one that goes by the transaction is refused, one that goes by the session is as good as a direct way, and a full
//! one says so.

use std::time::{Duration, Instant};

use queue_desk::{action::take, db, shell::Start};
use serde_json::json;
use sqlx::{Executor, PgConnection};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use super::{form, line, to, with};
use crate::support::{
    Folder, Office, TestDatabase, bouncer::Bouncer, database::value, run, tls::postgres_that_says, window::Window,
};

/// Waits until it is so.
async fn comes_to<T: PartialEq + std::fmt::Debug>(wanted: T, seconds: u64, mut is: impl AsyncFnMut() -> T) {
    let since = Instant::now();
    loop {
        let now = is().await;
        if now == wanted {
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(seconds), "it is {now:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[test]
fn a_transaction_pooler_is_refused_with_the_right_address_and_its_backends_stay_as_they_were() {
    run(async {
        let database = TestDatabase::new().await;
        let _office = Office::new(&database).await;
        let bouncer = Bouncer::start(&database, "pool_mode = transaction\ndefault_pool_size = 3").await;
        let mut busy = bouncer.client(&database, "desk").await;
        busy.execute(sqlx::raw_sql("begin")).await.unwrap();
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let profile = with(&form(&database, "desk"), json!({ "port": bouncer.port }));
        let probe = window.call("profile_test", json!({ "profile": profile, "password": null }));
        let (state, words) = line(&probe, "pooler");
        assert!(state == "failed" && words.contains("port 5432"), "{probe}");
        assert_eq!(
            (&probe["problem"]["code"], &probe["problem"]["field"]),
            (&json!("pooler_transaction_mode"), &json!("port"))
        );
        assert_eq!(probe["offers"], json!([]));
        window.refused("connect_open", to(&profile), "pooler_transaction_mode");
        window.refused("session", json!({}), "not_connected");

        // The CRM's other programs get these backends next.
        let mut others = vec![busy];
        for _ in 0..2 {
            let mut next = bouncer.client(&database, "desk").await;
            next.execute(sqlx::raw_sql("begin")).await.unwrap();
            others.push(next);
        }
        for other in &mut others {
            let left = "select current_setting('default_transaction_read_only') || current_setting('statement_timeout')
                || (select count(*) from pg_prepared_statements) || (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory')";
            let row = sqlx::raw_sql(left).fetch_one(other).await.unwrap();
            assert_eq!(sqlx::Row::get::<String, _>(&row, 0), "off000", "nothing of ours stays with a backend");
        }
    });
}

/// A way to the pooler on which the second connection is let through when `other` has taken the backend that the first one had.
async fn taken_meanwhile(pooler: u16, mut other: PgConnection) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        for n in 0..2 {
            let (mut client, _) = listener.accept().await.unwrap();
            if n == 1 {
                other.execute(sqlx::raw_sql("begin")).await.unwrap();
            }
            let mut server = TcpStream::connect(("127.0.0.1", pooler)).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(other);
    });
    port
}

#[test]
fn a_transaction_pooler_is_found_out_also_when_somebody_takes_the_first_backend_meanwhile() {
    run(async {
        let database = TestDatabase::new().await;
        for (settings, way) in [
            ("default_pool_size = 3", "a third backend answers"),
            ("default_pool_size = 2", "the second is asked to let go of its own"),
            ("default_pool_size = 2\nserver_round_robin = 1", "the next in turn answers"),
            ("default_pool_size = 1", "the only one"),
        ] {
            let bouncer = Bouncer::start(&database, &format!("pool_mode = transaction\n{settings}")).await;
            let port = match settings {
                // Nobody could take it and leave one for the second.
                "default_pool_size = 1" => bouncer.port,
                _ => taken_meanwhile(bouncer.port, bouncer.client(&database, "desk").await).await,
            };
            let options = database.options("desk").port(port);
            let (mut first, process) = db::open_bare(&options).await.unwrap();
            let since = Instant::now();
            assert!(db::check::shares_backends(&mut first, process, &options).await.unwrap(), "{settings}: {way}");
            assert!(since.elapsed() < Duration::from_secs(5), "{settings}: {:?}", since.elapsed());
        }
    });
}

#[test]
fn behind_a_session_pooler_as_it_is_installed_everything_works() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(5).await;
        let bouncer = Bouncer::start(&database, "").await;
        let folder = Folder::new();
        let file = folder.path().join("queue.csv");
        let window = Window::answering(Start::Ask, folder.path(), Some(file.clone()));
        let profile = with(&form(&database, "desk"), json!({ "port": bouncer.port }));
        let probe = window.call("profile_test", json!({ "profile": profile, "password": null }));
        assert!(probe["lines"].as_array().unwrap().iter().all(|l| l["state"] == "ok"), "{probe}");
        window.call("connect_open", to(&profile));
        window.ask("session");
        assert_eq!(window.prepare()["changed"], 5);
        assert_eq!(window.take(leads[0])["changed"], 1);
        assert_eq!(window.export("machine")["changed"], 5);
        assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 6);
        comes_to(json!("live"), 8, async || window.ask("feed_status")["mode"].clone()).await;
        let heard = window.heard("desk://changed").len();
        take::take(&database.desk("postgres").await, leads[1], None, None).await.unwrap();
        comes_to(true, 2, async || window.heard("desk://changed").len() > heard).await;
        comes_to((3, 0), 8, async || bouncer.held_and_waiting("desk").await).await;
        let taken: i64 =
            value(&mut office.owner, "select count(*) from queue_desk.lead_gate where owner is not null").await;
        assert_eq!(taken, 2);
    });
}

#[test]
fn where_a_session_pooler_has_two_backends_to_give_a_desk_holds_two_and_looks() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.leads(1).await[0];
        let bouncer = Bouncer::start(&database, "default_pool_size = 2").await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        window.call("connect_open", to(&with(&form(&database, "desk"), json!({ "port": bouncer.port }))));
        window.ask("session");
        assert_eq!(window.take(lead)["changed"], 1);
        comes_to(json!("no_room"), 10, async || window.ask("feed_status")["because"].clone()).await;
        assert_eq!(window.ask("feed_status")["mode"], "polling");
        // PgBouncer does not notice that who waited has gone.
        assert_eq!(bouncer.held_and_waiting("desk").await.0, 2);
        assert_eq!(window.release(lead)["changed"], 1);
    });
}

#[test]
fn where_a_session_pooler_has_two_backends_to_give_an_export_borrows_the_readers_and_gives_it_back() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(700).await;
        let bouncer = Bouncer::start(&database, "default_pool_size = 2").await;
        let folder = Folder::new();
        let file = folder.path().join("queue.csv");
        let window = Window::answering(Start::Ask, folder.path(), Some(file.clone()));
        window.call("connect_open", to(&with(&form(&database, "desk"), json!({ "port": bouncer.port }))));
        window.ask("session");
        assert_eq!(window.prepare()["changed"], 700);
        // Whether the feed has found out by now that there is no third or not.
        for round in ["before the feed knows", "once it knows"] {
            let since = Instant::now();
            assert_eq!(window.export("machine")["changed"], 700, "{round}");
            let took = since.elapsed();
            assert!(took < Duration::from_secs(if round.starts_with("once") { 3 } else { 7 }), "{round}: {took:?}");
            assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 701, "{round}");
            let grid = json!({ "filter": {}, "after": null, "limit": 500 });
            assert_eq!(window.call("messages_page", grid)["rows"].as_array().unwrap().len(), 500, "{round}");
            comes_to(json!("no_room"), 10, async || window.ask("feed_status")["because"].clone()).await;
        }
        // Taking is not held up, and its word for the lead is written although nobody has a connection left for that.
        assert_eq!(window.take(leads[0])["changed"], 1);
        comes_to(1, 20, async || {
            office.count("queue_desk.stage_outbox where stage = 'human' and state = 'written'").await
        })
        .await;
        assert!(window.heard("desk://feed").iter().all(|status| status["mode"] != "offline"), "it was never away");
        assert_eq!(window.ask("ledger_verify")["problem_count"], 0, "which needs one of its own too");
        assert!(bouncer.held_and_waiting("desk").await.0 <= 2);
    });
}

#[test]
fn while_the_reader_is_lent_the_grids_wait_actions_do_not_and_the_feed_calls_nobody_away() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.leads(1).await[0];
        let bouncer = Bouncer::start(&database, "default_pool_size = 2").await;
        let desk = database.desk_through("desk", bouncer.port).await;
        let window = Window::open(desk.clone(), None);
        window.ask("session");
        drop(desk.database.writer().await.unwrap());
        comes_to(json!("no_room"), 10, async || window.ask("feed_status")["because"].clone()).await;
        let mut spare = desk.database.spare().await.unwrap();
        assert!(desk.database.is_reader_lent());
        let refused = sqlx::raw_sql("create table public.made (id integer)").execute(&mut *spare).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("25006"), "a read only one");
        let grid = window.begin("messages_page", json!({ "filter": {}, "after": null, "limit": 50 }));
        assert_eq!(window.take(lead)["changed"], 1);
        assert!(!grid.is_finished(), "it waits for its turn");
        spare.close().await;
        grid.join().unwrap().unwrap();
        assert!(!desk.database.is_reader_lent());

        // One that is dropped in the middle of its work gives it back too.
        drop(desk.database.spare().await.unwrap());
        window.call("messages_page", json!({ "filter": {}, "after": null, "limit": 50 }));

        // And one that may write is never a reader again.
        let mut writes = desk.database.spare_writer().await.unwrap();
        sqlx::raw_sql("select queue_desk.nudge(); create temporary table made (id integer)")
            .execute(&mut *writes)
            .await
            .unwrap();
        writes.close().await;
        let mut reader = desk.database.reader().await.unwrap();
        let refused = queue_desk::db::session::move_clock(&mut reader, chrono::Utc::now() + chrono::Duration::hours(1))
            .await
            .unwrap_err();
        assert_eq!(refused.code, queue_desk::error::Code::ReadOnly);
        assert!(window.heard("desk://feed").iter().all(|status| status["mode"] != "offline"));
    });
}

#[test]
fn a_pooler_that_has_nothing_to_give_says_so_in_time_and_the_window_goes_on_asking() {
    run(async {
        let database = TestDatabase::new().await;
        let _office = Office::new(&database).await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let nothing = |port: u16, says: &str| {
            let profile = with(&form(&database, "desk"), json!({ "port": port }));
            let since = Instant::now();
            let probe = window.call("profile_test", json!({ "profile": profile, "password": null }));
            let (state, words) = line(&probe, "login");
            assert!(state == "failed" && words.contains(says), "{says}: {probe}");
            assert_eq!(probe["problem"]["code"], "no_connection");
            let error = window.refused("connect_open", to(&profile), "no_connection");
            assert!(
                error["hint"].as_str().unwrap().contains("each desk needs two") && error["retryable"] == true,
                "{error}"
            );
            assert!(since.elapsed() < Duration::from_secs(8), "{says}: {:?}", since.elapsed());
            profile
        };
        for (settings, says) in [
            ("max_client_conn = 1", "lets nobody else in"),
            ("default_pool_size = 1\nquery_wait_timeout = 1", "had no connection to give"),
        ] {
            let bouncer = Bouncer::start(&database, settings).await;
            let mut held = bouncer.client(&database, "desk").await;
            held.execute(sqlx::raw_sql("select 1")).await.unwrap();
            let profile = nothing(bouncer.port, says);
            if settings.starts_with("max") {
                continue;
            }
            drop(held);
            // One is not two, and says that too.
            let probe = window.call("profile_test", json!({ "profile": profile, "password": null }));
            let (state, words) = line(&probe, "pooler");
            assert!(state == "unknown" && words.contains("had no connection to give"), "{probe}");
        }
        // Supavisor's words: it is no package.
        let said = "SFATAL\0VFATAL\0CXX000\0MMaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size\0\0";
        nothing(postgres_that_says(b'E', said.as_bytes()).await, "session pooler at 127.0.0.1");
    });
}
