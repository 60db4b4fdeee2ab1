//! Migrations that are stood in the way: a held lock, too few rights, a full disk, a person who stops them.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use queue_desk::{
    audit::{
        migrate::{self, Wish},
        steps::{Kind, STEPS},
    },
    error::Code,
};
use sqlx::{AssertSqlSafe, Connection};

use crate::support::{
    TestDatabase,
    fixture::{self, assert_conserved, broken_references, number, rows},
    run,
};

#[test]
fn a_preview_writes_nothing_and_tells_what_stands_in_the_way() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut owner = database.owner().await;
        let mut holder = database.session("supabase_admin").await;
        let mut held = holder.begin().await.unwrap();
        sqlx::query("update auth.users set updated_at = now() where id = md5('user1')::uuid")
            .execute(&mut *held)
            .await
            .unwrap();
        let before = crate::support::terminal::everything(&mut owner).await;
        let preview = migrate::preview(&mut owner).await.unwrap();
        assert_eq!(crate::support::terminal::everything(&mut owner).await, before);
        assert_eq!(
            preview.blockers.iter().map(|b| b.locks.join(" ")).collect::<Vec<_>>(),
            ["auth.users (RowExclusiveLock)"],
            "{:?}",
            preview.blockers
        );
        assert!(preview.steps.iter().all(|s| s.may_not.is_none() && (s.kind == "keys" || !s.sql.is_empty())));
        let key =
            preview.keys.iter().find(|k| k.child == "public.whatsapp_message_queue" && k.col == "user_id").unwrap();
        assert_eq!(
            (key.state.as_str(), key.orphans, key.pointing, key.recent),
            ("missing", Some(40), Some(400), Some(40))
        );
        assert!(key.sql.iter().any(|s| s.contains("not valid")) && key.sql.iter().any(|s| s.contains("validate")));
        assert!(key.locks.iter().any(|l| l.table == "auth.users" && l.mode == "SHARE ROW EXCLUSIVE"));
        drop(held);

        let mut admin = database.session("supabase_admin").await;
        fixture::run(&mut admin, "alter table public.leads owner to supabase_admin").await;
        let preview = migrate::preview(&mut owner).await.unwrap();
        let policies = preview.steps.iter().find(|s| s.id.ends_with("0007_crm_row_security")).unwrap();
        assert_eq!(policies.may_not.as_deref(), Some("public.leads belongs to supabase_admin"));
        let of_leads = preview.keys.iter().find(|k| k.child == "public.leads").unwrap();
        assert_eq!(of_leads.refused.as_deref(), Some("public.leads belongs to supabase_admin"));
    });
}

/// What a preview says of the locks is what Postgres says while the step is under way.
#[test]
fn the_locks_that_are_told_are_those_that_are_taken() {
    run(async {
        let database = TestDatabase::fixture(&["duplicates"]).await;
        let mut owner = database.owner().await;
        migrate::apply(&mut owner).await.unwrap();
        for step in STEPS.iter().filter(|s| s.kind == Kind::Pieces) {
            let mut told: Vec<String> = step.locks.iter().map(|(t, m)| format!("{t} {m}")).collect();
            let mut taken = Vec::new();
            for piece in step.pieces() {
                let mut tx = owner.begin().await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(piece.to_owned())).execute(&mut *tx).await.unwrap();
                let locks: Vec<String> = sqlx::query_scalar(
                    "select format('public.%s %s', c.relname, case l.mode when 'AccessExclusiveLock' then 'ACCESS EXCLUSIVE' when 'ShareRowExclusiveLock' then 'SHARE ROW EXCLUSIVE' end)
                     from pg_locks l join pg_class c on c.oid = l.relation where l.pid = pg_backend_pid() and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and l.mode in ('AccessExclusiveLock', 'ShareRowExclusiveLock')",
                )
                .fetch_all(&mut *tx)
                .await
                .unwrap();
                let mut tables: Vec<&str> = locks.iter().filter_map(|l| l.split(' ').next()).collect();
                tables.sort_unstable();
                tables.dedup();
                assert!(tables.len() <= 1, "one table at a time: {locks:?}");
                // Dropping a policy or making a trigger anew locks more than making one.
                taken.extend(tables.iter().map(|t| (*t).to_owned()));
                tx.rollback().await.unwrap();
            }
            told.iter_mut().for_each(|t| *t = t.split(' ').next().unwrap_or_default().to_owned());
            told.sort();
            taken.sort();
            assert_eq!(taken, told, "{}", step.id);
        }
    });
}

#[test]
fn a_transaction_held_open_on_the_users_is_named_and_waited_out() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let (mut owner, mut holder) = (database.owner().await, database.session("supabase_auth_admin").await);
        let before = rows(&mut owner).await;
        let mut held = holder.begin().await.unwrap();
        sqlx::query("update auth.users set updated_at = now() where id = md5('user1')::uuid")
            .execute(&mut *held)
            .await
            .unwrap();
        let web = fixture::Web::start(&database).await;
        let wish = Wish { patience: Duration::from_millis(1500), ..Wish::default() };
        let refused = migrate::apply_as(&mut owner, &wish).await.unwrap_err();
        assert_eq!(refused.code, Code::MigrationFailed);
        assert!(refused.message.contains("auth.users is held by session"), "{refused:?}");
        let (longest, done, failed) = web.stop().await;
        eprintln!("a held lock on auth.users: the web waited {longest:?} at most, {done} writes, {failed} failed");
        assert_eq!(failed, 0);
        assert_conserved(&mut owner, &before, "held").await;
        held.rollback().await.unwrap();
        assert_eq!(migrate::apply(&mut owner).await.unwrap().refused, []);
        assert_conserved(&mut owner, &before, "after").await;
    });
}

#[test]
fn too_few_rights_end_in_a_sentence_and_a_script() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let (mut owner, mut admin) = (database.owner().await, database.session("supabase_admin").await);
        let before = rows(&mut admin).await;
        fixture::run(&mut admin, "alter table public.leads owner to supabase_admin").await;
        let refused = migrate::apply(&mut owner).await.unwrap_err();
        assert!(refused.message.contains("must be owner of table leads"), "{refused:?}");
        assert!(refused.hint.as_deref().is_some_and(|h| h.contains("migrate --script")), "{refused:?}");
        assert_conserved(&mut admin, &before, "rights").await;
        // Whoever may, runs the script; then there is nothing left to do.
        let script = migrate::script(&mut owner).await.unwrap();
        fixture::run(&mut admin, &script).await;
        assert_eq!(broken_references(&mut admin).await, Vec::<String>::new());
        assert_conserved(&mut admin, &before, "script").await;

        let database = TestDatabase::fixture(&["live_crm"]).await;
        let mut desk = database.session("stranger").await;
        let refused = migrate::apply(&mut desk).await.unwrap_err();
        assert_eq!(refused.code, Code::NoPermission);
    });
}

/// The database says 53100 after a number of rows, as it does when the disk of its data is full.
#[test]
fn a_disk_that_fills_up_half_way_loses_nothing() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let (mut owner, mut admin) = (database.owner().await, database.session("supabase_admin").await);
        let before = rows(&mut owner).await;
        let seen = AtomicUsize::new(0);
        let stop = AtomicBool::new(false);
        // Up to the step before the keys, then the disk is nearly full.
        let progress = |p: migrate::Progress| {
            seen.fetch_add(1, Ordering::Relaxed);
            stop.store(p.step.ends_with("0016_words"), Ordering::Relaxed);
        };
        let wish = Wish { progress: &progress, cancelled: &stop, ..Wish::default() };
        assert_eq!(migrate::apply_as(&mut owner, &wish).await.unwrap_err().code, Code::Cancelled);
        assert!(seen.load(Ordering::Relaxed) > 20);
        fixture::run(&mut admin, "create sequence public.blocks; create function public.full_disk() returns trigger language plpgsql security definer as $$ begin
              if nextval('public.blocks') > 20 then raise exception 'could not extend file: No space left on device' using errcode = '53100'; end if; return new; end $$;
            create trigger full_disk before insert on queue_desk.quarantine for each row execute function public.full_disk()").await;
        for _ in 0..2 {
            let refused = migrate::apply(&mut owner).await.unwrap_err();
            assert!(refused.message.contains("disk is full"), "{refused:?}");
            assert_conserved(&mut owner, &before, "full").await;
        }
        fixture::run(&mut admin, "drop trigger full_disk on queue_desk.quarantine; drop function public.full_disk(); drop sequence public.blocks").await;
        assert_eq!(migrate::apply(&mut owner).await.unwrap().refused, []);
        assert_conserved(&mut owner, &before, "room again").await;
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new());
    });
}

#[test]
fn the_web_is_hardly_held_up() {
    run(async {
        for start in [&["broken"][..], &["live_crm"]] {
            let database = TestDatabase::fixture(start).await;
            let mut owner = database.owner().await;
            let before = number(&mut owner, "select count(*) from whatsapp_message_queue").await;
            let web = fixture::Web::start(&database).await;
            migrate::apply(&mut owner).await.unwrap();
            let (longest, done, failed) = web.stop().await;
            eprintln!("{start:?}: the web's longest wait {longest:?}, {done} writes, {failed} failed");
            assert_eq!(failed, 0, "no write of the web failed");
            let now = number(&mut owner, "select (select count(*) from whatsapp_message_queue) + (select count(*) from queue_desk.quarantine where src_table = 'whatsapp_message_queue' and action = 'moved')").await;
            assert_eq!(now, before);
            assert!(longest < Duration::from_secs(2), "{longest:?}");
        }
    });
}

#[test]
fn a_crm_without_one_of_its_tables_is_refused_before_anything_is_made() {
    run(async {
        let database = TestDatabase::fixture(&["duplicates"]).await;
        let mut owner = database.owner().await;
        fixture::run(&mut owner, "drop table lead_members").await;
        let refused = migrate::apply(&mut owner).await.unwrap_err();
        assert_eq!(refused.code, Code::NoTables, "{refused:?}");
        assert!(refused.message.contains("lead_members"));
        assert_eq!(number(&mut owner, "select count(*) from pg_namespace where nspname = 'queue_desk'").await, 0);
    });
}
