//! One password, used in every way that there is, and afterwards looked for everywhere but in the keychain.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::Mutex,
    time::Duration,
};

use queue_desk::{
    audit::migrate,
    embedded::{Embedded, Home, Role},
    secrets::keychain::Keychain,
    shell::Start,
};
use serde_json::{Value, json};

use crate::support::{
    Folder,
    bus::{self, Bus},
    run, session,
    terminal::{Said, queue_desk},
    tls::TlsServer,
    window::Window,
    with_binaries,
};

/// What is searched for: letters that no encoding changes, so that a part of the password is found too.
const MARK: &str = "Zq7marker9secret";
const EVENTS: [&str; 7] =
    ["desk://changed", "desk://run", "desk://export", "desk://verify", "desk://feed", "desk://probe", "desk://setup"];

fn password() -> String {
    format!("{MARK}/@:#\u{e9}")
}

/// As it stands in a URL.
fn encoded() -> String {
    format!("{MARK}%2F%40%3A%23%C3%A9")
}

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(MARK.len()).any(|part| part == MARK.as_bytes())
}

/// Every file below, but those that a person wrote the password into.
fn holding(folder: &Path, but: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(holding(&path, but));
        } else if path.is_file() && !but.contains(&path) && holds(&fs::read(&path).unwrap_or_default()) {
            found.push(path);
        }
    }
    found
}

/// Processes whose command line or environment show it, but those that were given it so.
fn showing(but: &[u32]) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    processes
        .filter(|path| {
            path.file_name().and_then(|n| n.to_str()?.parse::<u32>().ok()).is_some_and(|pid| !but.contains(&pid))
        })
        .filter(|path| ["cmdline", "environ"].iter().any(|file| holds(&fs::read(path.join(file)).unwrap_or_default())))
        .map(|path| String::from_utf8_lossy(&fs::read(path.join("cmdline")).unwrap_or_default()).replace('\0', " "))
        .collect()
}

/// A command that runs until the end of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(args: &[&str], home: &Path) -> Command {
    let mut command = queue_desk(args);
    command.env("QUEUE_DESK_HOME", home).env("QUEUE_DESK_LOG", "trace");
    command
}

#[test]
fn a_password_that_was_used_in_every_way_is_in_the_keychain_and_nowhere_else() {
    if !bus::inside("secrets::a_password_that_was_used_in_every_way_is_in_the_keychain_and_nowhere_else", Bus::Keyring)
    {
        return;
    }
    let home = Folder::new();
    queue_desk::log::start_in(tracing::level_filters::LevelFilter::OFF, None, Some(home.path().join("log")));
    run(async {
        let server = TlsServer::asking(&password()).await;
        migrate::apply(&mut session(&server.0, Role::Owner).await).await.unwrap();
        server.does("grant queue_desk_operator to guest").await;
        let settings = home.path().join("settings");
        fs::create_dir(&settings).unwrap();
        let script = settings.join("script.sql");
        let keychain = || Keychain::of_this_computer(Duration::from_secs(5));
        let window = Window::complete(Start::Ask, &settings, Some(script.clone()), keychain());
        let said = Mutex::new(Vec::new());
        let ask = |command: &str, arguments: Value| {
            let answer = window.invoke(command, arguments);
            said.lock().unwrap().push(format!("{command}: {answer:?}"));
            answer
        };
        let form = server.form();
        let with = |key: &str, value: Value| {
            let mut form = form.clone();
            form[key] = value;
            form
        };
        let open = |profile: &Value, password: Value| json!({ "to": { "kind": "server", "profile": profile }, "password": password, "readOnly": false });
        let test = |profile: &Value, password: Value| json!({ "profile": profile, "password": password });

        // Refused in every way: another password that holds it, no TLS, nobody there, a form that makes no sense, a name that is the password.
        ask("profile_test", test(&form, json!(format!("{}x", password())))).unwrap();
        ask("connect_open", open(&form, json!(format!("x{}", password())))).unwrap_err();
        ask("profile_test", test(&with("tls", json!("verify-full")), json!(password()))).unwrap();
        ask("connect_open", open(&with("tls", json!("require")), json!(password()))).unwrap_err();
        ask("connect_open", open(&with("port", json!(1)), json!(password()))).unwrap_err();
        ask("profile_test", test(&with("ca_file", json!("/nowhere")), json!(password()))).unwrap();
        ask("connect_open", open(&with("port", json!(6543)), json!(password()))).unwrap_err();

        // Let in, kept, used by the next run.
        ask("profile_test", test(&form, json!(password()))).unwrap();
        let kept = with("in_keychain", json!(true));
        ask("profile_save", json!({ "profile": kept, "replaces": null, "password": password() })).unwrap();
        ask("connect_open", open(&kept, Value::Null)).unwrap();
        for command in
            ["session", "feed_status", "connections", "keychain_probe", "log_settings", "lock_window", "lock_state"]
        {
            let _ = ask(command, json!({}));
        }
        ask("unlock_window", json!({ "password": format!("{}?", password()) })).unwrap_err();
        ask("unlock_window", json!({ "password": password() })).unwrap();
        for (command, arguments) in [
            ("setup_plan", json!({ "profile": kept })),
            ("setup_apply", json!({ "profile": kept })),
            ("schema_script", json!({})),
            ("schema_check", json!({})),
            ("schema_save", json!({ "format": "json" })),
            ("export_queue", json!({ "filter": { "search": "x" }, "preset": "excel" })),
            ("messages_page", json!({ "filter": {}, "after": null, "limit": 5 })),
            ("diagnostics", json!({})),
        ] {
            let _ = ask(command, arguments);
        }

        // The command line: by the environment, by a password file, by the keychain; right and wrong.
        let address = format!("127.0.0.1:{}/queue_desk", server.0.port());
        let url = format!("postgresql://guest@{address}?sslmode=disable");
        let pgpass = home.path().join("pgpass");
        fs::write(
            &pgpass,
            format!("127.0.0.1:{}:queue_desk:guest:{}\n", server.0.port(), password().replace(':', "\\:")),
        )
        .unwrap();
        fs::set_permissions(&pgpass, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let out = home.path().join("out.csv");
        let out = out.to_str().unwrap();
        let given = |user: &str| format!("postgresql://{user}:{}@{address}?sslmode=disable", encoded());
        let mut outputs = Vec::new();
        let mut tell = |command: &mut Command| {
            let said = Said::from(command.output().unwrap());
            outputs.push(format!("{said:?}"));
            said.code
        };
        for args in
            [&["session"][..], &["--json", "export", "--out", out], &["migrate", "--plan"], &["probe"], &["check"]]
        {
            tell(command(args, home.path()).env("DATABASE_URL", given("guest")));
        }
        assert_eq!(tell(command(&["--url", &url, "session"], home.path()).env("PGPASSFILE", &pgpass)), 0);
        let of_the_server = Folder::new();
        let credential = of_the_server.path().join("url");
        fs::write(&credential, given("guest")).unwrap();
        assert_eq!(tell(command(&["session"], home.path()).env("DATABASE_URL_FILE", &credential)), 0);
        assert_eq!(tell(&mut command(&["--profile", "Office", "session"], &settings)), 0, "the keychain has it");
        assert_ne!(tell(command(&["session"], home.path()).env("DATABASE_URL", given("nobody"))), 0);
        assert_ne!(
            tell(
                command(&["session"], home.path())
                    .env("DATABASE_URL", given("guest").replace("sslmode=disable", "sslmode=verify-full"))
            ),
            0
        );
        assert_ne!(
            tell(
                command(&["session"], home.path())
                    .env("DATABASE_URL", given("guest").replace(&address, "127.0.0.1:1/x"))
            ),
            0
        );
        assert_ne!(
            tell(command(&["session"], home.path()).env("DATABASE_URL", format!("mysql://x:{}@{address}", encoded()))),
            0
        );
        assert_ne!(
            tell(&mut command(&["--url", &given("guest"), "session"], home.path())),
            0,
            "refused, in words without it"
        );

        // While one runs, and the server that it starts: nobody else is given it.
        let embedded = home.path().join("embedded");
        let mut watch = command(&["--embedded", "watch"], &embedded);
        let watch = Running(watch.env("DATABASE_URL", given("guest")).env("PGPASSWORD", password()).spawn().unwrap());
        let own = with_binaries(Home::at(&embedded));
        let ready = embedded.join("data/postmaster.pid");
        while !fs::read_to_string(&ready).unwrap_or_default().contains("ready") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(showing(&[watch.0.id()]), [""; 0], "the embedded server and all its processes");

        let events: Vec<Value> = EVENTS.iter().flat_map(|event| window.heard(event)).collect();
        assert!(!events.is_empty(), "the probe told its steps");
        let heard = json!(events).to_string() + &server.log().await;
        let told = said.into_inner().unwrap().join("\n") + &outputs.join("\n") + &heard;
        let lines: Vec<&str> = told.lines().filter(|line| holds(line.as_bytes())).collect();
        assert_eq!(lines, [""; 0], "answers, events, errors, the server's log");
        let log: String = fs::read_dir(home.path().join("log"))
            .unwrap()
            .flatten()
            .map(|f| fs::read_to_string(f.path()).unwrap())
            .collect();
        assert!(log.contains("profile_test") || log.contains("connect_open"), "the log was searched: {log}");
        let person = PathBuf::from(std::env::var_os("HOME").unwrap());
        for file in [&person.join(".local/share/keyrings/login.keyring"), &script, Path::new(out)] {
            assert!(file.exists(), "{} is searched too: {told}", file.display());
        }
        for folder in [home.path(), &person, window.folder()] {
            assert_eq!(holding(folder, std::slice::from_ref(&pgpass)), Vec::<PathBuf>::new());
        }
        let account = format!("guest@{address}");
        assert_eq!(keychain().get(&account).await.unwrap().unwrap().reveal(), password(), "it is there");
        drop(watch);
        window.call("connect_close", json!({ "stopAutomation": false }));
        tokio::task::spawn_blocking(move || Embedded::start(&own).unwrap().stop().unwrap()).await.unwrap();
        server.stop().await;
    });
}
