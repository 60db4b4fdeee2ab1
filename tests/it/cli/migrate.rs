//! Migrate and sample, on databases that begin empty.

use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::PgConnection;

use super::{receipt, refusal};
use crate::support::{
    TestDatabase, run,
    sending::count,
    terminal::{Said, everything, json, queue_desk},
};

fn states(migration: &Value) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for step in migration["steps"].as_array().expect("steps") {
        let state = step["state"].as_str().expect("a state").to_owned();
        match found.iter_mut().find(|(s, _)| *s == state) {
            Some((_, count)) => *count += 1,
            None => found.push((state, 1)),
        }
    }
    found
}

/// All steps done, and the schema usable by a desk.
async fn is_whole(owner: &mut PgConnection) {
    assert_eq!(count(owner, "select count(*) from queue_desk.migration_step where state <> 'done'").await, 0);
    let steps = queue_desk::audit::steps::STEPS.len() as i64;
    assert_eq!(count(owner, "select count(*) from queue_desk.migration_step").await, steps);
    assert_eq!(
        count(owner, "select count(*) from pg_index where not indisvalid").await,
        0,
        "no index was left half built"
    );
    assert_eq!(count(owner, "select count(*) from pg_class where relname = 'queue_desk_due'").await, 1);
    assert_eq!(count(owner, "select count(*) from queue_desk.instance").await, 1);
    let granted = "select has_function_privilege('queue_desk_operator', 'queue_desk.prepare_commit(uuid, jsonb, boolean)', 'execute')::integer::bigint";
    assert_eq!(count(owner, granted).await, 1);
}

#[test]
fn an_empty_database_is_planned_migrated_and_then_has_nothing_pending() {
    run(async {
        let database = TestDatabase::empty().await;
        let (mut owner, url) = (database.owner().await, database.url("postgres"));
        let before = everything(&mut owner).await;
        let plan = json(&url, &["migrate", "--plan"]);
        assert_eq!((plan.code, plan.json()["creates_crm"].clone()), (0, true.into()));
        assert_eq!(states(&plan.json())[0].0, "pending");
        assert_eq!(everything(&mut owner).await, before, "a plan changes nothing");
        assert_eq!(count(&mut owner, "select count(*) from pg_namespace where nspname = 'queue_desk'").await, 0);

        let applied = json(&url, &["migrate", "--apply"]);
        assert_eq!(applied.code, 0, "{applied:?}");
        assert_eq!(states(&applied.json()).iter().map(|(s, _)| s.as_str()).collect::<Vec<_>>(), ["applied"]);
        is_whole(&mut owner).await;
        let before = everything(&mut owner).await;
        for flag in ["--plan", "--apply"] {
            let again = json(&url, &["migrate", flag]);
            assert_eq!(
                (again.code, states(&again.json()).len(), states(&again.json())[0].0.as_str()),
                (0, 1, "done"),
                "{again:?}"
            );
        }
        assert_eq!(everything(&mut owner).await, before, "a second time changes nothing");
        for args in [&["migrate"][..], &["migrate", "--plan", "--apply"]] {
            refusal(&json(&url, args), 2, "bad_input");
        }
        refusal(&json(&url, &["migrate", "--remove"]), 2, "bad_input");
        refusal(&json(&url, &["migrate", "--remove", "--confirm", "another"]), 2, "bad_input");
    });
}

#[test]
fn a_sample_fills_a_migrated_database_and_never_somebodys() {
    run(async {
        let database = TestDatabase::new().await;
        let (mut owner, url) = (database.owner().await, database.url("postgres"));
        let made = receipt(&json(&url, &["sample", "--leads", "40", "--seed", "7"]), 0, "sample");
        assert_eq!(made["changed"], 40);
        assert_eq!(count(&mut owner, "select count(*) from leads where lead_metadata -> 'sample' = 'true'").await, 40);
        assert_eq!(count(&mut owner, "select count(*) from queue_desk.instance where kind = 'sample'").await, 1);
        assert_eq!(
            json(&url, &["session"]).json()["operator"]["name"].as_str().map(str::is_empty),
            Some(false),
            "its login is an operator"
        );
        refusal(&json(&url, &["sample", "--leads", "40"]), 1, "sample_refused");
        assert_eq!(receipt(&json(&url, &["sample", "--leads", "10", "--reset"]), 0, "sample")["changed"], 10);
        assert_eq!(count(&mut owner, "select count(*) from leads").await, 10);

        let live = TestDatabase::new().await;
        let mut owner = live.owner().await;
        sqlx::raw_sql("insert into leads (first_name, phone) values ('Real', '+972541234567')")
            .execute(&mut owner)
            .await
            .unwrap();
        let before = everything(&mut owner).await;
        for args in [&["sample"][..], &["sample", "--reset"]] {
            refusal(&json(&live.url("postgres"), args), 1, "sample_refused");
        }
        assert_eq!(everything(&mut owner).await, before, "somebody's leads are left alone");
        refusal(&json(&live.url("desk"), &["sample"]), 1, "no_permission");
    });
}

#[test]
fn two_migrations_at_once_make_one_database() {
    run(async {
        let database = TestDatabase::empty().await;
        let url = database.url("postgres");
        let both = [0, 1].map(|_| queue_desk(&["--url", &url, "--json", "migrate", "--apply"]).spawn().unwrap());
        let said = both.map(|child| Said::from(child.wait_with_output().unwrap()));
        assert!(said.iter().all(|s| s.code == 0), "{said:?}");
        let mut owner = database.owner().await;
        is_whole(&mut owner).await;
        let more =
            "select count(*) from queue_desk.migration_step where attempts > 1 and id <> 'queue_desk/functions/grants'";
        assert_eq!(count(&mut owner, more).await, 0, "each step was done once");
    });
}

#[test]
fn a_migration_killed_anywhere_goes_on_where_it_was() {
    run(async {
        let steps = queue_desk::audit::steps::STEPS.len() as i64;
        for done in [1, 9, steps - 1] {
            let database = TestDatabase::empty().await;
            let (mut owner, url) = (database.owner().await, database.url("postgres"));
            let mut child = queue_desk(&["--url", &url, "--json", "migrate", "--apply"]).spawn().unwrap();
            let since = Instant::now();
            loop {
                let so_far: Result<i64, _> =
                    sqlx::query_scalar("select count(*) from queue_desk.migration_step where state = 'done'")
                        .fetch_one(&mut owner)
                        .await;
                if so_far.unwrap_or(0) >= done || since.elapsed() > Duration::from_secs(30) {
                    break;
                }
            }
            child.kill().unwrap();
            child.wait().unwrap();
            let again = json(&url, &["migrate", "--apply"]);
            assert_eq!(again.code, 0, "killed after {done}: {again:?}");
            is_whole(&mut owner).await;
        }
    });
}

#[test]
fn an_index_that_was_left_half_built_is_built_again() {
    run(async {
        let database = TestDatabase::new().await;
        let mut admin = database.session("supabase_admin").await;
        let half = "update pg_index set indisvalid = false where indexrelid = 'public.queue_desk_due'::regclass";
        sqlx::query(half).execute(&mut admin).await.unwrap();
        sqlx::query("delete from queue_desk.migration_step where id = 'queue_desk/0009_due_index'")
            .execute(&mut admin)
            .await
            .unwrap();
        let mut owner = database.owner().await;
        let migration = queue_desk::audit::migrate::apply(&mut owner).await.unwrap();
        let step = migration.steps.iter().find(|s| s.id == "queue_desk/0009_due_index").unwrap();
        assert_eq!(step.state, "applied", "half an index is not adopted");
        let valid: bool =
            sqlx::query_scalar("select indisvalid from pg_index where indexrelid = 'public.queue_desk_due'::regclass")
                .fetch_one(&mut owner)
                .await
                .unwrap();
        assert!(valid);
    });
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    run(async {
        let database = TestDatabase::new().await;
        let mut owner = database.owner().await;
        let newer = "insert into queue_desk.migration_step (id, kind, checksum, state, app_version) values ('queue_desk/9999_later', 'tx', 'x', 'done', '9.0.0')";
        sqlx::query(newer).execute(&mut owner).await.unwrap();
        let refused = queue_desk::audit::migrate::apply(&mut owner).await.unwrap_err();
        assert_eq!(refused.code, queue_desk::error::Code::NewerDatabase);
    });
}
