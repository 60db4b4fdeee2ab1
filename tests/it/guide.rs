//! The guide: its schemas hold for what the program really prints, and no error is without its section.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use boon::{Compiler, SchemaIndex, Schemas};
use chrono::{Duration, Utc};
use queue_desk::{
    action::quarantine,
    audit::{check, migrate},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase, run,
    terminal::{Said, queue_desk},
    window::Window,
};

fn guide(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("guide").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(guide(name)).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// A published schema, compiled.
struct Schema(Schemas, SchemaIndex);

impl Schema {
    fn of(name: &str) -> Self {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        let path = guide(name).display().to_string();
        let index = compiler.compile(&path, &mut schemas).unwrap_or_else(|e| panic!("{name}: {e:#}"));
        Self(schemas, index)
    }

    fn holds(&self, what: &str, value: &Value) {
        if let Err(e) = self.0.validate(value, self.1) {
            panic!("{what} is not what the guide says: {e:#}\n{value:#}");
        }
    }

    fn refuses(&self, value: &Value) {
        assert!(self.0.validate(value, self.1).is_err(), "accepted: {value}");
    }
}

fn words(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let words = schema.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no words at {pointer}"));
    words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// Every action that a function of the database, or the program itself, writes a receipt for.
fn actions() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::from(["sample".to_owned()]);
    for file in fs::read_dir(root.join("migrations/queue_desk/functions")).unwrap().flatten() {
        let text = fs::read_to_string(file.path()).unwrap();
        // One function changes both time and priority, and is told which.
        for call in ["write_receipt('", "change_waiting('"] {
            for (at, start) in text.match_indices(call) {
                let rest = &text[at + start.len()..];
                found.insert(rest[..rest.find('\'').unwrap()].to_owned());
            }
        }
    }
    assert!(found.len() > 8, "the actions were found: {found:?}");
    found
}

/// Every code of an error, from its generated twin.
fn codes() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings/Code.ts");
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find(|line| line.starts_with("export type Code")).expect("the codes");
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_guide_names_every_action_of_the_database_and_no_other() {
    let schema = read("receipt.schema.json");
    assert_eq!(
        words(&schema, "/properties/action/enum"),
        actions(),
        "guide/receipt.schema.json, properties.action.enum"
    );
    let details: BTreeSet<String> = schema["$defs"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(details, actions(), "guide/receipt.schema.json, $defs: the detail of each action");
    let chosen: Vec<&str> = schema["allOf"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one.pointer("/if/properties/action/const")?.as_str())
        .collect();
    assert_eq!(
        chosen.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(),
        actions(),
        "guide/receipt.schema.json, allOf"
    );
}

/// Receipts of the verbs beside the great actions, changed and skipped.
async fn verbs(office: &mut Office, noa: &Window, amir: &Window, lead: Uuid) -> Vec<Value> {
    let id = office.queued(lead, office.noa, Utc::now()).await;
    let foreign = office.foreign(lead, office.noa).await;
    let later = Utc::now() + Duration::hours(2);
    let mut seen = Vec::new();
    let mut press = |window: &Window, command: &str, arguments: Value| {
        let receipt = window.call(command, arguments);
        seen.push(receipt.clone());
        receipt
    };
    for (command, arguments) in [
        ("reschedule_messages", json!({ "ids": [id], "at": later })),
        ("set_priority", json!({ "ids": [id], "priority": 10 })),
        ("assign_messages", json!({ "ids": [id], "to": office.amir })),
        ("adopt_messages", json!({ "ids": [foreign] })),
        ("cancel_messages", json!({ "ids": [id], "reason": "wrong text" })),
        ("opt_out", json!({ "leadId": lead, "reason": null })),
        ("pause", json!({ "scope": "lead", "subject": lead, "until": later, "reason": "lunch" })),
    ] {
        let receipt = press(noa, command, arguments.clone());
        press(noa, command, arguments);
        press(noa, "undo", json!({ "receiptId": receipt["receipt_id"] }));
    }
    press(noa, "cancel_messages", json!({ "ids": [id], "reason": null }));
    press(noa, "retry_messages", json!({ "ids": [id, foreign] }));
    press(noa, "resume", json!({ "scope": "lead", "subject": lead }));
    office.does(format!("update whatsapp_message_queue set queue_status = 'failed', error_code = 'outcome_unknown' where id = '{id}'")).await;
    press(amir, "resolve_unknown", json!({ "ids": [id], "outcome": "not_sent", "note": null }));
    let user = Uuid::new_v4();
    office.does(format!("insert into auth.users (id) values ('{user}')")).await;
    for _ in 0..2 {
        press(
            noa,
            "operator_add",
            json!({ "userId": user, "name": "Gil", "login": null, "admin": false, "runner": false }),
        );
    }
    press(noa, "login_close", json!({ "userId": user }));
    press(noa, "operator_deactivate", json!({ "userId": user }));
    for _ in 0..2 {
        press(noa, "erase_person", json!({ "leadId": lead, "others": [] }));
    }
    seen
}

/// What migrate and its quarantine say of a database with broken references.
async fn migrated() -> Vec<Value> {
    let database = TestDatabase::fixture(&["broken"]).await;
    let mut owner = database.owner().await;
    migrate::apply(&mut owner).await.unwrap();
    let desk = database.desk("postgres").await;
    for restored in [true, false] {
        let told = if restored { quarantine::restore(&desk, None).await } else { quarantine::keep(&desk, None).await };
        told.unwrap();
    }
    sqlx::query_scalar(
        "select detail || jsonb_build_object('ledger_id', id::text) from queue_desk.queue_ledger where entity = 'receipt' order by id",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap()
}

fn terminal(arguments: &[&str]) -> Said {
    queue_desk(arguments).output().expect("the program runs").into()
}

/// Of a login of its own, by the one who may make roles here.
async fn renewed(database: &TestDatabase, office: &mut Office) -> Value {
    let login = format!("desk_{}", &Uuid::new_v4().simple().to_string()[..12]);
    let mut superuser = database.session("supabase_admin").await;
    let make = format!("create role {login} in role queue_desk_operator");
    sqlx::raw_sql(sqlx::AssertSqlSafe(make)).execute(&mut superuser).await.unwrap();
    let (noa, amir) = (office.noa, office.amir);
    office
        .does(format!(
            "insert into queue_desk.login (db_role, user_id, admin) values ('supabase_admin', '{noa}', true), ('{login}', '{amir}', false)"
        ))
        .await;
    let window = Window::open(database.desk("supabase_admin").await, None);
    window.call("login_renew", json!({ "login": login, "reopen": true, "password": "long enough for anybody" }))
}

#[test]
fn real_receipts_of_every_action_are_what_the_guide_says() {
    let (database, mut seen) = run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(6).await;
        let noa = Window::open(
            database.desk("desk").await,
            Some(std::env::temp_dir().join(format!("queue-desk-guide-{}.csv", Uuid::new_v4()))),
        );
        let amir = Window::open(database.desk("desk_2").await, None);
        let mut seen: Vec<Value> = vec![noa.prepare(), noa.prepare(), amir.take(leads[0]), noa.take(leads[0])];
        seen.push(amir.take(leads[0]));
        seen.push(amir.undo(&seen[2]));
        seen.push(amir.undo(&seen[2]));
        seen.push(noa.release(leads[0]));
        seen.push(noa.take(leads[1]));
        seen.push(noa.release(leads[1]));
        seen.push(noa.undo(&seen[0]));
        seen.extend([noa.export("excel"), noa.ask("stop_everything"), noa.ask("stop_everything"), noa.ask("resume")]);
        seen.push(noa.call("release_lead", json!({ "leadId": leads[2], "reason": null })));
        seen.extend(verbs(&mut office, &noa, &amir, leads[3]).await);
        seen.push(renewed(&database, &mut office).await);
        (database, seen)
    });
    let url = database.url("desk");
    let cli = |arguments: &[&str]| terminal(&[&["--url", &url, "--json"], arguments].concat()).json();
    seen.push(cli(&["settings", "set", "work_days.business_hours.end", "18:00"]));
    seen.push(cli(&["settings", "set", "work_days.business_hours.end", "18:00"]));
    seen.push(cli(&["run", "--once"]));
    seen.push(cli(&["metrics", "--write", "--days", "7"]));
    let empty = run(async { TestDatabase::new().await });
    seen.push(terminal(&["--url", &empty.url("postgres"), "--json", "sample", "--leads", "20"]).json());

    seen.extend(run(migrated()));

    let schema = Schema::of("receipt.schema.json");
    let mut of_action: BTreeMap<String, usize> = BTreeMap::new();
    for receipt in &seen {
        let action = receipt["action"].as_str().unwrap_or_else(|| panic!("no receipt: {receipt}"));
        schema.holds(action, receipt);
        *of_action.entry(action.to_owned()).or_default() += 1;
    }
    let missing: Vec<String> = actions().into_iter().filter(|action| !of_action.contains_key(action)).collect();
    assert!(missing.is_empty(), "no real receipt was held against the guide: press {missing:?} in tests/it/guide.rs");
    let mut lie = seen[0].clone();
    lie["changed"] = json!("many");
    schema.refuses(&lie);
    lie = seen[0].clone();
    lie["detail"]["day"] = json!("tomorrow");
    schema.refuses(&lie);

    // The ledger's rows of all this, and an error.
    let rows = cli(&["ledger", "show", "--last", "500"]);
    assert!(rows.as_array().unwrap().len() > 20);
    Schema::of("ledger.schema.json").holds("ledger show", &rows);
    let refused = terminal(&["--url", &url, "--json", "take", "00000000-0000-4000-8000-000000000000"]);
    Schema::of("error.schema.json").holds("an error", &refused.error());
}

#[test]
fn a_real_report_is_what_the_guide_says_also_where_things_fail_and_are_unknown() {
    run(async {
        let schema = Schema::of("report.schema.json");
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(3).await;
        office.does("alter table leads disable row level security").await;
        for login in ["postgres", "desk", "stranger"] {
            let report = check::run(&database.options(login), login).await.unwrap();
            schema.holds(login, &serde_json::to_value(&report).unwrap());
            assert!(report.summary.passed + report.summary.unknown > 0, "{login}: {:?}", report.summary);
        }
    });
}

#[test]
fn every_code_of_an_error_has_its_section_and_no_section_is_without_code() {
    let text = fs::read_to_string(guide("errors.md")).unwrap();
    let sections: BTreeMap<&str, &str> = text
        .split("\n### `")
        .skip(1)
        .map(|section| section.split_once("`\n").unwrap_or_else(|| panic!("a heading that is no code: {section}")))
        .collect();
    let named: BTreeSet<String> = sections.keys().map(|code| (*code).to_owned()).collect();
    assert_eq!(named, codes(), "guide/errors.md has a section `### \\`code\\`` for each code");
    for (code, section) in sections {
        let (what, todo) = section.split_once("**What to do.**").unwrap_or_else(|| panic!("{code} says nothing to do"));
        assert!(what.trim().len() > 20 && todo.trim().len() > 10, "{code} says too little");
    }
    assert_eq!(words(&read("error.schema.json"), "/properties/code/enum"), codes(), "guide/error.schema.json, code");
}
