//! The log file of a day at the desk, searched for what must never be in it.

use std::{fs, path::Path, process::Command};

use crate::support::{Folder, Office, TestDatabase, run};

#[test]
fn a_day_at_the_loudest_level_leaves_no_secret_name_phone_or_text_in_the_log() {
    let (database, lead) = run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.lead(Some(office.client), "Sapphira", Some("054-123 4567")).await;
        office.lead(Some(office.client), "Sapphira", Some("+972541234568")).await;
        office.lead(Some(office.client), "Sapphira", Some("not a phone 98765")).await;
        // The database refuses one of them, in words that quote the row.
        let refuse =
            "alter table public.whatsapp_message_queue add constraint no_68 check (recipient_phone not like '%68')";
        sqlx::raw_sql(refuse).execute(&mut office.owner).await.unwrap();
        (database, lead)
    });
    let home = Folder::new();
    let url = database.url("desk").replace("desk@", "desk:t0p-secret@");
    let queue_desk = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_queue-desk"))
            .args(arguments)
            .env("DATABASE_URL", &url)
            .env("QUEUE_DESK_HOME", home.path())
            .env("QUEUE_DESK_LOG", "trace")
            .output()
            .unwrap()
    };
    let export = home.path().join("out.csv");
    let lead = lead.to_string();
    for arguments in [
        &["session"][..],
        &["prepare"],
        &["clock"],
        &["run", "--drain"],
        &["take", &lead, "--reason", "Sapphira called from 054-1234567"],
        &["export", "--out", export.to_str().unwrap()],
        &["ledger", "verify"],
        &["ledger", "show"],
        &["release", &lead, "--reason", "Sapphira called again from 054-1234567"],
        &["check"],
        &["take", "00000000-0000-4000-8000-000000000000"],
        &["settings", "set", "work_days.business_hours.timezone", "Sapphira/Zone"],
        &["--url", "postgresql://desk:t0p-secret@127.0.0.1:1/x", "session"],
        &["--as", "Sapphira", "prepare"],
    ] {
        queue_desk(arguments);
    }
    let mut log = String::new();
    for entry in fs::read_dir(home.path().join("log")).expect("a log folder").flatten() {
        log += &fs::read_to_string(entry.path()).unwrap();
    }
    assert!(log.contains("action=\"prepare\""), "the log says what was done: {log}");
    assert!(log.contains("NotFound"), "and what was refused");
    for (what, word) in [
        ("a password", "t0p-secret"),
        ("a name or a text", "Sapphira"),
        ("a phone", "1234567"),
        ("a phone", "123 4567"),
        ("a phone", "1234568"),
        ("a raw phone", "98765"),
        ("the text of a message", "Hello"),
    ] {
        let found: Vec<&str> = log.lines().filter(|line| line.contains(word)).collect();
        assert!(found.is_empty(), "{what} is in the log: {found:?}");
    }
}

/// Everything that the files of a log folder hold.
fn all(folder: &Path) -> String {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|entry| fs::read_to_string(entry.path()).unwrap()).collect()
}

#[test]
fn the_level_is_a_setting_of_this_computer_and_the_environment_overrides_it() {
    let home = Folder::new();
    let url = run(async { TestDatabase::new().await }).url("desk");
    let log = |variable: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_queue-desk"));
        command
            .args(["--url", &url, "take", "00000000-0000-4000-8000-000000000000"])
            .env("QUEUE_DESK_HOME", home.path());
        command.env_remove("QUEUE_DESK_LOG").envs(variable.map(|level| ("QUEUE_DESK_LOG", level))).output().unwrap();
        let said = all(&home.path().join("log"));
        let _ = fs::remove_dir_all(home.path().join("log"));
        said
    };
    assert!(log(None).contains("started"), "info where nothing is set");
    fs::write(home.path().join("desk.json"), r#"{ "log_level": "off" }"#).unwrap();
    assert_eq!(log(None), "");
    assert!(log(Some("info")).contains("started"), "the environment overrides it");
    assert_eq!(log(Some("!!")), "", "a variable that is no filter is as none");
    fs::write(home.path().join("desk.json"), "{").unwrap();
    assert!(log(None).contains("were not read"), "a broken file is told, and the default holds");
}

#[cfg(feature = "desktop")]
#[test]
fn in_the_window_the_level_holds_at_once_and_what_is_pasted_into_a_report_holds_no_secret() {
    use serde_json::json;
    use tracing::level_filters::LevelFilter;

    use crate::support::window::Window;

    let folder = Folder::new();
    queue_desk::log::start_in(LevelFilter::OFF, Some(folder.path()), Some(folder.path().join("log")));
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let lead = office.lead(Some(office.client), "Sapphira", Some("054-123 4567")).await;
        let desk = database.desk("desk_2").await;
        let window = Window::open(desk, Some(folder.path().join("out.csv")));
        let set = |level: &str| window.call("set_log_level", json!({ "level": level }));
        let said = |marker: &str| all(&folder.path().join("log")).contains(marker);

        assert_eq!(window.ask("log_settings")["level"], "info");
        set("debug");
        tracing::debug!(target: "queue_desk::test", "marker-one");
        assert!(said("marker-one"), "it holds at once");
        set("off");
        tracing::error!(target: "queue_desk::test", "marker-two");
        assert!(!said("marker-two"));
        assert_eq!(window.ask("log_settings")["level"], "off", "it is kept");
        fs::write(window.folder().join("desk.json"), r#"{ "log_level": "off", "other": 1 }"#).unwrap();
        set("debug");
        assert!(
            fs::read_to_string(window.folder().join("desk.json")).unwrap().contains("other"),
            "other settings stay"
        );
        fs::write(window.folder().join("desk.json"), "{").unwrap();
        window.refused("set_log_level", json!({ "level": "info" }), "file_failed");
        assert_eq!(fs::read_to_string(window.folder().join("desk.json")).unwrap(), "{", "nothing is lost");
        fs::remove_file(window.folder().join("desk.json")).unwrap();

        // A day at the window.
        let receipt = window.prepare();
        window.call("messages_page", json!({ "filter": { "search": "Sapphira" }, "after": null, "limit": 50 }));
        window.call("take_lead", json!({ "leadId": lead, "expectedOwner": null }));
        window.call("lead_get", json!({ "leadId": lead }));
        window.call("lead_timeline", json!({ "leadId": lead, "kind": null, "after": null, "limit": 50 }));
        window.call("release_lead", json!({ "leadId": lead, "reason": "Sapphira called from 054-1234567" }));
        window.call("ledger_page", json!({ "filter": {}, "after": null, "limit": 50 }));
        window.call("receipt_get", json!({ "receiptId": receipt["receipt_id"] }));
        window.undo(&receipt);
        window.export("excel");
        window.ask("ledger_verify");
        window.refused("take_lead", json!({ "leadId": uuid::Uuid::nil(), "expectedOwner": null }), "not_found");
        let pasted = window.ask("diagnostics").as_str().unwrap().to_owned();
        for word in
            ["Queue Desk 0", "Database: Ready", "sample", "take_lead: NotFound", "Log: Info", "action=\"prepare\""]
        {
            assert!(pasted.contains(word), "{word} is not in {pasted}");
        }
        for (what, text) in [("the log", all(&folder.path().join("log"))), ("what is pasted", pasted)] {
            for word in ["Sapphira", "1234567", "123 4567", "Hello", "called", "127.0.0.1", "password"] {
                let found: Vec<&str> = text.lines().filter(|line| line.contains(word)).collect();
                assert!(found.is_empty(), "{word} is in {what}: {found:?}");
            }
        }
    });
}
