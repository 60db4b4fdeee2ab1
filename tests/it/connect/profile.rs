//! What is kept of a connection: everything but its password.

use std::fs;

use queue_desk::{embedded::Role, shell::Start};
use serde_json::{Value, json};

use super::{line, with};
use crate::support::{Folder, run, session, tls::TlsServer, window::Window};

const SECRET: &str = "hunter2-s3cr3t#/@:?";

fn all_text(folder: &std::path::Path) -> String {
    fs::read_dir(folder).unwrap().flatten().filter_map(|e| fs::read_to_string(e.path()).ok()).collect()
}

#[test]
fn a_password_goes_in_once_works_for_this_run_and_is_found_nowhere_afterwards() {
    run(async {
        let server = TlsServer::start().await;
        let mut admin = session(&server.0, Role::Superuser).await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create role guest login password '{SECRET}'")))
            .execute(&mut admin)
            .await
            .unwrap();
        // The server of the tests trusts everybody; this login has to give its password.
        sqlx::raw_sql("copy (select 'host all guest all scram-sha-256' union all select 'host all all all trust') to program 'cat > pg_hba.conf'; select pg_reload_conf()")
            .execute(&mut admin).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let profile = json!({
            "name": "", "host": "127.0.0.1", "port": server.0.port(), "database": "queue_desk", "login": "guest", "tls": null, "ca_file": null,
            "environment": "local", "guard": "silent", "asks_password": false, "in_keychain": false,
        });
        let test = |password: Value| window.call("profile_test", json!({ "profile": profile, "password": password }));
        let wrong = test(json!("not-this-one"));
        assert_eq!(
            (&wrong["problem"]["code"], &wrong["problem"]["field"]),
            (&json!("wrong_password"), &json!("password"))
        );
        assert!(!wrong.to_string().contains("not-this-one"));
        assert_eq!(window.ask("connections")["known"], json!([]), "a wrong one is not kept");

        let account = format!("guest@127.0.0.1:{}/queue_desk", server.0.port());
        assert_eq!(line(&test(json!(SECRET)), "login").0, "ok");
        assert_eq!(window.ask("connections")["known"], json!([account]));
        assert_eq!(line(&test(Value::Null), "login").0, "ok", "it is known for this run");
        let elsewhere = with(&profile, json!({ "host": "localhost" }));
        let asked = window.call("profile_test", json!({ "profile": elsewhere, "password": null }));
        assert_eq!(asked["problem"]["code"], "wrong_password", "and never given to another address");

        let open = json!({ "to": { "kind": "server", "profile": profile }, "password": null, "readOnly": false });
        let said = window.call("connect_open", open).to_string();
        let file = fs::read_to_string(folder.path().join("connections.toml")).unwrap();
        assert!(
            file.contains("asks_password = true")
                && file.contains("login = \"guest\"")
                && !file.contains("password = \""),
            "{file}"
        );
        for text in [
            said,
            window.ask("connections").to_string(),
            all_text(folder.path()),
            window.ask("diagnostics").to_string(),
        ] {
            assert!(!text.contains("hunter2"), "{text}");
        }
        assert!(!format!("{:?}", queue_desk::secrets::Secret::new(SECRET)).contains("hunter2"));

        // The next run does not try without it: an empty password is a failed login, and servers shut out who collects those.
        let next = Window::started(Start::Remembered, folder.path());
        next.refused("session", json!({}), "not_connected");
        let last = &next.ask("connections")["last"];
        assert_eq!((&last["profile"]["login"], &last["profile"]["asks_password"]), (&json!("guest"), &json!(true)));

        // Changed while it is open: the window says so, does not try the old one again and again, and takes the new one.
        let change = |to: &str| {
            sqlx::AssertSqlSafe(format!(
                "alter role guest password '{to}'; select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'guest'"
            ))
        };
        sqlx::raw_sql(change("another")).execute(&mut admin).await.unwrap();
        let since = std::time::Instant::now();
        while window.invoke("session", json!({})).err().is_none_or(|error| error["code"] != "wrong_password") {
            assert!(since.elapsed() < std::time::Duration::from_secs(5), "it is noticed");
        }
        sqlx::raw_sql(change(SECRET)).execute(&mut admin).await.unwrap();
        let error = window.refused("session", json!({}), "wrong_password");
        assert!(
            error["message"].as_str().unwrap().contains("refused the login") && !error.to_string().contains("hunter2"),
            "{error}"
        );
        sqlx::raw_sql(change("another")).execute(&mut admin).await.unwrap();
        window.call("connect_close", json!({ "stopAutomation": false }));
        window.call(
            "connect_open",
            json!({ "to": { "kind": "server", "profile": profile }, "password": "another", "readOnly": false }),
        );
        window.call("connect_close", json!({ "stopAutomation": false }));
        tokio::task::spawn_blocking(move || server.0.stop().unwrap()).await.unwrap();
    });
}

#[test]
fn a_list_that_is_damaged_is_named_and_left_as_it_is() {
    run(async {
        let folder = Folder::new();
        let path = folder.path().join("connections.toml");
        fs::write(&path, "last = \"x\"\n\npassword = hunter2\n").unwrap();
        let window = Window::started(Start::Remembered, folder.path());
        window.refused("session", json!({}), "not_connected");
        let connections = window.ask("connections");
        let why = connections["unreadable"].as_str().unwrap();
        assert!(why.contains("connections.toml") && why.contains("line 3") && !why.contains("hunter2"), "{why}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "last = \"x\"\n\npassword = hunter2\n");
    });
}
