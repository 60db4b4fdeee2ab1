//! The test of the way: each step is told, what the database is, and what can be done with it.

use std::time::{Duration, Instant};

use queue_desk::shell::Start;
use serde_json::{Value, json};

use super::{form, line, with};
use crate::support::{
    Folder, Office, TestDatabase, run,
    terminal::everything,
    tls::{message, postgres_that_answers, pretender},
    window::Window,
};

fn window(folder: &Folder) -> Window {
    Window::started(Start::Ask, folder.path())
}

#[test]
fn every_step_is_told_as_it_is_known_and_nothing_is_written() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(3).await;
        let before = everything(&mut office.owner).await;
        let folder = Folder::new();
        let window = window(&folder);
        let probe = window.call("profile_test", json!({ "profile": form(&database, "desk"), "password": null }));
        let steps: Vec<&Value> = probe["lines"].as_array().unwrap().iter().map(|l| &l["step"]).collect();
        assert_eq!(steps, ["name", "tcp", "tls", "login", "version", "pooler", "role", "tables"]);
        assert!(probe["lines"].as_array().unwrap().iter().all(|l| l["state"] == "ok"), "{probe}");
        assert_eq!(Value::Array(window.heard("desk://probe")), probe["lines"]);
        assert_eq!(line(&probe, "role").1, "desk is Noa Shalev, and may act. ");
        assert!(line(&probe, "tables").1.contains("3 leads, 0 messages"), "{probe}");
        assert_eq!((&probe["database"], &probe["offers"]), (&json!("ready"), &json!(["open", "read_only"])));
        assert_eq!(everything(&mut office.owner).await, before);
        window.refused("messages_page", json!({ "filter": {}, "after": null, "limit": 10 }), "not_connected");
    });
}

#[test]
fn what_the_database_is_and_what_may_be_done_there_is_said_for_each_login() {
    run(async {
        let folder = Folder::new();
        let window = window(&folder);
        let ready = TestDatabase::new().await;
        let _office = Office::new(&ready).await;
        let empty = TestDatabase::empty().await;
        let (bare, other, newer) = (TestDatabase::new().await, TestDatabase::empty().await, TestDatabase::new().await);
        sqlx::raw_sql("drop schema queue_desk cascade").execute(&mut bare.owner().await).await.unwrap();
        sqlx::raw_sql("create table public.somebody_elses (id integer)")
            .execute(&mut other.owner().await)
            .await
            .unwrap();
        sqlx::raw_sql("insert into queue_desk.migration_step (id, kind, checksum, state, app_version) values ('queue_desk/9999_x', 'tx', 'x', 'done', '9.9.9')")
            .execute(&mut newer.owner().await).await.unwrap();
        let outdated = TestDatabase::new().await;
        sqlx::raw_sql("delete from queue_desk.migration_step where id = 'queue_desk/0013_ledger_order'")
            .execute(&mut outdated.owner().await)
            .await
            .unwrap();
        for (database, login, is, offers, admin) in [
            (&ready, "desk", "ready", json!(["open", "read_only"]), false),
            (&ready, "read_only", "ready", json!(["read_only"]), false),
            (&empty, "postgres", "empty", json!(["look", "set_up"]), false),
            (&empty, "desk", "empty", json!(["look"]), true),
            (&bare, "postgres", "not_migrated", json!(["look", "set_up"]), false),
            (&bare, "desk", "not_migrated", json!(["look"]), true),
            (&other, "postgres", "other", json!(["look"]), false),
            (&newer, "postgres", "newer", json!(["read_only"]), false),
            (&outdated, "postgres", "outdated", json!(["open", "read_only", "set_up"]), false),
        ] {
            let probe = window.call("profile_test", json!({ "profile": form(database, login), "password": null }));
            assert_eq!((&probe["database"], &probe["offers"]), (&json!(is), &offers), "{login} at {is}: {probe}");
            assert_eq!(probe["ask_admin"].is_string(), admin, "{login} at {is}: {probe}");
            assert_eq!(probe["problem"], Value::Null, "{probe}");
        }
        let stranger = window.call("profile_test", json!({ "profile": form(&ready, "stranger"), "password": null }));
        assert_eq!(
            (line(&stranger, "role").0, &stranger["problem"]["code"]),
            ("failed", &json!("no_permission")),
            "{stranger}"
        );
        assert!(
            line(&stranger, "role").1.contains("queue_desk_operator") && stranger["offers"] == json!([]),
            "{stranger}"
        );
    });
}

#[test]
fn what_stops_the_way_is_named_at_its_step_and_what_comes_after_is_unknown() {
    run(async {
        let database = TestDatabase::new().await;
        let folder = Folder::new();
        let window = window(&folder);
        let good = form(&database, "desk");
        let silent = pretender(Vec::new()).await;
        let http = pretender(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await;
        let ssh = pretender(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()).await;
        let huge = pretender(vec![b'E'; 20 << 20]).await;
        for (fields, step, code, field, says) in [
            (json!({ "host": "no-such-host.invalid" }), "name", "no_connection", "host", "leads to no address"),
            (json!({ "port": 1 }), "tcp", "no_connection", "host", "No server answers at 127.0.0.1:1"),
            (json!({ "port": silent }), "tls", "no_connection", "port", "lets us in, and then says nothing"),
            (json!({ "port": http }), "tls", "no_connection", "port", "does not speak PostgreSQL"),
            (json!({ "port": ssh }), "tls", "no_connection", "port", "does not speak PostgreSQL"),
            (json!({ "port": huge }), "tls", "no_connection", "port", "does not speak PostgreSQL"),
            (json!({ "login": "nobody_at_all" }), "login", "wrong_password", "password", "refused the login"),
            (json!({ "database": "no_such_database" }), "login", "no_connection", "url", "has no database"),
            (json!({ "tls": "require" }), "tls", "tls_failed", "tls", "offers no TLS"),
        ] {
            let since = Instant::now();
            let probe =
                window.call("profile_test", json!({ "profile": with(&good, fields.clone()), "password": null }));
            assert!(since.elapsed() < Duration::from_secs(12), "{fields}: {:?}", since.elapsed());
            assert_eq!(
                (&probe["problem"]["code"], &probe["problem"]["field"]),
                (&json!(code), &json!(field)),
                "{fields}: {probe}"
            );
            let (state, words) = line(&probe, step);
            assert!(state == "failed" && words.contains(says), "{fields}: {probe}");
            assert!(words.len() < 500 && probe["lines"].as_array().unwrap().len() == 8, "{words}");
            let after = probe["lines"].as_array().unwrap().iter().skip_while(|l| l["state"] != "failed").skip(1);
            assert!(after.clone().all(|l| l["state"] == "unknown"), "{probe}");
            assert_eq!((&probe["database"], &probe["offers"]), (&Value::Null, &json!([])));
        }
        for (fields, field) in [
            (json!({ "host": " " }), "host"),
            (json!({ "host": "postgresql://x" }), "host"),
            (json!({ "port": 0 }), "port"),
            (json!({ "login": "" }), "login"),
            (json!({ "database": "" }), "database"),
        ] {
            let error = window.refused(
                "profile_test",
                json!({ "profile": with(&good, fields), "password": null }),
                "bad_input",
            );
            assert_eq!(error["field"], field);
        }
        let error = window.refused(
            "profile_test",
            json!({ "profile": with(&good, json!({ "port": 6543 })), "password": null }),
            "pooler_transaction_mode",
        );
        assert!(error["hint"].as_str().unwrap().contains("5432") && error["field"] == "port", "{error}");
    });
}

#[test]
fn a_server_that_says_twenty_megabytes_or_lets_in_and_falls_silent_is_given_up_in_time() {
    run(async {
        let long = "x".repeat(20 << 20);
        let error = message(b'E', format!("SFATAL\0VFATAL\0C28P01\0M{long}\0H{long}\0\0").as_bytes());
        let denied = message(b'E', format!("SFATAL\0VFATAL\0C42501\0M{long}\0\0").as_bytes());
        let welcome = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
        for (answer, says) in [
            (error, "refused the login"),
            (denied, "The login may not do this"),
            (welcome, "did not answer within 10 s"),
        ] {
            let port = postgres_that_answers(answer).await;
            let database = TestDatabase::empty().await;
            let folder = Folder::new();
            let since = Instant::now();
            let profile = with(&form(&database, "desk"), json!({ "port": port }));
            let probe = window(&folder).call("profile_test", json!({ "profile": profile, "password": null }));
            let (state, words) = line(&probe, "login");
            assert!(
                state == "failed" && words.contains(says),
                "{says}: {}",
                words.chars().take(200).collect::<String>()
            );
            assert!(words.len() < 800, "{} bytes", words.len());
            assert!(since.elapsed() < Duration::from_secs(15), "{:?}", since.elapsed());
        }
    });
}
