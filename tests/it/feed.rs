//! What others do arrives: at once where a connection listens, else by looking; nothing is skipped, nothing personal travels.

use std::time::{Duration, Instant};

use queue_desk::{
    action::take,
    audit::migrate,
    automation::Until,
    db::feed::{Look, look},
    model::topic::Topic,
};
use serde_json::Value;
use sqlx::{Connection, Executor, postgres::PgListener};

use crate::support::{
    Office, TestDatabase, run,
    sending::{Fake, automate, due},
    way::{Way, Weather},
    window::Window,
};

/// An open window that follows, and how far a test has read what it heard.
struct Ear {
    window: Window,
    read: usize,
}

impl Ear {
    /// Follows as this login and waits until it does so in this mode.
    async fn open(database: &TestDatabase, login: &str, mode: &str) -> Self {
        let window = Window::open(database.desk(login).await, None);
        window.ask("session");
        let mut ear = Self { window, read: 0 };
        ear.becomes(mode, 8).await;
        // What the test did before may still be on its way.
        tokio::time::sleep(Duration::from_millis(400)).await;
        ear.forget();
        ear
    }

    fn status(&self) -> Value {
        self.window.ask("feed_status")
    }

    /// Waits for a mode; returns the status.
    async fn becomes(&mut self, mode: &str, seconds: u64) -> Value {
        let since = Instant::now();
        loop {
            let status = self.status();
            if status["mode"] == mode {
                return status;
            }
            assert!(since.elapsed() < Duration::from_secs(seconds), "it is not {mode}: {status}");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    fn forget(&mut self) {
        self.read = self.window.heard("desk://changed").len();
    }

    /// Waits until this topic was told; returns how long it took.
    async fn hears(&mut self, topic: &str, within: Duration) -> Duration {
        let since = Instant::now();
        loop {
            let heard = self.window.heard("desk://changed");
            let fresh = &heard[self.read..];
            if fresh.iter().any(|event| event["topics"].as_array().unwrap().iter().any(|t| t == topic)) {
                self.read = heard.len();
                return since.elapsed();
            }
            assert!(since.elapsed() < within, "{topic} was not heard within {within:?}: {fresh:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

const AT_ONCE: Duration = Duration::from_secs(1);
/// A look every three seconds, and the look itself.
const BY_LOOKING: Duration = Duration::from_secs(4);

#[test]
fn what_another_desk_prepares_takes_and_settles_arrives_at_once() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(3).await;
        let mut ear = Ear::open(&database, "desk_2", "live").await;
        let other = Window::open(database.desk("desk").await, None);
        other.prepare();
        let prepared = ear.hears("messages", AT_ONCE).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        ear.forget();
        other.take(leads[0]);
        let taken = ear.hears("leads", AT_ONCE).await;
        tokio::time::sleep(Duration::from_millis(300)).await;

        let amir = office.amir;
        due(&mut office, amir, 40).await;
        ear.becomes("live", 1).await;
        tokio::time::sleep(BY_LOOKING).await;
        ear.forget();
        let (desk, since) = (database.desk("runner").await, Instant::now());
        automate(&desk, &Fake::slow(20), Until::Drained).await.unwrap();
        let heard = ear.window.heard("desk://changed")[ear.read..].len();
        ear.hears("automation", AT_ONCE).await;
        eprintln!(
            "heard after: prepare {prepared:?}, take {taken:?}; a run of {:?} was told {heard} times",
            since.elapsed()
        );
        assert!(heard >= 1, "the run was heard while it went on");
        assert!(heard <= 6, "forty messages are not forty refreshes: {heard}");
        assert_eq!(ear.status()["because"], Value::Null);
    });
}

#[test]
fn without_room_for_a_third_connection_it_polls_and_says_so() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.leads(1).await[0];
        let name: String = office.ask("select current_database()::text").await;
        office.does(format!("alter database {name} connection limit 6")).await;
        let mut ear = Ear::open(&database, "desk_2", "polling").await;
        let status = ear.status();
        assert_eq!((&status["because"], &status["delay"]), (&"no_room".into(), &3.into()));
        let sessions = format!("pg_stat_activity where datname = '{name}' and usename = 'desk_2'");
        assert!(office.count(&sessions).await <= 2, "no third connection");
        take::take(&database.desk("desk").await, lead, None, None).await.unwrap();
        ear.hears("leads", BY_LOOKING).await;
    });
}

#[test]
fn another_programs_write_is_seen_although_it_tells_nobody() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.leads(1).await[0];
        let amir = office.amir;
        let mut listener = quiet_listener(&database).await;
        let mut ear = Ear::open(&database, "desk_2", "live").await;
        let message = office.foreign(lead, amir).await;
        ear.hears("messages", BY_LOOKING).await;
        office
            .does(format!("update whatsapp_message_queue set queue_status = 'cancelled' where id = '{message}'"))
            .await;
        ear.hears("messages", BY_LOOKING).await;
        let told = tokio::time::timeout(Duration::from_millis(300), listener.recv()).await;
        assert!(told.is_err(), "a CRM's commit waits for nobody: {told:?}");
    });
}

#[test]
fn a_commit_that_comes_late_is_neither_skipped_nor_waited_for() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (leads, amir) = (office.leads(2).await, office.amir);
        let desk = database.desk("desk").await;
        let next = async |place: Option<&str>| look(&mut desk.database.reader().await.unwrap(), place).await.unwrap();
        let start: Look = next(None).await;
        assert!(start.entities.is_empty());

        let mut slow = database.owner().await;
        slow.execute("begin").await.unwrap();
        sqlx::query("insert into lead_processing_queue (lead_id, user_id, queue_position) values ($1, $2, 1)")
            .bind(leads[0])
            .bind(amir)
            .execute(&mut slow)
            .await
            .unwrap();
        office.foreign(leads[1], amir).await;
        let (low, high): (i64, i64) = sqlx::query_as(
            "select (select last_value from queue_desk.queue_ledger_id_seq) - 1, max(id) from queue_desk.queue_ledger",
        )
        .fetch_one(&mut office.owner)
        .await
        .unwrap();
        assert!(low < high, "the open transaction has the lower id");

        let first = next(Some(&start.place)).await;
        assert_eq!(first.entities, ["message"], "what is committed is told although an older transaction is open");
        let again = next(Some(&first.place)).await;
        assert!(again.entities.is_empty(), "and told once: {:?}", again.entities);
        slow.execute("commit").await.unwrap();
        let late = next(Some(&again.place)).await;
        assert_eq!(late.entities, ["job"]);
        assert!(next(Some(&late.place)).await.entities.is_empty());
    });
}

#[test]
fn a_listening_connection_that_is_cut_costs_no_event_and_comes_back() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(2).await;
        let mut ear = Ear::open(&database, "desk_2", "live").await;
        let cut = "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
                   where datname = current_database() and usename = 'desk_2' and query ilike '%listen%'";
        let mut admin = database.session("supabase_admin").await;
        let ended: i64 = sqlx::query_scalar(cut).fetch_one(&mut admin).await.unwrap();
        assert_eq!(ended, 1);
        let status = ear.becomes("polling", 2).await;
        assert_eq!(status["because"], "lost");
        let other = database.desk("desk").await;
        take::take(&other, leads[0], None, None).await.unwrap();
        ear.hears("leads", BY_LOOKING).await;
        ear.becomes("live", 8).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        ear.forget();
        take::take(&other, leads[1], None, None).await.unwrap();
        ear.hears("leads", AT_ONCE).await;
        let modes: Vec<Value> = ear.window.heard("desk://feed").iter().map(|status| status["mode"].clone()).collect();
        assert_eq!(modes, ["polling", "live", "polling", "live"].map(Value::from));
    });
}

#[test]
fn a_database_that_is_away_is_offline_since_then_and_afterwards_everything_is_stale() {
    run(async {
        let (database, mut office) = Office::open().await;
        let mut ear = Ear::open(&database, "desk_2", "live").await;
        let name: String = office.ask("select current_database()::text").await;
        let elsewhere = database.options("supabase_admin").database("postgres");
        let mut admin = sqlx::PgConnection::connect_with(&elsewhere).await.unwrap();
        let doors = async |admin: &mut sqlx::PgConnection, open: bool| {
            let sql = format!("alter database {name} allow_connections {open}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(admin).await.unwrap();
        };
        doors(&mut admin, false).await;
        sqlx::query(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and usename = 'desk_2'",
        )
        .bind(&name)
        .execute(&mut admin)
        .await
        .unwrap();
        let gone = chrono::Utc::now();
        let status = ear.becomes("offline", 6).await;
        let since: chrono::DateTime<chrono::Utc> = serde_json::from_value(status["since"].clone()).unwrap();
        assert!((since - gone).num_seconds().abs() <= 6, "since {since}, gone {gone}");
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(ear.status()["since"], status["since"], "it is offline since it went, not since the last try");
        ear.forget();
        doors(&mut admin, true).await;
        ear.hears("jobs", Duration::from_secs(8)).await;
        let heard = ear.window.heard("desk://changed");
        let all = serde_json::to_value(Topic::ROWS).unwrap();
        assert!(heard.iter().any(|event| event["topics"] == all), "everything may be stale: {heard:?}");
        ear.becomes("live", 10).await;
    });
}

#[test]
fn a_server_that_lets_in_and_says_nothing_is_offline_and_the_way_back_needs_nobody() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(2).await;
        let way = Way::to(database.options("desk").get_port()).await;
        let window = Window::open(database.desk_through("desk", way.port).await, None);
        window.ask("session");
        let mut ear = Ear { window, read: 0 };
        ear.becomes("live", 8).await;
        ear.window.take(leads[0]);
        // A laptop that sleeps, a firewall that drops: nothing is refused, and nothing comes.
        way.becomes(Weather::Hole);
        ear.becomes("offline", 18).await;
        way.becomes(Weather::Clear);
        ear.becomes("live", 16).await;
        // The writer was idle: it is not what an act waits on until it is given up.
        let since = Instant::now();
        assert_eq!(ear.window.take(leads[1])["changed"], 1);
        assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    });
}

#[test]
fn a_server_that_is_back_for_reading_only_says_so_at_the_next_act_and_in_the_session() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.leads(1).await[0];
        let mut ear = Ear::open(&database, "desk", "live").await;
        // As after a failover to a copy: the connections end, and the next ones cannot write.
        let name: String = office.ask("select current_database()::text").await;
        office.does(format!("alter database {name} set default_transaction_read_only = on")).await;
        database.cut("desk").await;
        let session = |ear: &Ear| ear.window.invoke("session", serde_json::json!({}));
        let since = Instant::now();
        while !session(&ear).is_ok_and(|session| session["read_only"] == true) {
            assert!(since.elapsed() < Duration::from_secs(5), "{:?}", session(&ear));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(session(&ear).unwrap()["read_only_reason"], "server");
        let press = serde_json::json!({ "leadId": lead, "expectedOwner": null });
        // The first press may find the connection that was ended: nothing was done either way.
        let error = match ear.window.invoke("take_lead", press.clone()) {
            Err(error) if error["code"] == "connection_lost" => ear.window.refused("take_lead", press, "read_only"),
            other => other.unwrap_err(),
        };
        assert_eq!(error["code"], "read_only");
        assert!(error["message"].as_str().unwrap().contains("read only. Nothing was changed"), "{error}");
        ear.becomes("live", 8).await;
        assert_eq!(office.count("queue_desk.lead_gate where owner is not null").await, 0);
    });
}

#[test]
fn nothing_travels_in_a_nudge_and_an_action_nudges_once() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.leads(3).await[0];
        let mut listener = quiet_listener(&database).await;
        let desk = Window::open(database.desk("desk").await, None);
        desk.prepare();
        desk.take(lead);
        desk.release(lead);
        let mut payloads = Vec::new();
        while let Ok(heard) = tokio::time::timeout(Duration::from_millis(300), listener.recv()).await {
            payloads.push(heard.unwrap().payload().to_owned());
        }
        assert_eq!(payloads, ["", "", ""]);
    });
}

#[test]
fn a_database_without_a_ledger_is_followed_from_the_moment_it_has_one() {
    run(async {
        let database = TestDatabase::empty().await;
        let window = Window::open(database.desk("postgres").await, None);
        window.ask("session");
        let mut ear = Ear { window, read: 0 };
        ear.becomes("off", 4).await;
        migrate::apply(&mut database.owner().await).await.unwrap();
        ear.hears("messages", Duration::from_secs(14)).await;
        ear.becomes("live", 4).await;
    });
}

#[test]
fn a_look_reads_the_new_end_of_a_long_ledger_only() {
    run(async {
        let (database, mut office) = Office::open().await;
        office
            .does("insert into queue_desk.queue_ledger (xid, actor_kind, action, entity) select (3 + n % 500)::text::xid8, 'system', 'test', 'message' from generate_series(1, 60000) n")
            .await;
        let start: String = office.ask("select pg_current_snapshot()::text").await;
        office.does("analyze queue_desk.queue_ledger").await;
        let mut desk = database.session("desk").await;
        let sql = include_str!("../../src-tauri/sql/feed/look.sql").replace("$1", &format!("'{start}'"));
        desk.execute("set plan_cache_mode = force_custom_plan").await.unwrap();
        let plan: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("explain {sql}"))).fetch_all(&mut desk).await.unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains("queue_ledger_order") && !plan.contains("Seq Scan on queue_ledger"), "{plan}");
    });
}

#[test]
#[cfg(unix)]
fn the_command_line_watches_too() {
    use std::io::{BufRead, BufReader};
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.leads(1).await[0];
        let url = database.url("desk_2");
        let mut watch = crate::support::terminal::queue_desk(&["--url", &url, "--json", "watch"]).spawn().unwrap();
        let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
        let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(next()["feed"]["mode"], "polling");
        assert_eq!(next()["feed"]["mode"], "live");
        take::take(&database.desk("desk").await, lead, None, None).await.unwrap();
        let topics = next()["topics"].clone();
        assert!(topics.as_array().unwrap().contains(&"leads".into()), "{topics}");
        unsafe { libc::kill(i32::try_from(watch.id()).unwrap(), libc::SIGINT) };
        assert_eq!(watch.wait().unwrap().code(), Some(0));
    });
}

#[test]
fn an_entity_that_this_version_does_not_know_makes_everything_stale() {
    assert_eq!(Topic::of("weather"), Topic::ROWS);
    assert_eq!(Topic::of_all(["receipt", "gate"]), [Topic::Messages, Topic::Jobs, Topic::Leads, Topic::Ledger]);
}

async fn quiet_listener(database: &TestDatabase) -> PgListener {
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(database.options("postgres")).await;
    let mut listener = PgListener::connect_with(&pool.unwrap()).await.unwrap();
    listener.listen("queue_desk").await.unwrap();
    listener
}
