//! Where the window is, and the clock of a sample database.

use chrono::{DateTime, Duration, Utc};
use queue_desk::{config::Wish, connect::Connected, error::Code, shell::Shell};
use serde_json::json;
use tauri::Manager;

use crate::support::{
    Office,
    contract::{everything, written},
    run,
    window::Window,
};

#[test]
fn each_login_is_told_who_it_is_and_what_it_may() {
    run(async {
        let (database, office) = Office::open().await;
        for (login, operator, admin, runner, read_only) in [
            ("desk", Some((office.noa, "Noa Shalev")), true, true, false),
            ("desk_2", Some((office.amir, "Amir Haddad")), false, false, false),
            ("runner", None, false, true, false),
            ("unmapped", None, false, false, false),
            ("read_only", Some((office.noa, "Noa Shalev")), false, false, true),
        ] {
            let session = Window::open(database.desk(login).await, None).ask("session");
            assert_eq!(
                session["operator"],
                operator.map_or(json!(null), |(id, name)| json!({ "user_id": id, "name": name })),
                "{login}"
            );
            assert_eq!(
                (&session["admin"], &session["runner"], &session["read_only"]),
                (&json!(admin), &json!(runner), &json!(read_only)),
                "{login}"
            );
            assert_eq!(
                (&session["login"], &session["database"], &session["sample"]),
                (&json!(login), &json!("ready"), &json!(true))
            );
            assert_eq!(session["zone"], "Asia/Jerusalem");
        }
    });
}

#[test]
fn the_rights_are_read_anew_while_the_window_is_open() {
    run(async {
        let (database, mut office) = Office::open().await;
        let window = Window::open(database.desk("desk_2").await, None);
        assert_eq!(window.ask("session")["admin"], false);
        office.does("update queue_desk.login set admin = true where db_role = 'desk_2'").await;
        assert_eq!(window.ask("session")["admin"], true);
    });
}

#[test]
fn the_sample_clock_jumps_to_when_the_next_message_goes_and_then_it_may_go() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(3).await;
        let window = Window::open(database.desk("desk").await, None);
        window.prepare();
        let first: DateTime<Utc> = office.ask("select min(scheduled_for) from whatsapp_message_queue").await;
        let session = window.ask("sample_jump");
        let now: DateTime<Utc> = office.ask("select queue_desk.now()").await;
        assert!(now >= first && now - first < Duration::seconds(30), "{now} {first}");
        let said: DateTime<Utc> = session["now"].as_str().unwrap().parse().unwrap();
        assert!((now - said).abs() < Duration::seconds(10), "{session}");
        let shift: i32 = office.ask("select extract(epoch from clock_offset)::integer from queue_desk.instance").await;
        assert_eq!(session["clock_shift_seconds"], shift);
        let may_go = office.count("whatsapp_message_queue m where m.scheduled_for <= queue_desk.now() and not exists (select from queue_desk.gate(m.id))").await;
        assert!(may_go > 0);
        assert_eq!(office.count("queue_desk.queue_ledger where action = 'clock' and to_state = 'moved'").await, 1);
        assert!(
            window.heard("desk://changed").last().unwrap()["topics"].as_array().unwrap().contains(&json!("messages"))
        );
    });
}

#[test]
fn the_clock_stays_where_it_is_for_who_may_not_move_it_and_where_it_does_not_exist() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(1).await;
        let (admin, operator) =
            (Window::open(database.desk("desk").await, None), Window::open(database.desk("desk_2").await, None));
        admin.refused("sample_jump", json!({}), "not_found");
        operator.prepare();
        let before = everything(&mut office.owner).await;
        operator.refused("sample_jump", json!({}), "no_permission");
        let back = Utc::now() - Duration::days(1);
        let error =
            queue_desk::action::session::move_sample_clock(&database.desk("desk").await, Some(back)).await.unwrap_err();
        assert_eq!(error.code, Code::BadInput, "only forward");
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);

        office.does("update queue_desk.instance set kind = 'live'").await;
        let before = everything(&mut office.owner).await;
        admin.refused("sample_jump", json!({}), "sample_refused");
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
        let by_hand =
            sqlx::query("update queue_desk.instance set clock_offset = '1 hour'").execute(&mut office.owner).await;
        assert!(by_hand.is_err(), "not even by hand");
    });
}

#[test]
fn a_desk_comes_from_an_address_and_never_from_one_with_a_password() {
    run(async {
        let (database, _office) = Office::open().await;
        let wish = |url: String| Wish { url: Some(url), ..Wish::default() }.target();
        let desk = Connected::open(wish(database.url("desk_2")).unwrap()).await.unwrap().desk(None).await.unwrap();
        let session = queue_desk::action::session::session(&desk).await.unwrap();
        assert_eq!((session.operator.unwrap().name.as_str(), session.embedded), ("Amir Haddad", false));

        let code = |url: String| wish(url).map(drop).unwrap_err().code;
        assert_eq!(code(database.url("desk_2:hunter2")), Code::PasswordInUrl);
        assert_eq!(code("mysql://desk@localhost/x".into()), Code::BadUrl);
        assert_eq!(code("postgresql://desk@localhost:6543/x".into()), Code::PoolerTransactionMode);
        let Err(gone) = Connected::open(wish("postgresql://desk@127.0.0.1:1/x?sslmode=disable".into()).unwrap())
            .await
            .unwrap()
            .desk(None)
            .await
        else {
            panic!("nobody listens there")
        };
        assert_eq!((gone.code, gone.retryable), (Code::NoConnection, true));
    });
}

#[test]
fn closing_the_window_ends_its_run_in_the_database_too() {
    run(async {
        let (database, mut office) = Office::open().await;
        let window = Window::open(database.desk("desk").await, None);
        assert_eq!(window.ask("automation_start")["state"], "running");
        assert_eq!(office.count("queue_desk.run where finished_at is null").await, 1);
        window.refused("automation_start", json!({}), "already_running");
        window.app().state::<Shell>().close().await;
        assert_eq!(office.count("queue_desk.run where finished_at is not null and receipt_id is not null").await, 1);
        assert_eq!(window.ask("automation_status")["state"], "idle");
    });
}
