//! The log file of a day at the desk, searched for what must never be in it.

use std::{fs, process::Command};

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
