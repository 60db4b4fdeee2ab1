//! A live, broken CRM is made right, as Supabase's own `postgres` (no superuser, not the owner of auth), without losing a row.

use queue_desk::{
    audit::migrate::{self, Wish},
    error::Code,
};

use crate::support::{
    TestDatabase,
    fixture::{self, assert_conserved, broken_references, catalogue, number, rows, text},
    run,
};

const STARTS: [&[&str]; 4] = [&["live_crm"], &["live_crm", "own_ledger"], &["broken"], &["duplicates"]];

#[test]
fn every_start_is_made_right_and_loses_no_row() {
    run(async {
        for start in STARTS {
            let database = TestDatabase::fixture(start).await;
            let mut owner = database.owner().await;
            let superuser: bool = sqlx::query_scalar("select rolsuper from pg_roles where rolname = session_user")
                .fetch_one(&mut owner)
                .await
                .unwrap();
            assert!(!superuser);
            let before = rows(&mut owner).await;
            let migration = migrate::apply(&mut owner).await.unwrap_or_else(|e| panic!("{start:?}: {e:?}"));
            assert_eq!(migration.refused, [], "{start:?}");
            assert_conserved(&mut owner, &before, &format!("{start:?}")).await;
            assert_eq!(broken_references(&mut owner).await, Vec::<String>::new(), "{start:?}");
            for line in &migration.balance {
                assert_eq!(line.before - line.moved + line.by_others, line.after, "{start:?}: {line:?}");
                assert_eq!(line.by_others, 0, "{start:?}: nobody else wrote: {line:?}");
            }
            let receipt = text(&mut owner, "select detail #>> '{detail,balance,0,table}' from queue_desk.queue_ledger where action = 'migrate' and entity = 'receipt'").await;
            assert!(receipt.starts_with("public."), "the sums are in the ledger's receipt: {receipt}");
            assert_eq!(number(&mut owner, "select count(*) from queue_desk.ledger_gap").await, 0, "{start:?}");

            let made = catalogue(&mut owner, "'public', 'auth', 'queue_desk'").await;
            let ledger = number(&mut owner, "select count(*) from queue_desk.queue_ledger").await;
            let again = migrate::apply(&mut owner).await.unwrap();
            assert!(again.steps.iter().all(|s| s.state == "done"), "{start:?}: {:?}", again.steps);
            assert_eq!(
                catalogue(&mut owner, "'public', 'auth', 'queue_desk'").await,
                made,
                "{start:?}: a second time changes nothing"
            );
            assert_eq!(number(&mut owner, "select count(*) from queue_desk.queue_ledger").await, ledger);
            if start.contains(&"own_ledger") {
                assert_eq!(
                    number(&mut owner, "select count(*) from public.queue_ledger").await,
                    5,
                    "theirs is left alone"
                );
                let preview = migrate::preview(&mut owner).await.unwrap();
                assert_eq!(preview.left_alone, ["public.queue_ledger"]);
            }
        }
    });
}

#[test]
fn what_was_moved_can_be_put_back_byte_for_byte() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut owner = database.owner().await;
        let exact = "select md5(string_agg(m::text, '|' order by m.id)) from public.whatsapp_message_queue m";
        let leads = "select md5(string_agg(l.id::text || coalesce(l.client_id::text, '') || coalesce(l.current_project_id::text, ''), '|' order by l.id)) from public.leads l where first_name is not null";
        let (before, before_leads) = (text(&mut owner, exact).await, text(&mut owner, leads).await);
        migrate::apply(&mut owner).await.unwrap();
        assert_ne!(text(&mut owner, exact).await, before);
        let several = "select count(*) from queue_desk.quarantine where src_table = 'whatsapp_message_queue' and cardinality(reasons) = 3";
        assert_eq!(number(&mut owner, several).await, 3, "one entry with all its reasons");
        assert_eq!(
            number(
                &mut owner,
                "select count(*) from queue_desk.quarantine where src_table = 'leads' and action = 'moved'"
            )
            .await,
            0
        );
        // Nothing can go back while its parents are missing.
        let restored = "select queue_desk.restore_quarantined(null) ->> 'changed'";
        let words =
            number(&mut owner, "select count(*) from queue_desk.quarantine where action = 'value_mapped'").await;
        assert_eq!(words, 15, "words outside the check");
        let desk = database.desk("postgres").await;
        let open = queue_desk::action::quarantine::list(&desk, true, None, 1000).await.unwrap();
        let orphans_of_gone = open.iter().filter(|q| q.src_table.ends_with("message_queue") && q.restorable).count();
        assert_eq!(orphans_of_gone, 0, "what they point to is not there");
        let legal_words = open.iter().filter(|q| q.action == "value_mapped" && q.restorable).count();
        assert_eq!(legal_words, 0, "the check refuses the old words still");
        fixture::run(&mut owner, "insert into auth.users (id) select md5('client' || n)::uuid from generate_series(1, 20) n union select md5('gone')::uuid union select md5('nobody')::uuid;
            insert into clients (id, name) select md5(x)::uuid, x from unnest(array['gone', 'gone0', 'gone1', 'gone2']) x;
            insert into projects (id, name, client_id) values (md5('gone project')::uuid, 'p', md5('gone')::uuid);
            insert into leads (id) select md5('gone lead' || n)::uuid from generate_series(38, 49) n union select md5('gone lead')::uuid").await;
        let receipt = queue_desk::action::quarantine::restore(&desk, None).await.unwrap();
        assert_eq!(usize::try_from(receipt.asked).unwrap(), open.len());
        assert_eq!(text(&mut owner, exact).await, before, "every byte of every message");
        assert_eq!(text(&mut owner, leads).await, before_leads, "every reference of every lead");
        assert_eq!(
            number(
                &mut owner,
                "select count(*) from queue_desk.quarantine where restored_at is null and action <> 'value_mapped'"
            )
            .await,
            0
        );
        assert_eq!(
            receipt.skipped.iter().map(|s| (s.reason.as_str(), s.count)).collect::<Vec<_>>(),
            [("refused_by_check", 15)]
        );
        assert_eq!(text(&mut owner, restored).await, "0", "a second time puts nothing back");
        let kept = queue_desk::action::quarantine::keep(&desk, None).await.unwrap();
        assert_eq!(
            (kept.changed, queue_desk::action::quarantine::list(&desk, true, None, 1000).await.unwrap().len()),
            (15, 0)
        );
        let again = queue_desk::action::quarantine::restore(&desk, None).await.unwrap();
        assert_eq!(again.asked, 0, "what a person decided to keep is put back by name only");
        // The check is gone, and somebody wrote another word since.
        fixture::run(
            &mut owner,
            "do $$ declare k text; begin for k in select conname from pg_constraint where conrelid = 'leads'::regclass and contype = 'c' loop execute format('alter table leads drop constraint %I', k); end loop; end $$;
             update leads set status = 'hot' where id = (select (src_pk ->> 'id')::uuid from queue_desk.quarantine where action = 'value_mapped' order by id limit 1)",
        )
        .await;
        let kept = queue_desk::action::quarantine::list(&desk, false, None, 1000).await.unwrap();
        let back = kept.iter().filter(|q| q.action == "value_mapped" && q.restorable).count();
        assert_eq!(back, 14, "all but the word that somebody wrote over");
        let all: Vec<i64> = sqlx::query_scalar("select id from queue_desk.quarantine where action = 'value_mapped'")
            .fetch_all(&mut owner)
            .await
            .unwrap();
        let named = queue_desk::action::quarantine::restore(&desk, Some(&all)).await.unwrap();
        assert_eq!((named.changed, named.skipped[0].reason.as_str()), (14, "changed_since"), "{named:?}");
        assert_eq!(number(&mut owner, "select count(*) from leads where status = 'hot' and id in (select (src_pk ->> 'id')::uuid from queue_desk.quarantine where action = 'value_mapped')").await, 1);
        let refused =
            queue_desk::action::quarantine::list(&database.desk("desk").await, true, None, 10).await.unwrap_err();
        assert_eq!(refused.code, Code::NoPermission, "a desk may not look");
    });
}

#[test]
fn suspiciously_many_rows_are_left_alone_unless_forced() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut owner = database.owner().await;
        fixture::run(
            &mut owner,
            "update whatsapp_message_queue set user_id = coalesce(client_id, md5('client1')::uuid)",
        )
        .await;
        let before = rows(&mut owner).await;
        let migration = migrate::apply(&mut owner).await.unwrap();
        let objects: Vec<&str> = migration.refused.iter().map(|r| r.object.as_str()).collect();
        assert_eq!(objects, ["public.whatsapp_message_queue.user_id"], "{:?}", migration.refused);
        assert!(migration.refused[0].reason.contains("more than 20 %"));
        assert_conserved(&mut owner, &before, "refused").await;
        assert_eq!(broken_references(&mut owner).await.len(), 1, "everything else is done");
        let state =
            "select count(*) from queue_desk.migration_step where state = 'failed' and id = 'queue_desk/0017_keys'";
        assert_eq!(number(&mut owner, state).await, 1, "and the check can tell");
        let forced = migrate::apply_as(&mut owner, &Wish { force: true, ..Wish::default() }).await.unwrap();
        assert_eq!(forced.refused, []);
        assert_conserved(&mut owner, &before, "forced").await;
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new());
    });
}

#[test]
fn a_login_that_sees_no_users_moves_nothing() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut admin = database.session("supabase_admin").await;
        // Owns the CRM's tables and does not pass row security; in no group, because roles belong to the whole server.
        let give: String =
            fixture::TABLES.iter().map(|t| format!("alter table public.{t} owner to half_owner;")).collect();
        fixture::run(
            &mut admin,
            &format!(
                "do $$ begin create role half_owner login; exception when duplicate_object then null; end $$;
                 grant create on database {} to half_owner; grant usage, create on schema public to half_owner; {give}
                 grant usage on schema auth to half_owner; grant select, references on auth.users to half_owner",
                database.name()
            ),
        )
        .await;
        let mut half = database.session("half_owner").await;
        let before = rows(&mut admin).await;
        let migration = migrate::apply(&mut half).await.unwrap();
        let hidden =
            migration.refused.iter().filter(|r| r.reason.contains("row security hides rows of auth.users")).count();
        assert_eq!(hidden, 8, "every reference to auth.users: {:?}", migration.refused);
        assert_conserved(&mut admin, &before, "hidden").await;
        let users =
            "select count(*) from queue_desk.quarantine where array_to_string(reasons, ' ') like '%auth.users%'";
        assert_eq!(number(&mut admin, users).await, 0, "no false orphan");
    });
}

#[test]
fn nobody_elses_row_is_eaten_by_a_cascade() {
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut owner = database.owner().await;
        fixture::run(&mut owner, "create table message_notes (id serial primary key, message_id uuid references whatsapp_message_queue on delete cascade, body text);
            insert into message_notes (message_id, body) select md5('message' || n)::uuid, 'note' from generate_series(39, 41) n").await;
        let before = rows(&mut owner).await;
        let migration = migrate::apply(&mut owner).await.unwrap();
        assert_eq!(number(&mut owner, "select count(*) from message_notes").await, 3);
        assert!(!migration.refused.is_empty());
        assert!(
            migration.refused.iter().all(|r| r.reason.contains("message_notes point to it")),
            "{:?}",
            migration.refused
        );
        assert_conserved(&mut owner, &before, "cascade").await;
        let left =
            "select count(*) from whatsapp_message_queue m where m.id in (select n.message_id from message_notes n)";
        assert_eq!(number(&mut owner, left).await, 3, "the messages that have notes stay");
        fixture::run(&mut owner, "delete from message_notes").await;
        assert_eq!(migrate::apply(&mut owner).await.unwrap().refused, []);
        assert_conserved(&mut owner, &before, "cascade, second").await;
    });
}

#[test]
fn a_row_that_cannot_be_changed_is_held_and_holds_up_no_other() {
    run(async {
        // A word that nobody knows breaks a NOT VALID check, so that its lead cannot be updated by anyone.
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut owner = database.owner().await;
        fixture::run(&mut owner, "alter table leads drop constraint leads_status_check; update leads set status = 'blorp' where id = md5('lead5')::uuid;
            alter table leads add constraint leads_status_check check (status <> 'blorp' and status <> 'hook') not valid").await;
        let before = rows(&mut owner).await;
        let migration = migrate::apply(&mut owner).await.unwrap();
        assert_eq!(migration.refused.len(), 1, "{:?}", migration.refused);
        assert!(
            migration.refused[0].reason.contains("1 held by constraint leads_status_check"),
            "{:?}",
            migration.refused
        );
        assert_eq!(
            number(
                &mut owner,
                "select count(*) from leads where client_id is not null and client_id not in (select id from clients)"
            )
            .await,
            1
        );
        assert_conserved(&mut owner, &before, "held").await;

        // A webhook that fails rolls the update of its lead back.
        let database = TestDatabase::fixture(&["live_crm"]).await;
        let mut owner = database.owner().await;
        fixture::run(&mut owner, "alter table leads drop constraint leads_client_id_fkey; alter table leads disable trigger lead_update_webhook;
            update leads set client_id = md5('gone')::uuid where id = md5('lead9')::uuid; alter table leads enable trigger lead_update_webhook; analyze leads").await;
        let mut admin = database.session("supabase_admin").await;
        fixture::run(&mut admin, &format!("alter database {} set stub.webhook_fails = on", database.name())).await;
        let mut owner = database.owner().await;
        let wish = Wish { force: true, ..Wish::default() };
        let migration = migrate::apply_as(&mut owner, &wish).await.unwrap();
        assert!(
            migration.refused.iter().any(|r| r.reason.contains("the database refused it, SQLSTATE P0001")),
            "{:?}",
            migration.refused
        );
        fixture::run(&mut admin, &format!("alter database {} reset stub.webhook_fails", database.name())).await;
        let mut owner = database.owner().await;
        assert_eq!(migrate::apply_as(&mut owner, &wish).await.unwrap().refused, []);
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new());
    });
}

#[test]
fn what_somebody_did_by_hand_is_adopted_by_its_columns() {
    run(async {
        let database = TestDatabase::fixture(&["duplicates"]).await;
        let mut owner = database.owner().await;
        fixture::run(&mut owner, "alter table whatsapp_message_queue drop constraint whatsapp_message_queue_lead_id_fkey, drop constraint whatsapp_message_queue_user_id_fkey;
            alter table whatsapp_message_queue add constraint by_hand foreign key (lead_id) references leads on delete cascade,
              add constraint also_by_hand foreign key (user_id) references auth.users on delete cascade not valid;
            create index their_index on client_members (client_id)").await;
        migrate::apply(&mut owner).await.unwrap();
        let keys = "select string_agg(conname || ' ' || convalidated, ', ' order by conname) from pg_constraint where contype = 'f' and conrelid = 'whatsapp_message_queue'::regclass";
        assert_eq!(
            text(&mut owner, keys).await,
            "also_by_hand true, by_hand true, whatsapp_message_queue_client_id_fkey true"
        );
        assert_eq!(number(&mut owner, "select count(*) from pg_index where indrelid = 'client_members'::regclass and indkey[0] = (select attnum from pg_attribute where attrelid = 'client_members'::regclass and attname = 'client_id')").await, 1);
    });
}

#[test]
fn a_valid_key_that_hides_orphans_is_believed_no_more_than_a_missing_one() {
    run(async {
        let database = TestDatabase::fixture(&["duplicates"]).await;
        let (mut owner, mut admin) = (database.owner().await, database.session("supabase_admin").await);
        migrate::apply(&mut owner).await.unwrap();
        fixture::run(&mut admin, "set session_replication_role = replica; insert into whatsapp_message_queue (id, lead_id, queue_position, message_content, recipient_phone) values (md5('x')::uuid, md5('nobody')::uuid, 1, 'x', '1')").await;
        assert_eq!(broken_references(&mut owner).await.len(), 1);
        let before = rows(&mut owner).await;
        let again = migrate::apply(&mut owner).await.unwrap();
        assert!(
            again.steps.iter().any(|s| s.id.ends_with("_keys") && s.state == "applied"),
            "drift is mended, though the step was done"
        );
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new());
        assert_conserved(&mut owner, &before, "hidden").await;
    });
}

#[test]
fn settings_get_the_keys_they_lack_and_lose_none() {
    run(async {
        let database = TestDatabase::fixture(&["live_crm"]).await;
        let mut owner = database.owner().await;
        let all = "select string_agg(user_id || work_days::text || coalesce(processing_targets::text, '') || automation::text || advanced::text, '|' order by user_id) from user_queue_settings";
        let old = "create table before as select user_id, x.path, x.value from user_queue_settings u, lateral (
            select 'work_days.' || key as path, value from jsonb_each(case when jsonb_typeof(u.work_days) = 'object' then u.work_days else '{}' end)
            union all select 'advanced.' || key, value from jsonb_each(case when jsonb_typeof(u.advanced) = 'object' then u.advanced else '{}' end)) x";
        fixture::run(&mut owner, old).await;
        migrate::apply(&mut owner).await.unwrap();
        assert_eq!(number(&mut owner, "select count(*) from before b join user_queue_settings u using (user_id) where jsonb_typeof(b.value) <> 'object'
            and jsonb_build_object('work_days', u.work_days, 'advanced', u.advanced) #> string_to_array(b.path, '.') is distinct from b.value").await, 0, "what was there is there");
        let flat = "select advanced #>> '{batch_processing,batch_size}' || ' ' || (advanced ->> 'colour') || ' ' || (advanced ->> 'batch_size') || ' ' || (work_days #>> '{business_hours,lunch}') || ' ' || (advanced #>> '{rate_limiting,messages_per_hour}')
            from user_queue_settings where user_id = md5('user2')::uuid";
        assert_eq!(text(&mut owner, flat).await, "10 teal 10 13:00 1000");
        assert_eq!(text(&mut owner, "select (work_days #>> '{business_hours,start}') || ' ' || (work_days #>> '{business_hours,end}') from user_queue_settings where user_id = md5('user3')::uuid").await, "10:00 17:00");
        assert_eq!(number(&mut owner, "select count(*) from user_queue_settings where work_days is null or processing_targets is null or automation is null or jsonb_typeof(advanced) <> 'object'").await, 0);
        let once = text(&mut owner, all).await;
        migrate::apply(&mut owner).await.unwrap();
        assert_eq!(text(&mut owner, all).await, once);
    });
}

#[test]
fn the_optional_unique_index_is_only_for_who_asks_and_refuses_duplicates() {
    run(async {
        let database = TestDatabase::fixture(&["duplicates"]).await;
        let mut owner = database.owner().await;
        let index = "select count(*) from pg_class where relname = 'queue_desk_one_live_message'";
        migrate::apply(&mut owner).await.unwrap();
        assert_eq!(number(&mut owner, index).await, 0);
        let with = ["one_live_message".to_owned()];
        let wish = Wish { with: &with, ..Wish::default() };
        let refused = migrate::apply_as(&mut owner, &wish).await.unwrap();
        assert!(refused.refused[0].reason.starts_with("45 leads have several"), "{:?}", refused.refused);
        assert_eq!(number(&mut owner, index).await, 0);
        fixture::run(
            &mut owner,
            "update whatsapp_message_queue set queue_status = 'cancelled' where queue_position > 1",
        )
        .await;
        assert_eq!(migrate::apply_as(&mut owner, &wish).await.unwrap().refused, []);
        assert_eq!(number(&mut owner, "select count(*) from pg_index where indexrelid = 'queue_desk_one_live_message'::regclass and indisvalid").await, 1);
        assert!(
            migrate::plan(&mut owner).await.unwrap().pending() == 0,
            "a database that has it is not newer than the program"
        );
        let wrong = migrate::apply_as(&mut owner, &Wish { with: &["nonsense".to_owned()], ..Wish::default() })
            .await
            .unwrap_err();
        assert_eq!((wrong.code, wrong.field.as_deref()), (Code::BadInput, Some("with")));
    });
}

#[test]
fn the_sql_script_does_the_same_and_is_adopted() {
    run(async {
        let (by_hand, by_us) = (TestDatabase::fixture(&["broken"]).await, TestDatabase::fixture(&["broken"]).await);
        let (mut owner, mut other) = (by_hand.owner().await, by_us.owner().await);
        let before = rows(&mut owner).await;
        let script = migrate::script(&mut owner).await.unwrap();
        assert_eq!(
            number(&mut owner, "select count(*) from pg_namespace where nspname = 'queue_desk'").await,
            0,
            "writing it writes nothing"
        );
        fixture::run(&mut owner, &script).await;
        assert_conserved(&mut owner, &before, "script").await;
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new());
        let found = migrate::apply(&mut owner).await.unwrap();
        assert!(found.steps.iter().all(|s| matches!(s.state, "done" | "adopted")), "{:?}", found.steps);
        fixture::run(&mut owner, &script).await;
        migrate::apply(&mut other).await.unwrap();
        assert_eq!(
            catalogue(&mut owner, "'public', 'auth', 'queue_desk'").await,
            catalogue(&mut other, "'public', 'auth', 'queue_desk'").await
        );
    });
}

#[test]
fn an_older_desk_may_look_and_not_act() {
    run(async {
        let database = TestDatabase::new().await;
        let office = crate::support::Office::new(&database).await;
        let mut owner = office.owner;
        let desk = database.desk("desk").await;
        let session = queue_desk::action::session::session(&desk).await.unwrap();
        assert_eq!(
            (session.read_only, session.read_only_reason, session.min_app_version.as_deref()),
            (false, None, Some("0.1.0"))
        );
        fixture::run(&mut owner, "update queue_desk.instance set min_app_version = '0.10.0'").await;
        let session = queue_desk::action::session::session(&desk).await.unwrap();
        assert_eq!(
            (session.read_only, session.read_only_reason),
            (true, Some(queue_desk::model::session::ReadOnlyReason::AppTooOld))
        );
        let before = crate::support::terminal::everything(&mut owner).await;
        let refused = queue_desk::action::stop::stop_everything(&desk, None).await.unwrap_err();
        assert_eq!(refused.code, Code::NewerDatabase, "the database refuses it too: {refused:?}");
        assert!(refused.message.contains("0.1.0") && refused.message.contains("0.10.0"));
        assert_eq!(crate::support::terminal::everything(&mut owner).await, before);
        migrate::apply(&mut owner).await.unwrap();
        assert_eq!(
            text(&mut owner, "select min_app_version from queue_desk.instance").await,
            "0.10.0",
            "an older program does not lower it"
        );
    });
}
