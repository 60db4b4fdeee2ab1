//! The preview of a migration: what is pending, what it locks, and who stands in its way.

use ::queue_desk::{
    audit::{migrate, steps::STEPS},
    db,
    model::preview::{Preview, PreviewStep},
};
use sqlx::Connection;

use crate::support::{TestDatabase, database::value, run, terminal::everything};

async fn look(database: &TestDatabase) -> Preview {
    let mut conn = db::open(&database.options("postgres"), true).await.expect("a connection that cannot write");
    migrate::preview(&mut conn).await.expect("a preview")
}

fn pending(preview: &Preview) -> Vec<&PreviewStep> {
    preview.steps.iter().filter(|s| s.state != "done").collect()
}

#[test]
fn every_step_says_what_it_makes_and_what_it_locks() {
    for step in STEPS {
        let (what, locks) = (step.what(), step.locks_said());
        assert!(what.len() > 10 && what.ends_with('.'), "{}: {what}", step.id);
        assert!(locks.len() > 3, "{}: {locks}", step.id);
        // The bookkeeping group and the roles take none.
        let says_nothing = locks == "not written down";
        assert!(!says_nothing || step.id == "queue_desk/0000_desk_group", "{} does not say what it locks", step.id);
    }
}

#[test]
fn the_preview_shows_what_is_pending_and_writes_nothing() {
    run(async {
        let database = TestDatabase::new().await;
        let whole = look(&database).await;
        assert!(pending(&whole).is_empty() && !whole.creates_crm, "{:?}", whole.steps);
        assert!(whole.keys.iter().all(|k| k.whole) && whole.keys.len() > 10, "{:?}", whole.keys);
        let mut owner = database.owner().await;
        sqlx::raw_sql("drop index public.queue_desk_due; delete from queue_desk.migration_step where id in ('queue_desk/0009_due_index', 'queue_desk/0008_watch');
            update queue_desk.migration_step set checksum = 'old' where id = 'queue_desk/functions/take'").execute(&mut owner).await.unwrap();
        let before = everything(&mut owner).await;
        let preview = look(&database).await;
        assert_eq!(before, everything(&mut owner).await, "nothing was written");
        let states: Vec<(&str, &str)> = preview.steps.iter().map(|s| (s.id.as_str(), s.state.as_str())).collect();
        assert!(states.contains(&("queue_desk/0008_watch", "pending")), "{states:?}");
        assert!(states.contains(&("queue_desk/functions/take", "changed")), "{states:?}");
        let index = preview.steps.iter().find(|s| s.id == "queue_desk/0009_due_index").expect("the index");
        let [lock] = index.locks.as_slice() else { panic!("{:?}", index.locks) };
        assert_eq!(
            (lock.table.as_str(), lock.mode.as_str()),
            ("public.whatsapp_message_queue", "SHARE UPDATE EXCLUSIVE")
        );
        assert!(lock.bytes > 0 && index.sql.contains("create index concurrently") && index.what.len() > 10);
        let empty = look(&TestDatabase::empty().await).await;
        assert!(empty.creates_crm && pending(&empty).len() == STEPS.len(), "{}", empty.steps.len());
    });
}

#[test]
fn who_holds_a_table_and_who_waits_for_him_is_seen_before_a_migration_waits_too() {
    run(async {
        let database = TestDatabase::new().await;
        let mut owner = database.owner().await;
        sqlx::raw_sql("delete from queue_desk.migration_step where id = 'queue_desk/0008_watch'")
            .execute(&mut owner)
            .await
            .unwrap();
        assert_eq!(look(&database).await.blockers, []);
        let mut holder = database.session("postgres").await;
        let pid: i32 = value(&mut holder, "select pg_backend_pid()").await;
        let mut held = holder.begin().await.unwrap();
        sqlx::raw_sql("lock table public.lead_processing_queue in access exclusive mode")
            .execute(&mut *held)
            .await
            .unwrap();
        let mut waiting = database.session("postgres").await;
        let waiter = tokio::spawn(async move {
            sqlx::raw_sql("select count(*) from public.lead_processing_queue").execute(&mut waiting).await
        });
        let mut seen = Vec::new();
        for _ in 0..100 {
            seen = look(&database).await.blockers;
            if seen.iter().any(|b| b.pid == pid && b.makes_wait == 1) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let blocker = seen.iter().find(|b| b.pid == pid).expect("who holds the table is seen");
        assert_eq!(
            (blocker.login.as_str(), blocker.state.as_str(), blocker.makes_wait),
            ("postgres", "idle in transaction", 1)
        );
        assert!(
            blocker.locks.contains(&"public.lead_processing_queue (AccessExclusiveLock)".to_owned()),
            "{:?}",
            blocker.locks
        );
        held.rollback().await.unwrap();
        waiter.await.unwrap().unwrap();
        assert_eq!(look(&database).await.blockers, []);
    });
}

#[cfg(feature = "desktop")]
#[test]
fn the_window_shows_the_preview_to_the_owner_and_refuses_others_in_words() {
    run(async {
        let database = TestDatabase::new().await;
        let window = crate::support::window::Window::open(database.desk("postgres").await, None);
        let steps = window.ask("schema_preview")["steps"].as_array().unwrap().clone();
        assert!(steps.len() > 40 && steps.iter().all(|s| s["state"] == "done"));
        let desk = crate::support::window::Window::open(database.desk("desk").await, None);
        let error = desk.invoke("schema_preview", serde_json::json!({})).expect_err("a desk may not see the steps");
        assert_eq!(error["code"], "no_permission", "{error}");
    });
}
