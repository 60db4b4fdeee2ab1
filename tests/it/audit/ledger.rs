//! The ledger's seals: what they find, and that nobody waits for them.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use queue_desk::{
    action::{self, Desk, ledger::Watch},
    embedded::Role,
    error::Error,
    model::ledger::{Tampering, Verification},
};
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::support::{Folder, Office, TestDatabase, database::value, run};

const APPEND: &str = "select queue_desk.append_ledger('test', 'message', 'm' || n, null, 'queued', 'sent', 'why', jsonb_build_object('n', n, 'x', 1.50)) from generate_series(1, 10) n";

async fn execute(conn: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(conn).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

async fn verify(desk: &Desk, heads: &Path) -> Result<Verification, Error> {
    action::ledger::verify(desk, heads, &Watch { progress: &|_| {}, cancelled: &Default::default() }).await
}

/// A database with at least ten rows, a desk, and a folder for what it remembers.
struct Scene {
    database: TestDatabase,
    office: Office,
    desk: Desk,
    folder: Folder,
}

impl Scene {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        execute(&mut office.owner, APPEND).await;
        let desk = database.desk("desk_2").await;
        Self { database, office, desk, folder: Folder::new() }
    }

    fn heads(&self) -> PathBuf {
        self.folder.path().join("heads.json")
    }

    async fn verify(&self) -> Verification {
        verify(&self.desk, &self.heads()).await.expect("a verification")
    }

    /// Another test's open transaction on this server holds the sealer back for a moment.
    async fn verify_all_sealed(&self) -> Verification {
        self.verify_when(|found| found.unsealed == 0 || !found.is_intact()).await
    }

    async fn verify_when(&self, ready: impl Fn(&Verification) -> bool) -> Verification {
        for _ in 0..400 {
            let found = self.verify().await;
            if ready(&found) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("rows stayed without a seal");
    }

    /// What only a superuser or the owner can do: switches the guards off first.
    async fn tamper(&self, sql: &'static str) {
        let mut admin = self.database.session(Role::Superuser.name()).await;
        execute(&mut admin, "alter table queue_desk.queue_ledger disable trigger all; alter table queue_desk.ledger_seal disable trigger all").await;
        execute(&mut admin, sql).await;
    }
}

/// A place of the chain, and what was done there.
type Place = (Option<i64>, Tampering);

fn problems(found: &Verification) -> Vec<Place> {
    found.problems.iter().map(|p| (p.seq, p.what)).collect()
}

#[test]
fn an_untouched_ledger_is_sealed_to_its_end_and_intact() {
    run(async {
        let mut scene = Scene::new().await;
        let found = scene.verify_all_sealed().await;
        let rows: i64 = value(&mut scene.office.owner, "select count(*) from queue_desk.queue_ledger").await;
        assert!(rows >= 10);
        assert_eq!((found.rows, found.sealed, found.problem_count), (rows, rows, 0), "{found:?}");
        assert_eq!(found.head.as_ref().unwrap().seq, rows);
        let again = scene.verify().await;
        assert_eq!(again.remembered, found.head, "what this desk saw is remembered");
    });
}

#[test]
fn the_hash_does_not_depend_on_the_session() {
    run(async {
        let scene = Scene::new().await;
        scene.verify_all_sealed().await;
        let mut other = scene.database.session("desk_3").await;
        execute(&mut other, "set timezone = 'Asia/Tokyo'; set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard'; set extra_float_digits = -5;
            set bytea_output = 'escape'; set lc_numeric = 'C'; set search_path = pg_temp").await;
        assert_eq!(
            value::<i64>(&mut other, "select (queue_desk.verify_ledger() ->> 'problem_count')::bigint").await,
            0
        );
    });
}

#[test]
fn every_kind_of_tampering_is_found_where_it_was_done() {
    use Tampering::*;
    let table: &[(&str, &[Place])] = &[
        // One byte of one column, for each column there is.
        ("update queue_desk.queue_ledger set reason = 'wha' where id = (select ledger_id from queue_desk.ledger_seal where seq = 5)", &[(Some(5), Changed)]),
        ("update queue_desk.queue_ledger set at = at + interval '1 microsecond' where id = (select ledger_id from queue_desk.ledger_seal where seq = 5)", &[(Some(5), Changed)]),
        ("update queue_desk.queue_ledger set login = login || 'x' where id = (select ledger_id from queue_desk.ledger_seal where seq = 5)", &[(Some(5), Changed)]),
        ("update queue_desk.queue_ledger set detail = detail || '{\"n\": 11}' where id = (select max(ledger_id) from queue_desk.ledger_seal)", &[(None, Changed)]),
        ("update queue_desk.queue_ledger set from_state = null, to_state = from_state where id = (select max(ledger_id) from queue_desk.ledger_seal)", &[(None, Changed)]),
        ("update queue_desk.queue_ledger set user_id = gen_random_uuid() where id = (select ledger_id from queue_desk.ledger_seal where seq = 1)", &[(Some(1), Changed)]),
        ("delete from queue_desk.queue_ledger where id = (select ledger_id from queue_desk.ledger_seal where seq = 5)", &[(Some(5), Deleted)]),
        ("delete from queue_desk.queue_ledger where id = (select max(ledger_id) from queue_desk.ledger_seal)", &[(None, Deleted)]),
        ("delete from queue_desk.ledger_seal where seq = 5", &[(Some(5), MissingSeal), (None, InsertedBehind)]),
        // The row and its seal: the chain does not close over the hole.
        ("with s as (delete from queue_desk.ledger_seal where seq = 5 returning ledger_id) delete from queue_desk.queue_ledger l using s where l.id = s.ledger_id", &[(Some(5), MissingSeal)]),
        // And not when the seals are numbered anew.
        ("with s as (delete from queue_desk.ledger_seal where seq = 5 returning ledger_id) delete from queue_desk.queue_ledger l using s where l.id = s.ledger_id;
          update queue_desk.ledger_seal set seq = -seq where seq > 5; update queue_desk.ledger_seal set seq = -seq - 1 where seq < 0", &[(Some(5), Changed)]),
        // A row that pretends to be old.
        ("insert into queue_desk.queue_ledger (xid, actor_kind, action, entity) values ('3', 'person', 'take', 'lead')", &[(None, InsertedBehind)]),
        ("update queue_desk.ledger_seal set hash_version = 2 where seq = 5", &[(Some(5), UnknownVersion)]),
    ];
    run(async {
        for (sql, expected) in table {
            let scene = Scene::new().await;
            let before = scene.verify_all_sealed().await.head.unwrap().seq;
            scene.tamper(sql).await;
            let found = scene.verify().await;
            // A place that the line leaves open is the end of the chain.
            let mut seen: Vec<_> = problems(&found).into_iter().filter(|p| !matches!(p.1, Cut | Rewritten)).collect();
            seen.iter_mut().filter(|p| p.0 == Some(before)).for_each(|p| p.0 = None);
            // Numbered anew, every seal from there on is wrong; the first one says where.
            if sql.contains("-seq") {
                seen.truncate(1);
            }
            assert_eq!(&seen, expected, "{sql}\n{found:?}");
            assert!(!found.is_intact());
        }
    });
}

#[test]
fn a_tail_that_is_cut_off_with_its_seals_is_found_by_the_desk_that_saw_it() {
    run(async {
        const CUT: &str = "delete from queue_desk.queue_ledger l using queue_desk.ledger_seal s where s.ledger_id = l.id and s.seq > 6;
            delete from queue_desk.ledger_seal where seq > 6";
        let mut scene = Scene::new().await;
        let seen = scene.verify_all_sealed().await.head.unwrap();
        scene.tamper(CUT).await;

        let mut owner = scene.database.owner().await;
        assert_eq!(
            value::<i64>(&mut owner, "select (queue_desk.verify_ledger() ->> 'problem_count')::bigint").await,
            0,
            "the rest of the chain is whole"
        );
        let found = scene.verify().await;
        assert_eq!(problems(&found), [(Some(seen.seq), Tampering::Cut)]);
        assert_eq!(problems(&scene.verify().await), [(Some(seen.seq), Tampering::Cut)], "the alarm stays");

        // New rows grow over the place.
        for _ in 0..3 {
            execute(&mut scene.office.owner, APPEND).await;
        }
        let found = scene.verify_when(|found| found.unsealed == 0).await;
        assert_eq!(problems(&found).last().unwrap(), &(Some(seen.seq), Tampering::Rewritten), "{found:?}");
    });
}

#[test]
fn a_damaged_memory_is_an_error_and_never_a_first_look() {
    run(async {
        let scene = Scene::new().await;
        scene.verify_all_sealed().await;
        std::fs::write(scene.heads(), "{").unwrap();
        assert!(verify(&scene.desk, &scene.heads()).await.is_err());
    });
}

#[test]
fn a_transaction_that_commits_late_is_sealed_in_its_turn() {
    run(async {
        let mut scene = Scene::new().await;
        scene.verify_all_sealed().await;
        let mut late = scene.database.owner().await;
        execute(&mut late, "begin").await;
        execute(&mut late, APPEND).await;
        execute(&mut scene.office.owner, APPEND).await;
        let waiting = scene.verify().await;
        assert_eq!(
            (waiting.unsealed, waiting.problem_count),
            (10, 0),
            "the younger rows wait for the older transaction: {waiting:?}"
        );
        execute(&mut late, "commit").await;
        let found = scene.verify_all_sealed().await;
        assert_eq!((found.sealed, found.problem_count), (found.rows, 0));
        assert_eq!(found.rows, waiting.rows + 10);
        assert!(value::<bool>(&mut scene.office.owner, "select bool_and(ordered) from (select (l.xid, l.id) > lag((l.xid, l.id), 1, ('0'::xid8, 0::bigint)) over (order by s.seq) as ordered
            from queue_desk.ledger_seal s join queue_desk.queue_ledger l on l.id = s.ledger_id) o").await);
    });
}

#[test]
fn a_sealer_keeps_nobody_waiting() {
    run(async {
        let mut scene = Scene::new().await;
        let mut sealer = scene.database.session("desk_2").await;
        execute(&mut sealer, "begin").await;
        for _ in 0..200 {
            if value::<i32>(&mut sealer, "select (queue_desk.seal_ledger() ->> 'sealed')::integer").await > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // The sealer has sealed and not committed. Writers and a second sealer go on.
        execute(&mut scene.office.owner, "set lock_timeout = '1ms'").await;
        execute(&mut scene.office.owner, APPEND).await;
        let mut second = scene.database.session("desk_3").await;
        assert!(value::<bool>(&mut second, "select (queue_desk.seal_ledger() ->> 'busy')::boolean").await);
        execute(&mut sealer, "commit").await;
        let found = scene.verify_all_sealed().await;
        assert_eq!((found.sealed, found.problem_count), (found.rows, 0));
    });
}

#[test]
fn many_sealers_and_writers_make_one_chain() {
    run(async {
        let scene = Scene::new().await;
        let tasks = (0..8).map(|n| {
            let options = scene.database.options(if n % 2 == 0 { "postgres" } else { "desk_2" });
            tokio::spawn(async move {
                let mut conn = <PgConnection as sqlx::Connection>::connect_with(&options).await.expect("a session");
                for _ in 0..40 {
                    match n % 2 {
                        0 => execute(&mut conn, APPEND).await,
                        _ => execute(&mut conn, "select queue_desk.seal_ledger(7)").await,
                    }
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("it ran");
        }
        let found = scene.verify_all_sealed().await;
        assert_eq!((found.sealed, found.problem_count), (found.rows, 0), "{found:?}");
        assert!(found.rows >= 4 * 40 * 10);
    });
}

#[test]
fn a_read_only_login_verifies_what_others_sealed_and_nobody_writes_a_seal_by_hand() {
    run(async {
        let mut scene = Scene::new().await;
        scene.verify_all_sealed().await;
        execute(&mut scene.office.owner, APPEND).await;
        let reader = scene.database.desk("read_only").await;
        // Sealing is refused as soon as there is something to seal (another test's open transaction may delay that).
        let mut found = verify(&reader, &scene.heads()).await.expect("a verification");
        for _ in 0..200 {
            if found.not_sealed.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            found = verify(&reader, &scene.heads()).await.expect("a verification");
        }
        assert!(found.is_intact() && found.not_sealed.is_some() && found.unsealed == 10, "{found:?}");
        let mut desk = scene.database.session("desk_2").await;
        assert!(sqlx::query("insert into queue_desk.ledger_seal values (1, 1, '')").execute(&mut desk).await.is_err());
        assert!(sqlx::query("delete from queue_desk.queue_ledger").execute(&mut desk).await.is_err());
        let mut owner = scene.database.owner().await;
        for sql in [
            "delete from queue_desk.ledger_seal",
            "update queue_desk.queue_ledger set reason = ''",
            "truncate queue_desk.queue_ledger",
        ] {
            let refused = sqlx::query(sql).execute(&mut owner).await.expect_err(sql);
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
    });
}

#[test]
fn the_command_line_shows_and_verifies() {
    run(async {
        let scene = Scene::new().await;
        // The real program, with a home of its own.
        let queue_desk = |url: &str, words: &[&str]| {
            let done = std::process::Command::new(env!("CARGO_BIN_EXE_queue-desk"))
                .args(["--url", url, "--json", "ledger"])
                .args(words)
                .env("QUEUE_DESK_HOME", scene.folder.path())
                .output()
                .expect("it runs");
            (done.status.code(), serde_json::from_slice::<Value>(&done.stdout).unwrap_or_default())
        };
        let url = scene.database.url("desk_2");
        let (code, rows) = queue_desk(&url, &["show", "--last", "3"]);
        assert_eq!((code, rows.as_array().map(Vec::len)), (Some(0), Some(3)), "{rows}");
        assert_eq!(rows[0]["to_state"], "sent");
        let (code, none) = queue_desk(&url, &["show", "--lead", "00000000-0000-0000-0000-000000000000"]);
        assert_eq!((code, none), (Some(0), json!([])));

        scene.verify_all_sealed().await;
        let (code, found) = queue_desk(&url, &["verify"]);
        assert_eq!((code, &found["problem_count"]), (Some(0), &json!(0)), "{found}");
        scene.tamper("update queue_desk.queue_ledger set reason = 'x' where id = (select max(ledger_id) from queue_desk.ledger_seal)").await;
        let (code, found) = queue_desk(&url, &["verify"]);
        assert_eq!((code, &found["problems"][0]["what"]), (Some(1), &json!("changed")), "{found}");

        let empty = TestDatabase::empty().await;
        assert_eq!(queue_desk(&empty.url("postgres"), &["verify"]).0, Some(2), "no ledger to verify");
    });
}
