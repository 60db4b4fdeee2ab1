//! Every command of the window with arguments that nobody honest sends. A page that was taken over may call them all: it gets an error
//! or a harmless answer, in bounded time, and the rows stay as they are.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use uuid::Uuid;

use super::commands;
use crate::support::{
    Office,
    contract::{everything, written},
    run,
    window::Window,
};

/// A command on 10 MB may take this long, on two busy cores.
const BOUND: Duration = Duration::from_secs(20);

/// What a command takes, by its key.
#[derive(Clone, Copy)]
enum Kind {
    Id,
    Ids,
    Text,
    Number,
    Flag,
    /// Numbers of rows.
    Rows,
    /// A word that is known, so that what stands beside it is reached.
    Word(&'static str),
    /// An object of texts.
    Filter,
    Profile,
    To,
}
use Kind::*;

/// Every command with its arguments.
const TAKES: &[(&str, &[(&str, Kind)])] = &[
    ("connections", &[]),
    ("profile_test", &[("profile", Profile), ("password", Text)]),
    ("profile_save", &[("profile", Profile), ("replaces", Text), ("password", Text)]),
    ("profile_remove", &[("title", Text)]),
    ("keychain_probe", &[]),
    ("connect_open", &[("to", To), ("password", Text), ("readOnly", Flag)]),
    ("setup_plan", &[("profile", Profile)]),
    ("setup_apply", &[("profile", Profile)]),
    ("setup_cancel", &[]),
    ("choose_ca_file", &[]),
    ("session", &[]),
    ("act_for", &[("userId", Id)]),
    ("act_for_myself", &[]),
    ("feed_status", &[]),
    ("diagnostics", &[]),
    ("log_settings", &[]),
    ("set_log_level", &[("level", Text)]),
    ("schema_check", &[]),
    ("schema_preview", &[]),
    ("schema_mend", &[]),
    ("schema_script", &[]),
    ("schema_save", &[("format", Word("json"))]),
    ("quarantine_page", &[("before", Number), ("limit", Number)]),
    ("quarantine_restore", &[("ids", Rows)]),
    ("quarantine_keep", &[("ids", Rows)]),
    ("messages_page", &[("filter", Filter), ("after", Text), ("limit", Number)]),
    ("message_counts", &[]),
    ("metrics", &[("filter", Filter)]),
    ("metrics_save", &[("filter", Filter)]),
    ("leads_page", &[("filter", Filter), ("after", Text), ("limit", Number)]),
    ("lead_counts", &[("filter", Filter)]),
    ("jobs_page", &[("filter", Filter), ("after", Text), ("limit", Number)]),
    ("lead_get", &[("leadId", Id)]),
    ("lead_timeline", &[("leadId", Id), ("kind", Word("messages")), ("after", Text), ("limit", Number)]),
    ("prepare_preview", &[("day", Text)]),
    ("prepare_apply", &[("planId", Id), ("withoutChanged", Flag)]),
    ("automation_status", &[]),
    ("take_lead", &[("leadId", Id), ("expectedOwner", Id)]),
    ("release_lead", &[("leadId", Id), ("reason", Text)]),
    ("undo", &[("receiptId", Id)]),
    ("opt_out", &[("leadId", Id), ("reason", Text)]),
    ("cancel_messages", &[("ids", Ids), ("reason", Text)]),
    ("retry_messages", &[("ids", Ids)]),
    ("reschedule_messages", &[("ids", Ids), ("at", Word("9999-12-31T23:59:59Z"))]),
    ("set_priority", &[("ids", Ids), ("priority", Number)]),
    ("assign_messages", &[("ids", Ids), ("to", Id)]),
    ("resolve_unknown", &[("ids", Ids), ("outcome", Word("sent")), ("note", Text)]),
    ("adopt_messages", &[("ids", Ids)]),
    ("pauses", &[]),
    ("pause", &[("scope", Word("lead")), ("subject", Text), ("until", Word("9999-12-31T23:59:59Z")), ("reason", Text)]),
    ("resume", &[("scope", Word("lead")), ("subject", Text)]),
    ("operators", &[]),
    ("operator_add", &[("userId", Id), ("name", Text), ("login", Text), ("admin", Flag), ("runner", Flag)]),
    ("operator_deactivate", &[("userId", Id)]),
    ("desks", &[]),
    ("login_script", &[("login", Text)]),
    (
        "login_create",
        &[("userId", Id), ("name", Text), ("login", Text), ("admin", Flag), ("runner", Flag), ("password", Text)],
    ),
    ("login_save", &[("login", Text), ("password", Text)]),
    ("login_closing", &[("userId", Id)]),
    ("login_close", &[("userId", Id)]),
    ("login_renewal", &[("login", Text)]),
    ("login_renew", &[("login", Text), ("reopen", Flag), ("password", Text)]),
    ("login_renew_save", &[("login", Text), ("password", Text)]),
    ("erase_preview", &[("leadId", Id)]),
    ("erase_person", &[("leadId", Id), ("others", Ids)]),
    ("export_queue", &[("filter", Filter), ("preset", Word("excel"))]),
    ("export_cancel", &[]),
    ("ledger_page", &[("filter", Filter), ("after", Text), ("limit", Number)]),
    ("ledger_state", &[]),
    ("ledger_verify", &[]),
    ("ledger_verify_cancel", &[]),
    ("receipt_get", &[("receiptId", Id)]),
    ("lock_state", &[]),
    ("unlock_window", &[("password", Text)]),
    ("set_lock_after", &[("minutes", Number)]),
];

/// Take nothing, and do what they are for whatever is sent along.
const ACT: [&str; 6] =
    ["automation_start", "automation_stop", "connect_close", "lock_window", "sample_jump", "stop_everything"];

/// One way to be hostile: what each kind becomes.
struct Attack {
    name: &'static str,
    /// Each value is of its type: what is hostile is in it.
    typed: bool,
    text: Value,
    number: Value,
    id: Value,
    ids: Value,
    flag: Value,
}

impl Attack {
    fn value(&self, kind: Kind) -> Value {
        let text = &self.text;
        let profile = || {
            json!({
                "name": text, "host": text, "port": 1, "database": text, "login": text, "tls": null, "ca_file": text,
                "environment": "local", "guard": "silent", "asks_password": false, "in_keychain": false,
            })
        };
        match kind {
            Id => self.id.clone(),
            Ids => self.ids.clone(),
            Text => text.clone(),
            Number => self.number.clone(),
            Flag => self.flag.clone(),
            Rows if self.typed => json!([self.number, i64::MIN, 0]),
            Word(word) if self.typed => json!(word),
            Rows | Word(_) => text.clone(),
            Filter => json!({
                "operator": self.id, "search": text, "reason": text, "status": text, "state": text, "lead": self.id, "receipt": self.id,
                "action": text, "who": text,
            }),
            Profile => profile(),
            To => json!({ "kind": "server", "profile": profile() }),
        }
    }

    fn arguments(&self, takes: &[(&str, Kind)]) -> Value {
        let mut all: serde_json::Map<_, _> =
            takes.iter().map(|(key, kind)| ((*key).to_owned(), self.value(*kind))).collect();
        all.insert("__proto__".into(), json!({ "admin": true }));
        Value::Object(all)
    }
}

/// `others`: ids of rows that this login may not touch. `huge`: megabytes.
fn attacks(others: &[Uuid], huge: &str) -> Vec<Attack> {
    let typed = |name, text: &str, number: i64| Attack {
        name,
        typed: true,
        text: json!(text),
        number: json!(number),
        id: json!(others[0]),
        ids: json!(others),
        flag: json!(true),
    };
    let wrong = |name, value: Value| Attack {
        name,
        typed: false,
        text: value.clone(),
        number: value.clone(),
        id: value.clone(),
        ids: value.clone(),
        flag: value,
    };
    let many: Vec<Uuid> = (0..270_000).map(|n| Uuid::from_u128(0x4000_8000_u128 << 64 | n)).collect();
    vec![
        wrong("an object", json!({ "$gt": "" })),
        wrong("a number", json!(1e300)),
        wrong("an empty list", json!([])),
        wrong("a list in a list", json!([[[[]]]])),
        wrong("a truth", json!(true)),
        wrong("an empty text", json!("")),
        typed("NUL", "a\0b", i64::MIN),
        typed("from right to left", "\u{202e}gnp.exe\u{2066}\u{feff}\u{200b}", -1),
        typed("SQL", "'); drop schema queue_desk cascade; --", i64::MAX),
        typed("a path", "../../../../etc/passwd", 0),
        typed("a page", "<img src=x onerror=alert(1)>{{7*7}}${7*7}%s%n", i64::from(u32::MAX)),
        typed("no letters", "\u{fffd}\u{10ffff}\u{1f469}\u{200d}\u{1f680}\r\n\t\u{1b}[2J", i64::from(i32::MAX)),
        typed("a cursor", "1|infinity|00000000-0000-0000-0000-000000000000", 1),
        Attack { id: json!(Uuid::nil()), ids: json!(many), ..typed("10 MB", huge, 500) },
    ]
}

/// Tauri's own refusal of arguments that do not fit, or an error of ours; never a name of what was inside.
fn is_refusal(error: &Value) -> bool {
    match error {
        Value::String(said) => said.starts_with("invalid args") || said.starts_with("command "),
        error => error["code"].is_string() && error["code"] != "internal" && error["message"].is_string(),
    }
}

#[test]
fn every_command_survives_hostile_arguments_and_no_row_changes() {
    let known: BTreeSet<&str> = TAKES.iter().map(|(command, _)| *command).chain(ACT).collect();
    let registered = commands::all();
    assert_eq!(known, registered.iter().map(String::as_str).collect(), "every command is attacked");
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.other_client), "Hers", Some("0501234567")).await;
        let message = office.queued(lead, office.dana, chrono::Utc::now()).await;
        let job = office.job(lead, office.dana, "queued").await;
        let mine = office.lead(Some(office.client), "Mine", Some("0501234568")).await;
        office.queued(mine, office.amir, chrono::Utc::now()).await;
        let folder = crate::support::Folder::new();
        let window = Window::open(database.desk("desk_2").await, Some(folder.path().join("out.csv")));
        let huge = "\u{5d0}".repeat(1 << 20);
        let before = everything(&mut office.owner).await;
        let rows: i64 = office.ask("select coalesce(max(id), 0) from queue_desk.queue_ledger").await;
        let mut wrong = Vec::new();
        for attack in attacks(&[lead, message, job, office.dana], &huge) {
            for (command, takes) in TAKES {
                if takes.is_empty() && attack.name != "NUL" {
                    continue;
                }
                let began = Instant::now();
                let answer = window.invoke(command, attack.arguments(takes));
                let took = began.elapsed();
                if took > BOUND {
                    wrong.push(format!("{command} with {} took {took:?}", attack.name));
                }
                if let Err(error) = answer
                    && !is_refusal(&error)
                {
                    let said: String = error.to_string().chars().take(300).collect();
                    wrong.push(format!("{command} with {}: {said}", attack.name));
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        let changed = written(&before, &everything(&mut office.owner).await);
        let ledger = ["queue_desk.ledger_seal", "queue_desk.queue_ledger"];
        assert!(changed.iter().all(|table| ledger.contains(&table.as_str())), "{changed:?}");
        // Receipts say what was asked of rows that are not this login's: nothing was done to them.
        let others: i64 = office
            .count(format!("queue_desk.queue_ledger where id > {rows} and not (entity = 'receipt' and (action = 'export' or detail->>'changed' = '0'))"))
            .await;
        assert_eq!(others, 0);
        assert_eq!(window.take(mine)["changed"], 1, "and the window still works");
    });
}
