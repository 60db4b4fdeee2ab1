//! What every action promises, for the verbs on messages, people, pauses and operators: run for each of them.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase,
    contract::{adds_up, everything, written},
    run,
    window::Window,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verb {
    Cancel,
    Retry,
    Reschedule,
    SetPriority,
    Assign,
    Resolve,
    OptOut,
    Adopt,
    Pause,
    PauseTemplate,
    OperatorAdd,
    OperatorDeactivate,
}
use Verb::*;

const ALL: [Verb; 12] = [
    Cancel,
    Retry,
    Reschedule,
    SetPriority,
    Assign,
    Resolve,
    OptOut,
    Adopt,
    Pause,
    PauseTemplate,
    OperatorAdd,
    OperatorDeactivate,
];

/// Messages of Noa's, one for each verb.
struct Stage {
    database: TestDatabase,
    office: Office,
    leads: Vec<Uuid>,
    messages: Vec<Uuid>,
    fresh_user: Uuid,
    later: DateTime<Utc>,
}

impl Stage {
    async fn set() -> Self {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(8).await;
        let (noa, now) = (office.noa, Utc::now());
        let mut messages = Vec::new();
        for lead in &leads {
            messages.push(office.queued(*lead, noa, now).await);
        }
        let [failed, unknown, foreign] = [messages[1], messages[5], messages[7]];
        office
            .does(format!(
                "update whatsapp_message_queue set queue_status = 'failed', error_code = '131026' where id = '{failed}'"
            ))
            .await;
        office
            .does(format!(
                "update whatsapp_message_queue set queue_status = 'failed', error_code = 'outcome_unknown' where id = '{unknown}';
                 insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, sender, phone_hash, claimed_at, dispatched_at, finished_at, outcome)
                 select id, 1, lead_id, user_id, 'fake', queue_desk.phone_hash(recipient_phone), now(), now(), now(), 'unknown' from whatsapp_message_queue where id = '{unknown}'"
            ))
            .await;
        office.does(format!("delete from queue_desk.adopted where message_id = '{foreign}'")).await;
        let fresh_user = Uuid::new_v4();
        office.does(format!("insert into auth.users (id) values ('{fresh_user}')")).await;
        let later = now + Duration::hours(5);
        Self { database, office, leads, messages, fresh_user, later }
    }

    async fn window(&self, login: &str) -> Window {
        Window::open(self.database.desk(login).await, None)
    }

    fn press(&self, verb: Verb, window: &Window) -> Result<Value, Value> {
        let ids = |n: usize| json!([self.messages[n]]);
        let (command, arguments) = match verb {
            Cancel => ("cancel_messages", json!({ "ids": ids(0), "reason": "wrong text" })),
            Retry => ("retry_messages", json!({ "ids": ids(1) })),
            Reschedule => ("reschedule_messages", json!({ "ids": ids(2), "at": self.later })),
            SetPriority => ("set_priority", json!({ "ids": ids(3), "priority": 10 })),
            Assign => ("assign_messages", json!({ "ids": ids(4), "to": self.office.amir })),
            Resolve => ("resolve_unknown", json!({ "ids": ids(5), "outcome": "sent", "note": "the person answered" })),
            OptOut => ("opt_out", json!({ "leadId": self.leads[6], "reason": "asked for it" })),
            Adopt => ("adopt_messages", json!({ "ids": null })),
            Pause => ("pause", json!({ "scope": "all", "subject": null, "until": self.later, "reason": "lunch" })),
            PauseTemplate => {
                ("pause", json!({ "scope": "template", "subject": "spring", "until": null, "reason": null }))
            }
            OperatorAdd => (
                "operator_add",
                json!({ "userId": self.fresh_user, "name": "Gil", "login": "unmapped", "admin": false, "runner": false }),
            ),
            OperatorDeactivate => ("operator_deactivate", json!({ "userId": self.office.dana })),
        };
        window.invoke(command, arguments)
    }

    /// What Undo restores, without the time of the last touch.
    async fn state(&mut self) -> String {
        self.office
            .ask("select concat_ws('|',
                (select string_agg(concat_ws(',', id, queue_status, scheduled_for, priority, user_id, coalesce(error_code, ''), coalesce(last_error, '')), ';' order by id) from whatsapp_message_queue),
                (select count(*) from queue_desk.opt_out), (select count(*) from queue_desk.pause),
                (select string_agg(message_id::text, ',' order by message_id) from queue_desk.adopted))")
            .await
    }
}

#[test]
fn each_changes_one_and_its_receipt_is_a_ledger_row_that_every_change_names() {
    run(async {
        let mut stage = Stage::set().await;
        let window = stage.window("desk").await;
        for verb in ALL {
            let from: i64 = stage.office.ask("select max(id) from queue_desk.queue_ledger").await;
            let receipt = stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            stage.office.holds_receipt(&receipt).await;
            adds_up(&receipt);
            assert_eq!((&receipt["asked"], &receipt["changed"]), (&json!(1), &json!(1)), "{verb:?}: {receipt}");
            let id = receipt["receipt_id"].as_str().unwrap();
            let rows = format!("queue_desk.queue_ledger where id > {from} and entity <> 'receipt'");
            assert!(stage.office.count(&rows).await > 0, "{verb:?}: the change is in the ledger");
            let strangers = format!(
                "queue_desk.queue_ledger where id > {from} and (receipt_id is distinct from '{id}' or actor_kind <> 'person' or login <> 'desk' or user_id is distinct from '{}')",
                stage.office.noa
            );
            assert_eq!(stage.office.count(strangers).await, 0, "{verb:?}: one action, one receipt, one person");
            let told = receipt["detail"].to_string();
            assert!(!told.contains("+972") && !told.contains("Hello"), "{verb:?}: ids and words only: {told}");
        }
        let reasons: Vec<String> = serde_json::from_value(
            stage
                .office
                .ask("select jsonb_agg(distinct reason order by reason) from queue_desk.queue_ledger where reason is not null")
                .await,
        )
        .unwrap();
        assert_eq!(reasons, ["asked for it", "lunch", "the person answered", "wrong text"], "the reasons are kept");
    });
}

#[test]
fn a_second_press_changes_nothing() {
    run(async {
        let mut stage = Stage::set().await;
        let window = stage.window("desk").await;
        for verb in ALL {
            stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            let before = everything(&mut stage.office.owner).await;
            let receipt = stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?} again: {e}"));
            assert_eq!(receipt["changed"], 0, "{verb:?}: {receipt}");
            assert_eq!(receipt["detail"]["undoable"], json!(null), "{verb:?}: there is nothing to undo");
            adds_up(&receipt);
            let after = everything(&mut stage.office.owner).await;
            assert_eq!(written(&before, &after), ["queue_desk.queue_ledger"], "{verb:?}");
        }
    });
}

#[test]
fn undo_puts_back_what_was_and_a_second_undo_changes_nothing() {
    run(async {
        let mut stage = Stage::set().await;
        let window = stage.window("desk").await;
        for verb in [Cancel, Reschedule, SetPriority, Assign, OptOut, Adopt, Pause, PauseTemplate] {
            let before = stage.state().await;
            let receipt = stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            assert_eq!(receipt["detail"]["undoable"], true, "{verb:?}: {receipt}");
            assert_ne!(stage.state().await, before, "{verb:?}");
            let undone = window.undo(&receipt);
            assert_eq!(undone["changed"], undone["asked"], "{verb:?}: {undone}");
            adds_up(&undone);
            stage.office.holds_receipt(&undone).await;
            assert_eq!(stage.state().await, before, "{verb:?}");
            let again = window.undo(&receipt);
            assert_eq!(again["changed"], 0, "{verb:?}: {again}");
            adds_up(&again);
            assert_eq!(stage.state().await, before, "{verb:?}");
        }
        for verb in [Retry, Resolve, OperatorAdd] {
            let receipt = stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            assert_eq!(receipt["detail"]["undoable"], json!(null), "{verb:?}");
            window.refused("undo", json!({ "receiptId": receipt["receipt_id"] }), "not_found");
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
            for verb in ALL {
                let error = stage.press(verb, &window).expect_err(&format!("{login} {verb:?}"));
                // The login that may only look is no admin either.
                let admins = matches!(verb, OperatorAdd | OperatorDeactivate) && login == "read_only";
                assert_eq!(error["code"], if admins { "no_permission" } else { code }, "{login} {verb:?}: {error}");
            }
            let after = everything(&mut stage.office.owner).await;
            assert_eq!(written(&before, &after), [""; 0], "{login}");
        }
        let dana = stage.window("desk_3").await;
        for verb in [Cancel, Retry, Reschedule, SetPriority, Assign, Resolve, OptOut] {
            let receipt = stage.press(verb, &dana).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            assert_eq!(receipt["skipped"], json!([{ "reason": "no_access", "count": 1 }]), "{verb:?}: {receipt}");
        }
        let after = everything(&mut stage.office.owner).await;
        assert_eq!(written(&before, &after), ["queue_desk.queue_ledger"], "another client's rows stay as they were");
    });
}

#[test]
fn other_windows_hear_what_may_be_stale() {
    run(async {
        let stage = Stage::set().await;
        let window = stage.window("desk").await;
        for verb in ALL {
            let before = window.heard("desk://changed").len();
            stage.press(verb, &window).unwrap_or_else(|e| panic!("{verb:?}: {e}"));
            let heard = window.heard("desk://changed");
            assert!(heard.len() > before, "{verb:?}");
            let topics = heard.last().unwrap()["topics"].as_array().unwrap().clone();
            assert!(topics.contains(&json!("ledger")) && topics.contains(&json!("messages")), "{verb:?}: {heard:?}");
        }
    });
}

#[test]
fn ids_that_do_not_exist_come_twice_or_are_too_many_are_said() {
    run(async {
        let mut stage = Stage::set().await;
        let window = stage.window("desk").await;
        let [one, two] = [stage.messages[0], stage.messages[2]];
        let receipt = window.call("cancel_messages", json!({ "ids": [one, two, one, Uuid::new_v4()], "reason": null }));
        assert_eq!((&receipt["asked"], &receipt["changed"]), (&json!(3), &json!(2)), "{receipt}");
        assert_eq!(receipt["skipped"], json!([{ "reason": "not_found", "count": 1 }]));
        let none = window.call("cancel_messages", json!({ "ids": [], "reason": null }));
        assert_eq!((&none["asked"], &none["changed"]), (&json!(0), &json!(0)));
        let before = everything(&mut stage.office.owner).await;
        let many: Vec<Uuid> = (0..5001).map(|_| Uuid::new_v4()).collect();
        window.refused("cancel_messages", json!({ "ids": many, "reason": null }), "bad_input");
        let past = json!({ "ids": [stage.messages[3]], "at": Utc::now() - Duration::minutes(1) });
        assert_eq!(window.refused("reschedule_messages", past, "bad_input")["field"], "at");
        window.refused("set_priority", json!({ "ids": [stage.messages[3]], "priority": 11 }), "bad_input");
        window.refused("resolve_unknown", json!({ "ids": [], "outcome": "maybe", "note": null }), "bad_input");
        window.refused("assign_messages", json!({ "ids": [], "to": Uuid::new_v4() }), "not_found");
        window.refused("opt_out", json!({ "leadId": Uuid::new_v4(), "reason": null }), "not_found");
        assert_eq!(written(&before, &everything(&mut stage.office.owner).await), [""; 0]);
    });
}
