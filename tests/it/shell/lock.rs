//! The window's lock: what is covered is not handed out, and only who knows the password opens it.

use std::{fs, time::Duration};

use queue_desk::shell::Start;
use serde_json::{Value, json};

use super::commands;
use crate::support::{Folder, Office, TestDatabase, run, tls::TlsServer, window::Window};

/// What a covered window may ask.
const ANSWERS: [&str; 3] = ["automation_status", "lock_state", "unlock_window"];

#[test]
fn a_locked_window_is_handed_nothing_and_automation_goes_on() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "Sapphira", Some("+972541234567")).await;
        let message = office.queued(lead, office.amir, chrono::Utc::now()).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.ask("automation_start");
        let locked = window.ask("lock_window");
        assert_eq!((&locked["locked"], &locked["login"]), (&json!(true), &json!("desk_2")));
        for command in commands::all() {
            match ANSWERS.contains(&command.as_str()) {
                true => {}
                false => drop(window.refused(&command, json!({}), "window_locked")),
            }
        }
        let grid = json!({ "filter": {}, "after": null, "limit": 50 });
        let refused = window.refused("messages_page", grid.clone(), "window_locked");
        assert!(!refused.to_string().contains("Sapphira"));
        for command in ["automation_status", "lock_state"] {
            assert!(!window.ask(command).to_string().contains("Sapphira"));
        }
        assert_eq!(window.ask("automation_status")["state"], "running");
        while office.status_of(message).await != "sent" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }

        window.ask("unlock_window");
        assert!(window.call("messages_page", grid).to_string().contains("Sapphira"));
        window.ask("automation_stop");
    });
}

async fn failures(server: &TlsServer) -> usize {
    server.log().await.matches("password authentication failed").count()
}

#[test]
fn it_opens_with_the_password_that_opened_the_database_and_a_wrong_one_never_reaches_the_server() {
    run(async {
        let server = TlsServer::asking("s3cr\u{e9}t #/@:?").await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        window.refused("lock_window", json!({}), "not_connected");
        assert_eq!(window.ask("lock_state")["unlock"], Value::Null);
        let profile = server.form();
        let open = json!({ "to": { "kind": "server", "profile": profile }, "password": "s3cr\u{e9}t #/@:?", "readOnly": false });
        window.call("connect_open", open);
        assert_eq!(window.ask("lock_state")["unlock"], "password");
        window.ask("lock_window");
        let before = failures(&server).await;
        for wrong in [
            Value::Null,
            json!(""),
            json!("s3cr\u{e9}t"),
            json!("s3cr\u{e9}t #/@:? "),
            json!("x".repeat(100_000)),
            json!("\0"),
        ] {
            let refused = window.refused("unlock_window", json!({ "password": wrong }), "wrong_password");
            assert_eq!(refused["field"], "password");
            assert!(!refused.to_string().contains("s3cr"));
        }
        assert_eq!(failures(&server).await, before, "the server heard of none");
        assert_eq!(window.ask("lock_state")["locked"], true);

        // A login that was shut out meanwhile opens nothing, although the password is the right one.
        server.does("alter role guest password 'another'").await;
        window.refused("unlock_window", json!({ "password": "s3cr\u{e9}t #/@:?" }), "wrong_password");
        server.does("alter role guest password 's3cr\u{e9}t #/@:?'").await;
        let opened = window.call("unlock_window", json!({ "password": "s3cr\u{e9}t #/@:?" }));
        assert_eq!(opened["locked"], false);
        assert!(!opened.to_string().contains("s3cr"));

        // A server that is gone cannot be asked: who knows the password is let in.
        window.ask("lock_window");
        server.stop().await;
        window.refused("unlock_window", json!({ "password": "wrong" }), "wrong_password");
        window.call("unlock_window", json!({ "password": "s3cr\u{e9}t #/@:?" }));
    });
}

#[test]
fn where_there_is_no_password_a_click_opens_it_and_the_setting_says_so() {
    run(async {
        let database = TestDatabase::new().await;
        let _office = Office::new(&database).await;
        let window = Window::open(database.desk("desk_2").await, None);
        assert_eq!(window.ask("lock_state")["unlock"], "click");
        window.ask("lock_window");
        assert_eq!(window.call("unlock_window", json!({ "password": null }))["locked"], false);
    });
}

#[test]
fn when_it_locks_itself_is_a_setting_of_this_computer_and_off_at_first() {
    run(async {
        let database = TestDatabase::new().await;
        let _office = Office::new(&database).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let after = |window: &Window| window.ask("lock_state")["after_minutes"].clone();
        assert_eq!(after(&window), Value::Null);
        window.call("set_log_level", json!({ "level": "warn" }));
        assert_eq!(window.call("set_lock_after", json!({ "minutes": 15 }))["after_minutes"], 15);
        let file = window.folder().join("desk.json");
        let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(kept, json!({ "lock_after_minutes": 15, "log_level": "warn" }), "other settings stay");
        for minutes in [0, 1440, u32::MAX] {
            assert_eq!(
                window.refused("set_lock_after", json!({ "minutes": minutes }), "bad_input")["field"],
                "minutes"
            );
        }
        assert_eq!(after(&window), 15);
        assert_eq!(window.call("set_lock_after", json!({ "minutes": null }))["after_minutes"], Value::Null);
        for nonsense in ["{", r#"{ "lock_after_minutes": "soon" }"#, r#"{ "lock_after_minutes": -5 }"#] {
            fs::write(&file, nonsense).unwrap();
            assert_eq!(after(&window), Value::Null, "{nonsense}");
        }
    });
}
