//! TLS against a real server: what is good, and a sentence for each thing that is not. Nothing falls back to clear text.

use std::fs;

use queue_desk::{embedded::Role, shell::Start};
use serde_json::{Value, json};

use super::{line, with};
use crate::support::{
    Folder, run, session,
    terminal::{Said, queue_desk},
    tls::{Authority, TlsServer, pretender},
    window::Window,
};

#[test]
fn each_mode_checks_what_it_says_and_each_failure_has_its_sentence() {
    run(async {
        let server = TlsServer::start().await;
        let folder = Folder::new();
        let (ours, theirs) = (Authority::new(), Authority::new());
        let ca = folder.path().join("ca.crt");
        fs::write(&ca, &ours.pem).unwrap();
        fs::write(folder.path().join("text.crt"), "no certificate").unwrap();
        let window = Window::started(Start::Ask, folder.path());
        let base = json!({
            "name": "", "host": "localhost", "port": server.0.port(), "database": "queue_desk", "login": "desk", "tls": "verify-full",
            "ca_file": ca, "environment": "production", "guard": "silent", "asks_password": false, "in_keychain": false,
        });
        let test =
            |fields: Value| window.call("profile_test", json!({ "profile": with(&base, fields), "password": null }));
        let good =
            |probe: &Value| assert!(line(probe, "login").0 == "ok" && line(probe, "tls").0 != "failed", "{probe}");
        let bad = |probe: &Value, says: &str| {
            let (state, words) = line(probe, "tls");
            assert!(state == "failed" && words.contains(says), "{says}: {probe}");
            assert_eq!(line(probe, "login").0, "unknown", "nothing was said in clear: {probe}");
            assert_eq!((&probe["problem"]["code"], &probe["problem"]["field"]), (&json!("tls_failed"), &json!("tls")));
        };

        server.show(ours.issue("localhost", 2100)).await;
        good(&test(json!({})));
        good(&test(json!({ "tls": "verify-ca" })));
        good(&test(json!({ "tls": "verify-ca", "host": "127.0.0.1" })));
        let probe = test(json!({ "tls": "require", "ca_file": null }));
        good(&probe);
        assert_eq!(line(&probe, "tls").0, "warn", "nobody checked who answers");
        bad(&test(json!({ "ca_file": null })), "issued by somebody whom this computer does not know");
        bad(&test(json!({ "host": "127.0.0.1" })), "is not for 127.0.0.1");
        bad(&test(json!({ "tls": "verify-ca", "ca_file": null })), "issued by somebody");

        // It is really encrypted: the server says so.
        let url = format!(
            "postgresql://desk@localhost:{}/queue_desk?sslmode=verify-full&sslrootcert={}",
            server.0.port(),
            ca.display()
        );
        let mut admin = session(&server.0, Role::Superuser).await;
        let said: Said = queue_desk(&["--url", &url, "probe"]).output().unwrap().into();
        assert!(said.out.contains("Encrypted; the certificate is for this host."), "{said:?}");
        window.call(
            "connect_open",
            json!({ "to": { "kind": "server", "profile": base }, "password": null, "readOnly": false }),
        );
        let plain: i64 = sqlx::query_scalar("select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid) where a.usename = 'desk' and not s.ssl").fetch_one(&mut admin).await.unwrap();
        let encrypted: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid) where a.usename = 'desk' and s.ssl",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert!(plain == 0 && encrypted >= 1, "{plain} in clear, {encrypted} encrypted");
        window.call("connect_close", json!({ "stopAutomation": false }));

        server.show(ours.issue("localhost", 2021)).await;
        bad(&test(json!({})), "has expired");
        bad(&test(json!({ "tls": "verify-ca" })), "has expired");
        good(&test(json!({ "tls": "require" })));
        server.show(ours.issue("db.example.com", 2100)).await;
        bad(&test(json!({})), "is not for localhost");
        good(&test(json!({ "tls": "verify-ca" })));
        server.show(theirs.issue("localhost", 2100)).await;
        bad(&test(json!({})), "issued by somebody");
        server.hide().await;
        for tls in ["require", "verify-ca", "verify-full"] {
            bad(&test(json!({ "tls": tls })), "offers no TLS");
        }
        good(&test(json!({ "tls": "disable" })));
        good(&test(json!({ "tls": null })));

        // Says that it speaks TLS, and does not.
        let garbage = pretender(b"S".to_vec()).await;
        let probe = test(json!({ "port": garbage }));
        assert!(probe["problem"]["code"] == "no_connection" || probe["problem"]["code"] == "tls_failed", "{probe}");

        for (file, says) in [("text.crt", "holds no certificate"), ("nowhere.crt", "cannot be read")] {
            let profile = with(&base, json!({ "ca_file": folder.path().join(file) }));
            let error = window.refused("profile_test", json!({ "profile": profile, "password": null }), "tls_failed");
            assert!(error["message"].as_str().unwrap().contains(says) && error["field"] == "ca_file", "{error}");
        }
        tokio::task::spawn_blocking(move || server.0.stop().unwrap()).await.unwrap();
    });
}

#[test]
fn an_address_beyond_this_network_is_verified_in_full_unless_told_otherwise() {
    for (url, code) in [
        ("postgresql://desk@db.example.invalid/x?sslmode=prefer", "bad_url"),
        ("postgresql://desk@db.example.invalid/x?sslmode=allow", "bad_url"),
        ("postgresql://desk@db.example.invalid/x", "no_connection"),
        ("postgresql://desk@db.example.invalid/x?sslmode=disable", "no_connection"),
    ] {
        let said: Said = queue_desk(&["--json", "--url", url, "session"]).output().unwrap().into();
        assert_eq!(said.error()["code"], code, "{url}: {said:?}");
    }
    use queue_desk::{
        config::{Target, Wish},
        model::connection::Tls,
    };
    let tls = |url: &str| match (Wish { url: Some(url.into()), ..Wish::default() }).target() {
        Ok(Target::Server(server)) => server.tls(),
        _ => panic!("{url}"),
    };
    for (host, mode) in [
        ("localhost", Tls::Disable),
        ("10.0.0.7", Tls::Disable),
        ("192.168.1.4", Tls::Disable),
        ("8.8.8.8", Tls::VerifyFull),
        ("db.example.com", Tls::VerifyFull),
    ] {
        assert_eq!(tls(&format!("postgresql://desk@{host}/x")), mode, "{host}");
    }
}
