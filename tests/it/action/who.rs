//! Who may act, on what kind of database, and for whom.

use queue_desk::{
    action::{export, grids, prepare, session, setting, stop, take, undo},
    error::Code,
    model::session::DatabaseState,
};
use serde_json::json;
use sqlx::Connection;
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase,
    contract::{everything, written},
    run,
    window::Window,
};

#[test]
fn a_database_without_tables_or_migrations_is_named_and_every_action_refused_with_a_code() {
    run(async {
        let database = TestDatabase::empty().await;
        let desk = database.desk("desk").await;
        let found = session::session(&desk).await.unwrap();
        assert_eq!((found.database, found.read_only), (DatabaseState::Empty, true));
        let mut owner = database.owner().await;
        // The CRM alone: what a web project has before anybody migrated.
        for migrated in [false, true] {
            if migrated {
                sqlx::raw_sql("create table leads (id uuid primary key); create table whatsapp_message_queue (id uuid primary key)").execute(&mut owner).await.unwrap();
                let found = session::session(&desk).await.unwrap();
                assert_eq!((found.database, found.read_only), (DatabaseState::NotMigrated, true));
            }
            let codes = [
                prepare::preview(&desk, None, None).await.unwrap_err().code,
                take::take(&desk, Uuid::new_v4(), None, None).await.unwrap_err().code,
                undo::undo(&desk, Uuid::new_v4()).await.unwrap_err().code,
                stop::stop_everything(&desk, None).await.unwrap_err().code,
                grids::counts(&desk).await.unwrap_err().code,
                setting::set(&desk, "advanced.cool_down_hours", &json!(1)).await.unwrap_err().code,
            ];
            assert_eq!(codes, [Code::NotMigrated; 6]);
        }
        owner.close().await.unwrap();
    });
}

#[test]
fn a_login_without_an_operator_is_told_whom_to_ask_and_sees_no_ones_rows() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.foreign(lead, office.amir).await;
        let window = Window::open(database.desk("unmapped").await, None);
        let error = window.refused("prepare_preview", json!({ "day": null }), "no_operator");
        assert!(error["message"].as_str().unwrap().contains("unmapped") && error["hint"].is_string(), "{error}");
        assert_eq!(window.ask("session")["operator"], json!(null));
        let page = window.call("messages_page", json!({ "filter": {}, "after": null, "limit": 10 }));
        assert_eq!(page["rows"], json!([]), "no operator, no client, no rows");

        // Mapped, then retired: the mapping alone is not enough.
        office.does("update queue_desk.operator set active = false where name = 'Amir Haddad'").await;
        Window::open(database.desk("desk_2").await, None).refused(
            "prepare_preview",
            json!({ "day": null }),
            "no_operator",
        );
    });
}

#[test]
fn only_an_admin_acts_for_others_and_the_ledger_keeps_both() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(2).await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        let mut amir = database.desk("desk_2").await;
        amir.as_user = Some(office.noa);
        let before = everything(&mut office.owner).await;
        for refused in [
            prepare::preview(&amir, None, None).await.map(drop),
            take::take(&amir, lead, None, None).await.map(drop),
            take::release(&amir, lead, None).await.map(drop),
            stop::stop_everything(&amir, None).await.map(drop),
            setting::set(&amir, "advanced.cool_down_hours", &json!(1)).await.map(drop),
        ] {
            assert_eq!(refused.unwrap_err().code, Code::NoPermission);
        }
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);

        let desk = database.desk("desk").await.acting_as("Amir Haddad").await.unwrap();
        let plan = prepare::preview(&desk, None, None).await.unwrap();
        let receipt = prepare::apply(&desk, &plan, false).await.unwrap();
        let receipt = serde_json::to_value(receipt).unwrap();
        office.holds_receipt(&receipt).await;
        let (noa, amir) = (office.noa, office.amir);
        assert_eq!(office.count(format!("whatsapp_message_queue where user_id = '{amir}'")).await, 3);
        assert_eq!(office.count(format!("queue_desk.queue_ledger where receipt_id = '{}' and user_id = '{noa}' and as_user = '{amir}' and login = 'desk'", receipt["receipt_id"].as_str().unwrap())).await, 4);
        assert_eq!(office.count(format!("queue_desk.plan where by = '{noa}' and as_user = '{amir}'")).await, 1);

        take::take(&desk, lead, None, None).await.unwrap();
        assert_eq!(office.owner_of(lead).await, Some(amir));
        assert_eq!(office.count(format!("queue_desk.lead_gate where by = '{noa}'")).await, 1);
    });
}

#[test]
fn an_operator_is_named_exactly_or_not_at_all() {
    run(async {
        let (database, mut office) = Office::open().await;
        let code = async |name: &str| {
            database.desk("desk").await.acting_as(name).await.map(|d| d.as_user).map_err(|e| (e.code, e.field))
        };
        assert_eq!(code("Amir Haddad").await, Ok(Some(office.amir)));
        assert_eq!(code(&office.amir.to_string().to_uppercase()).await, Ok(Some(office.amir)));
        assert_eq!(code("Amir").await, Err((Code::NoOperator, Some("as".into()))));
        office.does("update queue_desk.operator set name = 'Amir Haddad' where name = 'Dana Levi'").await;
        assert_eq!(code("Amir Haddad").await, Err((Code::NoOperator, Some("as".into()))));
    });
}

#[test]
fn a_forged_web_claim_makes_nobody_somebody_else() {
    run(async {
        let (database, office) = Office::open().await;
        for login in ["desk_2", "unmapped"] {
            let mut conn = database.session(login).await;
            let forged =
                format!("set request.jwt.claims = '{{\"sub\": \"{}\", \"role\": \"service_role\"}}'", office.noa);
            sqlx::raw_sql(sqlx::AssertSqlSafe(forged)).execute(&mut conn).await.unwrap();
            let who: Option<Uuid> =
                sqlx::query_scalar("select queue_desk.current_user_id()").fetch_one(&mut conn).await.unwrap();
            assert_eq!(who, (login == "desk_2").then_some(office.amir), "{login}");
            let admin: bool = sqlx::query_scalar("select queue_desk.is_admin()").fetch_one(&mut conn).await.unwrap();
            assert!(!admin, "{login}");
            let refused = sqlx::raw_sql("set session authorization 'desk'").execute(&mut conn).await;
            assert!(refused.is_err(), "{login}");
        }
    });
}

#[test]
fn a_desk_changes_nothing_past_the_functions() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Lead", Some("0501234567")).await;
        office.foreign(lead, office.amir).await;
        let before = everything(&mut office.owner).await;
        let mut desk = database.session("desk").await;
        for sql in [
            "update whatsapp_message_queue set queue_status = 'cancelled'",
            "delete from whatsapp_message_queue",
            "update leads set status = 'hot'",
            "insert into queue_desk.login (db_role, admin) values ('desk_3', true)",
            "update queue_desk.login set admin = true",
            "update queue_desk.lead_gate set owner = null",
            "insert into queue_desk.opt_out (lead_id, source) values (gen_random_uuid(), 'x')",
            "insert into queue_desk.queue_ledger (actor_kind, action, entity) values ('person', 'x', 'x')",
            "select secret from queue_desk.instance",
            "select queue_desk.write_receipt('prepare', 1, 1, null, null, null)",
            "select queue_desk.append_ledger('x', 'x', null, null, null, null, null, null)",
            "select queue_desk.insert_messages(gen_random_uuid(), gen_random_uuid(), '[]')",
            "select queue_desk.phone_hash('+972501234567')",
            "select * from auth.users",
            "update user_queue_settings set advanced = '{}'",
        ] {
            let refused = sqlx::raw_sql(sql).execute(&mut desk).await.expect_err(sql);
            assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{sql}: {refused}");
        }
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
    });
}

#[test]
fn what_a_colleague_of_another_client_has_is_not_shown() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.other_client), "Secret", Some("0501234567")).await;
        office.foreign(lead, office.dana).await;
        let folder = crate::support::Folder::new();
        let file = folder.path().join("q.csv");
        let desk = database.desk("desk_2").await;
        assert_eq!(grids::messages(&desk, &Default::default(), None, 50).await.unwrap().rows, []);
        let watch = export::Watch { progress: &|_| {}, cancelled: &false.into() };
        let receipt =
            export::to_file(&desk, &Default::default(), queue_desk::transfer::csv::Preset::Machine, &file, &watch)
                .await
                .unwrap();
        assert_eq!(receipt.changed, 0);
        assert!(!std::fs::read_to_string(&file).unwrap().contains("Secret"));
        assert_eq!(
            grids::messages(&database.desk("desk_3").await, &Default::default(), None, 50).await.unwrap().rows.len(),
            1
        );
    });
}
