//! Passwords in a real Secret Service: there, locked, and not there.

use std::{
    fs,
    path::Path,
    process::Child,
    time::{Duration, Instant},
};

use queue_desk::{secrets::keychain::Keychain, shell::Start};
use serde_json::{Value, json};

use super::{form, with};
use crate::support::{
    Folder, Office, TestDatabase,
    bus::{self, Bus},
    run,
    terminal::{Said, queue_desk},
    tls::TlsServer,
    window::Window,
};

const SECRET: &str = "hunter2-s3cr3t#/@:?-\u{e9}";
const PATIENCE: Duration = Duration::from_secs(3);

fn keychain() -> Keychain {
    Keychain::of_this_computer(PATIENCE)
}

/// Every file below this folder that holds the password.
fn holding(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(holding(&entry.path())),
            Ok(kind) if kind.is_file() && holds(&fs::read(entry.path()).unwrap_or_default()) => {
                found.push(entry.path().display().to_string());
            }
            _ => {}
        }
    }
    found
}

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(12).any(|part| part == &SECRET.as_bytes()[..12])
}

/// The processes of this session (this one, its children, the keyring) whose command line or environment show the password.
fn shown_by_processes() -> Vec<String> {
    let read = |entry: &fs::DirEntry, file: &str| fs::read(entry.path().join(file)).unwrap_or_default();
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| holds(&read(entry, "cmdline")) || holds(&read(entry, "environ")))
        .map(|entry| entry.path().display().to_string())
        .collect()
}

/// A server whose login `guest` needs the password.
async fn server() -> TlsServer {
    TlsServer::asking(SECRET).await
}

fn office(server: &TlsServer) -> Value {
    with(&server.form(), json!({ "in_keychain": true }))
}

fn save(profile: &Value, password: Value) -> Value {
    json!({ "profile": profile, "replaces": null, "password": password })
}

fn open(profile: &Value) -> Value {
    json!({ "to": { "kind": "server", "profile": profile }, "password": null, "readOnly": false })
}

fn told(folder: &Path, args: &[&str]) -> Said {
    queue_desk(args).env("QUEUE_DESK_HOME", folder).env("QUEUE_DESK_LOG", "debug").output().unwrap().into()
}

struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_remembered_password_opens_the_next_run_and_only_the_keychain_holds_it() {
    if !bus::inside(
        "connect::keychain::a_remembered_password_opens_the_next_run_and_only_the_keychain_holds_it",
        Bus::Keyring,
    ) {
        return;
    }
    run(async {
        let server = server().await;
        let folder = Folder::new();
        let window = Window::with_keychain(Start::Ask, folder.path(), keychain());
        window.ask("keychain_probe");
        let profile = office(&server);
        let account = format!("guest@127.0.0.1:{}/queue_desk", server.0.port());
        window.refused("profile_save", save(&profile, Value::Null), "bad_input");
        assert_eq!(window.ask("connections")["profiles"], json!([]), "without a password nothing is saved");
        window.call("profile_save", save(&profile, json!(SECRET)));
        assert_eq!(keychain().get(&account).await.unwrap().unwrap().reveal(), SECRET);

        // The next runs know nothing but what is in the list and in the keychain.
        let next = Window::with_keychain(Start::Ask, folder.path(), keychain());
        let saved = next.ask("connections")["profiles"][0].clone();
        assert_eq!((&saved["name"], &saved["in_keychain"]), (&json!("Office"), &json!(true)));
        let opened = next.call("connect_open", open(&saved));
        assert_eq!((&opened["login"], &opened["guard"]), (&json!("guest"), &json!("confirm")));
        // A wrong one that was typed over it is refused by the server, and the good one stays.
        let typed = Window::with_keychain(Start::Ask, folder.path(), keychain());
        let wrong = |password: &str| json!({ "to": { "kind": "server", "profile": saved }, "password": password, "readOnly": false });
        typed.refused("connect_open", wrong("not this one"), "wrong_password");
        assert_eq!(keychain().get(&account).await.unwrap().unwrap().reveal(), SECRET);
        // What cannot be sent is said to be that, and not a server that speaks no PostgreSQL.
        let mixed = typed.refused("connect_open", wrong("\u{5e1}\u{5d5}\u{5d3} a1"), "bad_input");
        assert_eq!(mixed["field"], "password", "{mixed}");
        let by_itself = Window::with_keychain(Start::Remembered, folder.path(), keychain());
        assert_eq!(by_itself.ask("session")["login"], "guest");
        let said = told(folder.path(), &["--profile", "Office", "--json", "session"]);
        assert_eq!((said.code, &said.json()["login"]), (0, &json!("guest")), "{said:?}");

        let mut watch = queue_desk(&["--profile", "Office", "watch"]);
        let watch = Watching(watch.env("QUEUE_DESK_HOME", folder.path()).spawn().unwrap());
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(fs::metadata(format!("/proc/{}/environ", watch.0.id())).is_ok(), "it is still running");
        assert_eq!(shown_by_processes(), Vec::<String>::new());
        let home = std::env::var_os("HOME").unwrap();
        assert!(Path::new(&home).join(".local/share/keyrings/login.keyring").exists(), "the keyring was searched too");
        for searched in [folder.path(), Path::new(&home), window.folder(), next.folder()] {
            assert_eq!(holding(searched), Vec::<String>::new());
        }
        for said in [next.ask("connections"), next.ask("diagnostics"), opened] {
            assert!(!holds(said.to_string().as_bytes()), "{said}");
        }
        drop(watch);

        // Another connection with the same account still needs it; the last one takes it along.
        next.call("profile_save", save(&with(&saved, json!({ "name": "Twin" })), Value::Null));
        next.call("profile_remove", json!({ "title": "Office" }));
        assert!(keychain().get(&account).await.unwrap().is_some());
        next.call("profile_remove", json!({ "title": "Twin" }));
        assert!(keychain().get(&account).await.unwrap().is_none(), "its password went with it");
        next.refused("profile_remove", json!({ "title": "Twin" }), "not_found");
        for window in [next, by_itself] {
            window.call("connect_close", json!({ "stopAutomation": false }));
        }
        tokio::task::spawn_blocking(move || server.0.stop().unwrap()).await.unwrap();
    });
}

#[test]
fn a_locked_keychain_is_told_in_bounded_time_and_the_run_goes_on_without_it() {
    if !bus::inside(
        "connect::keychain::a_locked_keychain_is_told_in_bounded_time_and_the_run_goes_on_without_it",
        Bus::Keyring,
    ) {
        return;
    }
    run(async {
        let server = server().await;
        let folder = Folder::new();
        let profile = office(&server);
        let window = Window::with_keychain(Start::Ask, folder.path(), keychain());
        window.call("profile_save", save(&profile, json!(SECRET)));
        window.call("connect_open", open(&profile));
        window.call("connect_close", json!({ "stopAutomation": false }));
        bus::lock();

        let locked = |command: &str, arguments: Value| {
            let window = Window::with_keychain(Start::Ask, folder.path(), keychain());
            let begun = Instant::now();
            let error = window.refused(command, arguments, "keychain_locked");
            assert!(begun.elapsed() < PATIENCE + Duration::from_secs(2), "{:?}", begun.elapsed());
            assert!(error["hint"].as_str().unwrap().contains("this run only") && error["retryable"] == true, "{error}");
            assert!(!holds(error.to_string().as_bytes()));
            window
        };
        locked("keychain_probe", json!({}));
        let window =
            locked("profile_save", save(&with(&profile, json!({ "name": "New", "login": "other" })), json!("x")));
        assert_eq!(window.ask("connections")["profiles"].as_array().unwrap().len(), 1, "nothing was saved");
        let window = locked("connect_open", open(&profile));
        window.refused("session", json!({}), "not_connected");
        // For this run only.
        let once = with(&profile, json!({ "in_keychain": false }));
        let open = json!({ "to": { "kind": "server", "profile": once }, "password": SECRET, "readOnly": false });
        assert_eq!(window.call("connect_open", open)["login"], "guest");
        window.call("connect_close", json!({ "stopAutomation": false }));

        // A start by itself asks once, and then the person.
        let name = fs::read_to_string(folder.path().join("connections.toml")).unwrap();
        fs::write(folder.path().join("connections.toml"), name.replace("in_keychain = false", "in_keychain = true"))
            .unwrap();
        let next = Window::with_keychain(Start::Remembered, folder.path(), keychain());
        next.refused("session", json!({}), "not_connected");
        assert_eq!(next.ask("connections")["problem"]["code"], "keychain_locked");
        let begun = Instant::now();
        next.refused("session", json!({}), "not_connected");
        assert!(begun.elapsed() < Duration::from_secs(1));
        tokio::task::spawn_blocking(move || server.0.stop().unwrap()).await.unwrap();
    });
}

#[test]
fn without_a_keychain_the_reason_is_told_and_a_password_file_still_works() {
    if !bus::inside(
        "connect::keychain::without_a_keychain_the_reason_is_told_and_a_password_file_still_works",
        Bus::None,
    ) {
        return;
    }
    run(async {
        let database = TestDatabase::new().await;
        let _office = Office::new(&database).await;
        let folder = Folder::new();
        let profile = with(&form(&database, "desk"), json!({ "name": "Office", "guard": "read_only" }));
        let window = Window::with_keychain(Start::Ask, folder.path(), keychain());
        let error = window.refused("keychain_probe", json!({}), "keychain_unavailable");
        assert!(error["message"].as_str().unwrap().contains("none answers") && error["hint"].is_string(), "{error}");
        let kept = with(&profile, json!({ "in_keychain": true }));
        window.refused("profile_save", save(&kept, json!(SECRET)), "keychain_unavailable");
        assert!(!folder.path().join("connections.toml").exists(), "never a file");
        window.call("profile_save", save(&profile, Value::Null));
        let opened = window.call("connect_open", open(&profile));
        assert_eq!((&opened["read_only"], &opened["read_only_reason"]), (&json!(true), &json!("chosen")));
        window.call("connect_close", json!({ "stopAutomation": false }));

        let file = folder.path().join("connections.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("in_keychain = false", "in_keychain = true")).unwrap();
        let said = told(folder.path(), &["--profile", "Office", "--json", "session"]);
        assert_eq!((said.code, &said.error()["code"]), (3, &json!("keychain_unavailable")), "{said:?}");
        let passwords = folder.path().join("pgpass");
        fs::write(&passwords, "*:*:*:*:any\n").unwrap();
        let session = queue_desk(&["--profile", "Office", "--json", "session"])
            .env("QUEUE_DESK_HOME", folder.path())
            .env("PGPASSFILE", &passwords)
            .output();
        let said: Said = session.unwrap().into();
        assert_eq!((said.code, &said.json()["read_only"]), (0, &json!(true)), "{said:?}");
    });
}
