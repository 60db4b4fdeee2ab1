//! The ledger hears everybody and forgets nothing.

use serde_json::{Value, json};

use crate::support::{Office, run, window::Window};

#[test]
fn a_foreign_writer_is_logged_as_foreign_with_every_change_of_state() {
    run(async {
        let (_database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let message = office.foreign(lead, office.amir).await;
        let job = office.job(lead, office.amir, "queued").await;
        office.does(format!(
            "update whatsapp_message_queue set queue_status = 'sending' where id = '{message}'; update whatsapp_message_queue set priority = 1 where id = '{message}';
             delete from whatsapp_message_queue where id = '{message}'; update lead_processing_queue set queue_status = 'failed' where id = '{job}'")).await;
        let rows: Value = office.ask("select jsonb_agg(jsonb_build_array(entity, action, from_state, to_state) order by id) from queue_desk.queue_ledger where actor_kind = 'foreign' and login = 'postgres' and entity in ('message', 'job') and receipt_id is null").await;
        assert_eq!(
            rows,
            json!([
                ["message", "insert", null, "queued"],
                ["job", "insert", null, "queued"],
                ["message", "update", "queued", "sending"],
                ["message", "delete", "sending", "deleted"],
                ["job", "update", "queued", "failed"]
            ])
        );
        assert_eq!(
            office
                .count(format!(
                    "queue_desk.queue_ledger where entity_id in ('{message}', '{job}') and lead_id = '{lead}'"
                ))
                .await,
            5
        );
    });
}

#[test]
fn deleting_a_lead_in_the_crm_leaves_its_history() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.prepare();
        window.take(lead);
        let before = office.count(format!("queue_desk.queue_ledger where lead_id = '{lead}'")).await;
        office.does(format!("delete from leads where id = '{lead}'")).await;
        assert_eq!(office.count("whatsapp_message_queue").await, 0);
        assert_eq!(office.count(format!("queue_desk.queue_ledger where lead_id = '{lead}'")).await, before + 1);
    });
}

#[test]
fn nobody_changes_or_removes_a_ledger_row_not_even_the_owner() {
    run(async {
        let (_database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.foreign(lead, office.amir).await;
        office.does("insert into queue_desk.ledger_seal (ledger_id, seq, hash) values (1, 1, 'x')").await;
        let rows =
            office.ask::<String>("select string_agg(l::text, ';' order by id) from queue_desk.queue_ledger l").await;
        for sql in [
            "update queue_desk.queue_ledger set reason = 'x'",
            "delete from queue_desk.queue_ledger",
            "truncate queue_desk.queue_ledger",
            "update queue_desk.ledger_seal set hash = 'y'",
            "delete from queue_desk.ledger_seal",
            "truncate queue_desk.ledger_seal",
            "insert into queue_desk.queue_ledger (id, actor_kind, action, entity) overriding system value select id, actor_kind, action, entity from queue_desk.queue_ledger on conflict (id) do update set action = 'x'",
        ] {
            let refused = sqlx::raw_sql(sql).execute(&mut office.owner).await.expect_err(sql);
            assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("QD009"), "{sql}: {refused}");
        }
        assert_eq!(
            office.ask::<String>("select string_agg(l::text, ';' order by id) from queue_desk.queue_ledger l").await,
            rows
        );
    });
}

#[test]
fn a_broken_watch_never_stops_the_crm_and_leaves_a_gap() {
    run(async {
        let (_database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let first = office.foreign(lead, office.amir).await;
        let before = office.count("queue_desk.queue_ledger").await;
        office.does("alter table queue_desk.queue_ledger rename column from_state to was").await;
        let second = office.foreign(lead, office.amir).await;
        office.does(format!("update whatsapp_message_queue set queue_status = 'cancelled' where id = '{first}'; delete from whatsapp_message_queue where id = '{first}'; update user_queue_settings set automation = '{{}}'")).await;
        office.job(lead, office.amir, "queued").await;
        office.taken(lead, office.dana).await;
        assert_eq!(office.status_of(second).await, "queued");
        let places: Value =
            office.ask("select jsonb_agg(place order by id) from queue_desk.ledger_gap where error = '42703'").await;
        assert_eq!(
            places,
            json!([
                "whatsapp_message_queue INSERT",
                "whatsapp_message_queue UPDATE",
                "whatsapp_message_queue DELETE",
                "user_queue_settings UPDATE",
                "lead_processing_queue INSERT",
                "lead_gate INSERT"
            ])
        );
        assert_eq!(office.count("queue_desk.queue_ledger").await, before);

        // Not even when the gap cannot be written.
        office.does("alter table queue_desk.ledger_gap rename column place to spot").await;
        let third = office.foreign(lead, office.amir).await;
        assert_eq!(office.status_of(third).await, "queued");
    });
}

#[test]
fn settings_of_ours_that_a_foreign_session_misuses_never_stop_its_write() {
    run(async {
        let (_database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.does("set queue_desk.as_user = 'nobody'; set queue_desk.receipt = 'none'").await;
        let message = office.foreign(lead, office.amir).await;
        assert_eq!(office.status_of(message).await, "queued");
        assert_eq!(office.count("queue_desk.ledger_gap where place = 'whatsapp_message_queue INSERT'").await, 1);
        office.does("reset queue_desk.as_user; set queue_desk.receipt = ''").await;
        office.does("create or replace function queue_desk.current_user_id() returns uuid language sql stable security definer set search_path = '' as $$ select 'broken'::text::uuid $$").await;
        office.foreign(lead, office.amir).await;
        assert_eq!(office.count("whatsapp_message_queue").await, 2);
        assert_eq!(office.count("queue_desk.ledger_gap").await, 2);
    });
}

#[test]
fn the_webs_users_write_past_our_triggers_and_are_foreign_under_their_own_name() {
    run(async {
        let (database, mut office) = Office::open().await;
        let amir = office.amir;
        let mut web = database.session("authenticator").await;
        // A signed-in user, a server, and a token of another sign-in service.
        for (n, (role, claims, user)) in [
            ("authenticated", json!({ "sub": amir }), json!(amir)),
            ("service_role", json!({ "role": "service_role" }), Value::Null),
            ("service_role", json!({ "sub": "user_2abc" }), Value::Null),
        ]
        .into_iter()
        .enumerate()
        {
            let write = format!(
                "begin; set local role {role}; set local request.jwt.claims = '{claims}';
                 insert into whatsapp_message_queue (user_id, queue_position, message_content, recipient_phone) values ('{amir}', {n}, 'Hi', '-'); commit"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(write))
                .execute(&mut web)
                .await
                .unwrap_or_else(|e| panic!("{role} {claims}: {e}"));
            let row: Value = office.ask("select jsonb_build_array(login, actor_kind, user_id, to_state) from queue_desk.queue_ledger where entity = 'message' order by id desc limit 1").await;
            assert_eq!(row, json!(["authenticator", "foreign", user, "queued"]), "{role} {claims}");
        }
        assert_eq!((office.count("whatsapp_message_queue").await, office.count("queue_desk.ledger_gap").await), (3, 0));
    });
}
