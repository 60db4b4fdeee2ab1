//! kill -9 of the command at each step and in the middle of batches, with the web writing meanwhile: run again, the rows are all there and
//! the database is what an undisturbed migration makes of it.
//!
//! Here a few places of each start; all of them with QUEUE_DESK_SLOW (`cargo xtask slow`).

use std::{
    io::{BufRead, BufReader},
    time::Duration,
};

use sqlx::PgConnection;

use crate::support::{
    TestDatabase,
    fixture::{self, Web, assert_conserved, broken_references, catalogue, moved, rows, text},
    run,
    terminal::queue_desk,
};

/// What must be the same after any number of kills: the catalogue, who points where, and what is in quarantine and why.
async fn shape(conn: &mut PgConnection) -> String {
    let mut all = catalogue(conn, "'public', 'auth', 'queue_desk'").await;
    for sql in [
        "select string_agg(format('%s %s %s %s %s', id, lead_id, user_id, client_id, queue_status), E'\\n' order by id) from whatsapp_message_queue",
        "select string_agg(format('%s %s %s %s', id, client_id, current_project_id, status), E'\\n' order by id) from leads",
        "select string_agg(format('%s %s %s %s', id, lead_id, client_id, project_id), E'\\n' order by id) from lead_processing_queue",
        "select string_agg(format('%s %s %s %s', src_table, case when src_table in ('leads', 'whatsapp_message_queue', 'lead_processing_queue', 'projects', 'clients') then src_pk::text end, action, reasons), E'\\n' order by src_table, src_pk::text, action, reasons) from queue_desk.quarantine where src_table in ('leads', 'whatsapp_message_queue', 'lead_processing_queue', 'projects', 'clients')",
        "select string_agg(format('%s %s', user_id, advanced), E'\\n' order by user_id) from user_queue_settings",
        "select string_agg(format('%s %s %s', id, kind, state), E'\\n' order by id) from queue_desk.migration_step",
    ] {
        all += &text(conn, sql).await;
    }
    all
}

/// Migrates and kills after the `nth` word of progress; returns how many there were until the end or the kill.
fn migrate_until(url: &str, nth: usize) -> (usize, bool) {
    let mut child = queue_desk(&["--url", url, "migrate", "--apply"]).spawn().unwrap();
    let mut words = 0;
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        line.unwrap();
        words += 1;
        if words == nth {
            child.kill().unwrap();
            break;
        }
    }
    let killed = !child.wait().unwrap().success();
    (words, killed)
}

async fn table(start: &[&str], places: impl Fn(usize) -> Vec<usize>) {
    let undisturbed = TestDatabase::fixture(start).await;
    let (words, killed) = migrate_until(&undisturbed.url("postgres"), usize::MAX);
    assert!(!killed && words > 30, "{start:?}: {words}");
    let wanted = shape(&mut undisturbed.owner().await).await;
    let (mut sums, mut kills) = (String::new(), 0);
    let mut longest = Duration::ZERO;
    for nth in places(words) {
        let database = TestDatabase::fixture(start).await;
        let mut owner = database.owner().await;
        let before = rows(&mut owner).await;
        let web = Web::start(&database).await;
        let (_, was_killed) = migrate_until(&database.url("postgres"), nth);
        kills += usize::from(was_killed);
        let (again, failed) = migrate_until(&database.url("postgres"), usize::MAX);
        assert!(!failed, "{start:?} killed at {nth}: the second run failed after {again}");
        let (waited, _, refused) = web.stop().await;
        assert_eq!(refused, 0, "{start:?} killed at {nth}: no write of the web failed");
        longest = longest.max(waited);
        assert_conserved(&mut owner, &before, &format!("{start:?} killed at {nth} of {words}")).await;
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new(), "{start:?} killed at {nth}");
        assert_eq!(shape(&mut owner).await, wanted, "{start:?} killed at {nth}");
        let away = moved(&mut owner).await;
        sums = format!(
            "{} rows = {} there + {} in quarantine",
            before.iter().sum::<i64>(),
            before.iter().sum::<i64>() - away.iter().sum::<i64>(),
            away.iter().sum::<i64>()
        );
    }
    eprintln!(
        "kill table {start:?}: {kills} kills at {words} places, each time {sums}; the web waited {longest:?} at most"
    );
}

fn is_slow() -> bool {
    std::env::var_os("QUEUE_DESK_SLOW").is_some()
}

#[test]
fn a_broken_database_survives_kills() {
    // Step by step at first, then key by key and batch by batch.
    run(table(&["broken"], |words| match is_slow() {
        true => (1..=words).collect(),
        false => vec![3, 35, words * 2 / 3, words - 4],
    }));
}

#[test]
fn a_live_database_survives_kills() {
    run(table(&["live_crm", "own_ledger"], |words| if is_slow() { (1..=words).collect() } else { vec![36] }));
}

#[test]
fn a_database_with_duplicates_survives_kills() {
    run(table(&["duplicates"], |words| if is_slow() { (1..=words).collect() } else { vec![words - 3] }));
}

#[test]
fn two_admins_and_the_web_at_once_make_one_database() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut owner = database.owner().await;
        let before = rows(&mut owner).await;
        let url = database.url("postgres");
        let both: Vec<_> = (0..2)
            .map(|_| queue_desk(&["--url", &url, "--json", "migrate", "--apply"]).spawn().unwrap())
            .map(|child| std::thread::spawn(move || child.wait_with_output().unwrap()))
            .collect();
        for said in both {
            let said = said.join().unwrap();
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        }
        assert_conserved(&mut owner, &before, "two admins").await;
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new());
        fixture::run(&mut owner, "select 1").await;
    });
}
