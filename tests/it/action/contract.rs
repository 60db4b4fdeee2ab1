//! What every action promises, written once and run for each.

use std::path::PathBuf;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Folder, Office, TestDatabase,
    contract::{adds_up, everything, written},
    run,
    window::Window,
};

/// An action as a person meets it: something shown before, a button, what the button must change.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verb {
    Prepare,
    Take,
    Release,
    Export,
    Stop,
    Resume,
    Undo,
}
use Verb::*;

const ALL: [Verb; 7] = [Prepare, Take, Release, Export, Stop, Resume, Undo];

/// Three leads that wait to be prepared, one that can be taken, one that `desk_2` holds, and a plan of hers that can be undone.
struct Stage {
    database: TestDatabase,
    office: Office,
    free: Uuid,
    held: Uuid,
    undoable: Value,
    folder: Folder,
}

impl Stage {
    async fn set() -> Self {
        let (database, mut office) = Office::open().await;
        let free = office.lead(Some(office.client), "Free", Some("0501110001")).await;
        let held = office.lead(Some(office.client), "Held", Some("0501110002")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let undoable = window.prepare();
        window.take(held);
        office.leads(3).await;
        Self { database, office, free, held, undoable, folder: Folder::new() }
    }

    async fn window(&self, login: &str) -> Window {
        Window::open(self.database.desk(login).await, Some(self.file()))
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("queue.csv")
    }

    /// What is shown before the button is pressed.
    fn look(&self, verb: Verb, window: &Window) {
        match verb {
            Prepare => drop(window.plan()),
            _ => {
                window.call("messages_page", json!({ "filter": {}, "after": null, "limit": 50 }));
                window.ask("message_counts");
                window.ask("session");
            }
        }
    }

    fn press(&self, verb: Verb, window: &Window) -> Result<Value, Value> {
        match verb {
            Prepare => window.invoke("prepare_preview", json!({ "day": null })).and_then(|plan| window.commit(&plan)),
            Take => window.invoke("take_lead", json!({ "leadId": self.free, "expectedOwner": null })),
            Release => window.invoke("release_lead", json!({ "leadId": self.held, "reason": "done" })),
            Export => window.invoke("export_queue", json!({ "filter": {}, "preset": "machine" })),
            Stop => window.invoke("stop_everything", json!({})),
            Resume => window.invoke("resume", json!({})),
            Undo => window.invoke("undo", json!({ "receiptId": self.undoable["receipt_id"] })),
        }
    }
}

#[test]
fn looking_writes_nothing() {
    run(async {
        let mut stage = Stage::set().await;
        let window = stage.window("desk_2").await;
        let before = everything(&mut stage.office.owner).await;
        for verb in ALL {
            stage.look(verb, &window);
            let after = everything(&mut stage.office.owner).await;
            assert_eq!(written(&before, &after), [""; 0], "{verb:?}");
        }
    });
}

#[test]
fn the_receipt_is_a_ledger_row_and_every_change_carries_its_id() {
    run(async {
        let mut stage = Stage::set().await;
        let window = stage.window("desk_2").await;
        for verb in [Prepare, Take, Release, Export, Stop, Resume, Undo] {
            let from: i64 = stage.office.ask("select max(id) from queue_desk.queue_ledger").await;
            let receipt = stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            stage.office.holds_receipt(&receipt).await;
            adds_up(&receipt);
            let (entity, state, rows) = match verb {
                Prepare => ("message", "queued", 3),
                Take => ("gate", "taken", 1),
                Release => ("gate", "free", 1),
                Export => ("receipt", "", 0),
                Stop => ("pause", "paused", 1),
                Resume => ("pause", "running", 1),
                // One of the two was cancelled by the take of the stage, the other by the take above.
                Undo => ("message", "cancelled", 0),
            };
            assert_eq!(stage.office.changes(&receipt, entity, state).await, rows, "{verb:?}");
            if !matches!(verb, Export) {
                assert_eq!(receipt["changed"], rows, "{verb:?}: {receipt}");
            }
            let id = receipt["receipt_id"].as_str().unwrap();
            let strangers = format!(
                "queue_desk.queue_ledger where id > {from} and (receipt_id is distinct from '{id}' or actor_kind <> 'person' or login <> 'desk_2' or user_id is distinct from '{}')",
                stage.office.amir
            );
            assert_eq!(stage.office.count(strangers).await, 0, "{verb:?}: one action, one receipt, one person");
        }
    });
}

#[test]
fn a_second_press_changes_nothing() {
    run(async {
        let mut stage = Stage::set().await;
        let window = stage.window("desk_2").await;
        for verb in ALL {
            stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            let before = everything(&mut stage.office.owner).await;
            let receipt = stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?} again: {e}"));
            if verb != Export {
                assert_eq!(receipt["changed"], 0, "{verb:?}: {receipt}");
            }
            let after = everything(&mut stage.office.owner).await;
            // The receipt of a press is kept even where it changed nothing; an empty plan is a plan.
            let written: Vec<_> = written(&before, &after)
                .into_iter()
                .filter(|t| !["queue_desk.queue_ledger", "queue_desk.plan"].contains(&t.as_str()))
                .collect();
            assert_eq!(written, [""; 0], "{verb:?}");
        }
    });
}

#[test]
fn who_may_not_act_is_told_so_and_nothing_is_written() {
    run(async {
        let mut stage = Stage::set().await;
        let before = everything(&mut stage.office.owner).await;
        for (login, code) in [
            ("unmapped", "no_operator"),
            ("runner", "no_operator"),
            ("read_only", "read_only"),
            ("stranger", "no_permission"),
        ] {
            let window = stage.window(login).await;
            for verb in [Prepare, Take, Release, Stop, Resume, Undo] {
                let error = stage.press(verb, &window).expect_err(&format!("{login} {verb:?}"));
                // The login that may only look belongs to somebody else than the plan.
                let code = if (login, verb) == ("read_only", Undo) { "no_permission" } else { code };
                assert_eq!(error["code"], code, "{login} {verb:?}: {error}");
            }
            let after = everything(&mut stage.office.owner).await;
            assert_eq!(written(&before, &after), [""; 0], "{login}");
        }
    });
}

#[test]
fn an_export_of_a_login_that_may_only_look_has_a_receipt_without_a_ledger_row() {
    run(async {
        let mut stage = Stage::set().await;
        let before = everything(&mut stage.office.owner).await;
        let receipt = stage.press(Export, &stage.window("read_only").await).unwrap();
        assert_eq!((&receipt["ledger_id"], &receipt["changed"]), (&Value::Null, &json!(2)), "{receipt}");
        assert_eq!(csv::Reader::from_path(stage.file()).unwrap().records().count(), 2);
        assert_eq!(written(&before, &everything(&mut stage.office.owner).await), [""; 0]);
    });
}

#[test]
fn other_windows_hear_what_may_be_stale() {
    run(async {
        let stage = Stage::set().await;
        let window = stage.window("desk_2").await;
        for verb in ALL {
            let before = window.heard("desk://changed").len();
            stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            let heard = window.heard("desk://changed");
            assert!(heard.len() > before, "{verb:?}");
            assert!(
                heard.last().unwrap()["topics"].as_array().unwrap().contains(&json!("ledger")),
                "{verb:?}: {heard:?}"
            );
        }
    });
}
