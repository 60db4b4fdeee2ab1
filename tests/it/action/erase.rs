//! Erase: afterwards the person is nowhere in the database, and nobody writes to them again.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase,
    contract::{everything, skipped, written},
    run, terminal,
    window::Window,
};

/// What must be found nowhere afterwards: digits of the phone, the names, the address, the texts; and a provider's id with the phone in it.
const TRACES: [&str; 7] =
    ["0541234567", "541234567", "Zelda", "Quux-Smith", "zelda@example.test", "a text for her", "wamid.ZELDA"];

/// Every table whose rows hold this text.
async fn found(conn: &mut PgConnection, text: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    assert!(tables.len() > 30);
    let mut holding = Vec::new();
    for table in tables {
        let sql = format!("select exists (select from {table} x where position(lower($1) in lower(x::text)) > 0)");
        if sqlx::query_scalar::<_, bool>(AssertSqlSafe(sql)).bind(text).fetch_one(&mut *conn).await.unwrap() {
            holding.push(table);
        }
    }
    holding
}

/// A person in every place that we know of: two leads with one phone, messages that wait, went and failed, a job, a row in quarantine, a
/// pause, an unknown text column, and a table of the CRM's own.
struct Person {
    lead: Uuid,
    twin: Uuid,
    waiting: Uuid,
}

async fn person(office: &mut Office) -> Person {
    office.does("alter table leads add column email text, add column born date, add column notes text[], add column short text not null default 'x'").await;
    office.does("create table conversations (id uuid primary key default gen_random_uuid(), lead_id uuid references leads (id), body text)").await;
    let lead = office.lead(Some(office.client), "Zelda", Some("054-123-4567")).await;
    let twin = office.lead(None, "Zelda Q.", Some("+972541234567")).await;
    office.does(format!("update leads set last_name = 'Quux-Smith', email = 'zelda@example.test', notes = '{{a text for her}}', born = '1990-01-01', status = 'hot',
        lead_metadata = '{{\"sample\": true, \"about\": \"Zelda\"}}' where id in ('{lead}', '{twin}')")).await;
    let waiting = office.queued(lead, office.amir, chrono::Utc::now()).await;
    let amir = office.amir;
    office.does("update whatsapp_message_queue set recipient_phone = '+972541234567', message_content = 'a text for her', message_variables = '{\"first_name\": \"Zelda\"}',
        queue_metadata = '{\"plan_id\": \"p\", \"to\": \"Zelda\"}', rate_limit_key = '972541234567'").await;
    office.does(format!("with m as (insert into whatsapp_message_queue (lead_id, user_id, queue_position, message_content, recipient_phone, queue_status, whatsapp_message_id, last_error)
          values ('{twin}', '{amir}', 1, 'a text for her', '+972541234567', 'sent', 'wamid.ZELDA', 'no way to +972541234567'), (null, '{amir}', 1, 'a text for her', '972541234567', 'failed', null, null) returning id, queue_status)
        insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, sender, claimed_at, dispatched_at, finished_at, outcome, provider_message_id, phone_hash)
        select m.id, 1, '{twin}', '{amir}', 'whatsapp', now(), now() - interval '9 days', now() - interval '9 days', 'sent', 'wamid.ZELDA', queue_desk.phone_hash('+972541234567') from m where m.queue_status = 'sent'")).await;
    office.does(format!("insert into lead_processing_queue (lead_id, user_id, queue_position, queue_metadata, error_message) values ('{lead}', '{amir}', 1, '{{\"name\": \"Zelda\"}}', 'Zelda')")).await;
    office.does(format!("insert into queue_desk.quarantine (run_id, step, src_schema, src_table, src_pk, row_data, row_text, action, reasons, old_values)
        select gen_random_uuid(), 's', 'public', 'leads', jsonb_build_object('id', id), to_jsonb(l), l::text, 'fk_nulled', '{{gone}}', '{{\"client_id\": null}}' from leads l where id = '{lead}'")).await;
    office
        .does(format!(
            "insert into queue_desk.pause (scope, subject, reason) values ('lead', '{lead}', 'Zelda is on holiday')"
        ))
        .await;
    office.does(format!("insert into conversations (lead_id, body) values ('{lead}', 'hello')")).await;
    Person { lead, twin, waiting }
}

#[test]
fn an_erased_person_is_nowhere_in_the_database_and_is_not_written_to_again() {
    run(async {
        let (database, mut office) = Office::open().await;
        let person = person(&mut office).await;
        let other = office.lead(Some(office.client), "Somebody", Some("+972549999999")).await;
        office.queued(other, office.amir, chrono::Utc::now()).await;
        let admin = Window::open(database.desk("desk").await, None);
        for trace in TRACES.iter().skip(1) {
            assert!(!found(&mut office.owner, trace).await.is_empty(), "{trace} was there");
        }
        let before = everything(&mut office.owner).await;
        let preview = admin.call("erase_preview", json!({ "leadId": person.lead }));
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0], "a preview writes nothing");
        let leads: Vec<_> = preview["leads"].as_array().unwrap().iter().map(|l| l["lead_id"].clone()).collect();
        assert_eq!(leads, [json!(person.lead), json!(person.twin)]);
        // One goes to the phone and has no lead: the named one's.
        let counted = |n: usize| {
            ["messages", "waiting", "jobs", "quarantined"].map(|key| preview["leads"][n][key].as_i64().unwrap())
        };
        assert_eq!((counted(0), counted(1)), ([2, 1, 1, 1], [1, 0, 0, 0]), "{preview}");
        assert!(preview["columns"].as_array().unwrap().contains(&json!("leads.email")), "{preview}");
        assert_eq!(preview["left_columns"], json!([{ "column": "leads.born", "reason": "no_text" }]));
        assert_eq!(
            preview["elsewhere"],
            json!([{ "table": "public.conversations", "column": "lead_id", "lead_id": person.lead, "rows": 1 }])
        );
        assert_eq!((&preview["by_phone"], &preview["leads"][0]["begun"]), (&json!(true), &json!(false)));

        let receipt = admin.call("erase_person", json!({ "leadId": person.lead, "others": [person.twin] }));
        office.holds_receipt(&receipt).await;
        assert_eq!((&receipt["asked"], &receipt["changed"]), (&json!(2), &json!(2)), "{receipt}");
        assert_eq!(
            (&receipt["detail"]["cancelled_messages"], &receipt["detail"]["undoable"]),
            (&json!(1), &Value::Null)
        );
        for trace in TRACES {
            assert_eq!(found(&mut office.owner, trace).await, [""; 0], "{trace}");
        }
        // What stays: the rows, their words and times, and one hash.
        assert_eq!(office.count(format!("leads where id in ('{}', '{}') and status = 'hot' and lead_metadata = '{{\"sample\": true}}' and short = ''", person.lead, person.twin)).await, 2);
        assert_eq!(office.count(format!("whatsapp_message_queue where id = '{}' and queue_status = 'cancelled' and queue_metadata = '{{\"plan_id\": \"p\"}}'", person.waiting)).await, 1);
        assert_eq!(
            office
                .count(
                    "queue_desk.delivery where outcome = 'sent' and dispatched_at is not null and phone_hash is null"
                )
                .await,
            1
        );
        assert_eq!(
            office
                .count(
                    "queue_desk.opt_out where source = 'erased' and phone_hash = queue_desk.phone_hash('+972541234567')"
                )
                .await,
            1
        );
        assert_eq!(office.count(format!("leads where id = '{other}' and first_name = 'Somebody'")).await, 1);
        assert_eq!(
            office.count("whatsapp_message_queue where queue_status = 'queued' and message_content = 'Hello'").await,
            1,
            "another's waits on"
        );

        // Nothing brings them back: no undo, no retry, no new lead with the same phone.
        admin.refused("undo", json!({ "receiptId": receipt["receipt_id"] }), "not_found");
        let retried = admin.call("retry_messages", json!({ "ids": [person.waiting] }));
        assert_eq!(retried["changed"], 0, "{retried}");
        office.lead(Some(office.client), "Again", Some("0541234567")).await;
        let plan = admin.plan();
        assert!(plan["left_out"].as_array().unwrap().iter().any(|l| l["reason"] == "opted_out"), "{plan}");
        let again = admin.call("erase_person", json!({ "leadId": person.lead, "others": [] }));
        assert_eq!((&again["changed"], skipped(&again, "already_erased")), (&json!(0), 1), "{again}");
    });
}

#[test]
fn only_an_admin_erases_only_who_was_shown_and_nothing_while_a_message_is_on_the_wire() {
    run(async {
        let (database, mut office) = Office::open().await;
        let person = person(&mut office).await;
        let other = office.lead(Some(office.client), "Somebody", Some("+972549999999")).await;
        let admin = Window::open(database.desk("desk").await, None);
        let before = everything(&mut office.owner).await;
        for login in ["desk_2", "desk_3"] {
            let window = Window::open(database.desk(login).await, None);
            window.refused("erase_preview", json!({ "leadId": person.lead }), "no_permission");
            window.refused("erase_person", json!({ "leadId": person.lead, "others": [] }), "no_permission");
        }
        admin.refused("erase_person", json!({ "leadId": person.lead, "others": [other] }), "bad_input");
        admin.refused("erase_person", json!({ "leadId": Uuid::new_v4(), "others": [] }), "not_found");
        let mut acting = database.desk("desk").await;
        acting.as_user = Some(office.amir);
        let refused = queue_desk::action::erase::apply(&acting, person.lead, &[]).await.unwrap_err();
        assert_eq!(refused.code, queue_desk::error::Code::NoPermission);
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);

        let (waiting, lead) = (person.waiting, person.lead);
        office.does(format!("insert into queue_desk.delivery (message_id, attempt, lead_id, sender, claimed_at, dispatched_at) values ('{waiting}', 1, '{lead}', 'dry-run', now(), now())")).await;
        let refused = admin.call("erase_person", json!({ "leadId": lead, "others": [person.twin] }));
        assert_eq!((&refused["changed"], skipped(&refused, "on_the_wire")), (&json!(0), 2));
        assert_eq!(office.count(format!("leads where id = '{lead}' and first_name = 'Zelda'")).await, 1);
    });
}

#[test]
fn the_command_line_says_first_what_it_would_erase_and_what_stays() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let person = person(&mut office).await;
        let (url, lead) = (database.url("desk"), person.lead.to_string());
        let said = terminal::queue_desk(&["--url", &url, "erase", &lead, "--dry-run"]).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        for words in [
            "2 leads, 3 messages",
            "leads.email",
            "leads.born (no text)",
            "conversations: 1 rows",
            "salted hash",
            "Nothing was written",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        let only = terminal::json(&url, &["erase", &lead, "--only"]);
        assert_eq!((only.code, &only.json()["changed"]), (0, &json!(1)));
        assert_eq!(office.count("leads where last_name = 'Quux-Smith'").await, 1, "the other lead was left");
        assert_eq!(terminal::json(&database.url("desk_2"), &["erase", &lead]).code, 1);
    });
}

#[test]
fn a_placeholder_is_no_persons_phone_and_what_is_erased_is_never_put_back() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Zelda", Some("000000000")).await;
        let stranger = office.lead(Some(office.client), "Stranger", Some("000000000")).await;
        office.does(format!("insert into queue_desk.quarantine (run_id, step, src_schema, src_table, src_pk, row_data, row_text, action, reasons, old_values, new_values)
            values (gen_random_uuid(), 'x', 'public', 'leads', jsonb_build_object('id', '{lead}'), jsonb_build_object('id', '{lead}'), '', 'value_mapped', '{{}}', '{{\"status\": \"hook\"}}', '{{\"status\": \"new\"}}')")).await;
        let noa = Window::open(database.desk("desk").await, None);
        let preview = noa.call("erase_preview", json!({ "leadId": lead }));
        assert_eq!((preview["leads"].as_array().unwrap().len(), &preview["by_phone"]), (1, &json!(false)), "{preview}");
        noa.refused("erase_person", json!({ "leadId": lead, "others": [stranger] }), "bad_input");
        assert_eq!(noa.call("erase_person", json!({ "leadId": lead, "others": [] }))["changed"], 1);
        assert_eq!(office.count("leads where first_name = 'Stranger'").await, 1);
        let page = noa.call("quarantine_page", json!({ "before": null, "limit": 10 }));
        assert!(!page.to_string().contains("\"restorable\":true"), "{page}");
        let id = sqlx::query_scalar::<_, i64>("select id from queue_desk.quarantine")
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(skipped(&noa.call("quarantine_restore", json!({ "ids": [id] })), "erased"), 1);
    });
}

#[test]
fn what_another_program_is_sending_is_waited_for_and_the_second_preview_knows_the_first_opt_out() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Zelda", Some("+972541234567")).await;
        let message = office.foreign(lead, office.amir).await;
        let noa = Window::open(database.desk("desk").await, None);
        let preview = |window: &Window| window.call("erase_preview", json!({ "leadId": lead }));
        let erase = |window: &Window| window.call("erase_person", json!({ "leadId": lead, "others": [] }));
        office.does(format!("update whatsapp_message_queue set queue_status = 'sending' where id = '{message}'")).await;
        let found = preview(&noa);
        assert_eq!(
            (&found["leads"][0]["waiting"], &found["leads"][0]["on_the_wire"]),
            (&json!(0), &json!(1)),
            "{found}"
        );
        assert_eq!(skipped(&erase(&noa), "on_the_wire"), 1);
        assert_eq!(office.count("leads where first_name = 'Zelda'").await, 1);
        // Nobody is sending it any more.
        office.does("alter table whatsapp_message_queue disable trigger user; update whatsapp_message_queue set updated_at = now() - interval '11 minutes', created_at = now() - interval '1 hour'; alter table whatsapp_message_queue enable trigger user").await;
        let found = preview(&noa);
        assert_eq!(
            (&found["leads"][0]["waiting"], &found["leads"][0]["on_the_wire"], &found["by_phone"]),
            (&json!(0), &json!(0), &json!(true)),
            "{found}"
        );
        let receipt = erase(&noa);
        assert_eq!((&receipt["changed"], &receipt["detail"]["by_phone"]), (&json!(1), &json!(true)), "{receipt}");
        let again = preview(&noa);
        assert_eq!((&again["by_phone"], again["leads"].as_array().unwrap().len()), (&json!(true), 1), "{again}");
    });
}

/// The lock of Prepare is the one that a lead's trigger must never run under: the CRM calls its webhooks there.
const NEVER_UNDER_PREPARE: &str = "
    create function watch_lock() returns trigger language plpgsql as $$ begin
      if exists (select from pg_locks l where l.locktype = 'advisory' and l.pid = pg_backend_pid() and l.objid = (hashtext('prepare')::bigint & 4294967295)::oid) then
        raise exception 'under the lock of Prepare';
      end if; return new; end $$;
    create trigger watch_lock before update on leads for each row execute function watch_lock();";

#[test]
fn a_lead_that_the_crm_does_not_let_go_is_told_and_nobody_writes_to_them_meanwhile() {
    run(async {
        let (database, mut office) = Office::open().await;
        let person = person(&mut office).await;
        let (lead, twin) = (person.lead, person.twin);
        office.does(NEVER_UNDER_PREPARE).await;
        office.does(format!("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the webhook says no'; end $$;
            create trigger refuse before update on leads for each row when (old.id = '{twin}') execute function refuse()")).await;
        let admin = Window::open(database.desk("desk").await, None);
        let erase = || admin.call("erase_person", json!({ "leadId": lead, "others": [twin] }));
        let receipt = erase();
        office.holds_receipt(&receipt).await;
        assert_eq!((&receipt["asked"], &receipt["changed"]), (&json!(2), &json!(0)), "{receipt}");
        let failed: Vec<_> = receipt["failed"].as_array().unwrap().iter().map(|f| f["id"].clone()).collect();
        assert_eq!(failed.len(), 2, "the named one waits for the other, whom only its phone finds: {receipt}");
        assert_eq!(receipt["detail"]["messages"], 3, "the texts are gone all the same: {receipt}");
        assert_eq!(found(&mut office.owner, "a text for her").await, ["public.leads"]);
        assert_eq!(office.count("whatsapp_message_queue where queue_status = 'queued'").await, 0);
        assert_eq!(
            office
                .count(
                    "queue_desk.opt_out where source = 'erased' and phone_hash = queue_desk.phone_hash('+972541234567')"
                )
                .await,
            1
        );
        let preview = admin.call("erase_preview", json!({ "leadId": lead }));
        assert_eq!(
            (&preview["leads"][0]["begun"], &preview["leads"][1]["begun"]),
            (&json!(true), &json!(true)),
            "{preview}"
        );

        office.does("drop trigger refuse on leads").await;
        let receipt = erase();
        office.holds_receipt(&receipt).await;
        assert_eq!(
            (&receipt["changed"], &receipt["failed"], &receipt["detail"]["messages"]),
            (&json!(2), &json!([]), &json!(0)),
            "{receipt}"
        );
        for trace in TRACES {
            assert_eq!(found(&mut office.owner, trace).await, [""; 0], "{trace}");
        }
        let ended = office.count("queue_desk.queue_ledger where entity = 'receipt' and action = 'erase'").await;
        assert_eq!(ended, 4, "each time a receipt of the beginning, and one of the end");
    });
}

#[test]
fn erasing_that_is_killed_leaves_a_receipt_of_what_it_did_and_is_finished_by_doing_it_again() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let person = person(&mut office).await;
        office.does("update leads set status = 'new'").await;
        // The CRM's webhook hangs until this test lets it go.
        office.does("create function hang() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(4711); return new; end $$;
            create trigger hang before update on leads for each row execute function hang()").await;
        office.does("select pg_advisory_lock(4711)").await;
        let (url, lead) = (database.url("desk"), person.lead.to_string());
        let mut child = terminal::queue_desk(&["--url", &url, "erase", &lead]).spawn().unwrap();
        let hangs = "pg_locks where locktype = 'advisory' and objid = 4711 and not granted";
        while office.count(hangs).await == 0 {
            if child.try_wait().unwrap().is_some() {
                panic!("it came to no lead: {:?}", child.wait_with_output());
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        // Meanwhile nobody waits for it: Prepare goes through, and the person is left out.
        let noa = Window::open(database.desk("desk").await, None);
        let plan = noa.plan();
        assert!(plan["left_out"].as_array().unwrap().iter().any(|l| l["reason"] == "opted_out"), "{plan}");
        assert_eq!(
            office
                .count(
                    "pg_locks where locktype = 'advisory' and objid = (hashtext('prepare')::bigint & 4294967295)::oid"
                )
                .await,
            0
        );
        child.kill().unwrap();
        child.wait().unwrap();
        office.does("select pg_advisory_unlock(4711)").await;
        while office.count(hangs).await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let told: Value = office
            .ask("select detail from queue_desk.queue_ledger where entity = 'receipt' and action = 'erase'")
            .await;
        assert_eq!(
            (&told["changed"], skipped(&told, "not_erased_yet"), &told["detail"]["cancelled_messages"]),
            (&json!(0), 2, &json!(1)),
            "{told}"
        );
        assert!(!found(&mut office.owner, "Zelda").await.is_empty());
        office.does("drop trigger hang on leads").await;
        let again = terminal::json(&url, &["erase", &lead]);
        // The server may have finished the lead that it was at.
        let done = again.json();
        let whole = done["changed"].as_u64().unwrap() + skipped(&done, "already_erased");
        assert_eq!((again.code, &done["failed"], whole), (0, &json!([]), done["asked"].as_u64().unwrap()), "{done}");
        for trace in TRACES {
            assert_eq!(found(&mut office.owner, trace).await, [""; 0], "{trace}");
        }
        let third = terminal::json(&url, &["erase", &lead]);
        assert_eq!((third.code, &third.json()["changed"]), (0, &json!(0)), "{third:?}");
    });
}
