//! The list of operators: an admin's, and who is retired does nothing any more.

use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office,
    around::Hand,
    contract::{everything, written},
    run,
    window::Window,
};

fn add(user: Uuid, name: &str, login: Value, admin: bool) -> Value {
    json!({ "userId": user, "name": name, "login": login, "admin": admin, "runner": false })
}

#[test]
fn a_user_of_the_crm_and_a_login_become_an_operator() {
    run(async {
        let (database, mut office) = Office::open().await;
        let user = Uuid::new_v4();
        office.does(format!("insert into auth.users (id) values ('{user}')")).await;
        let admin = Window::open(database.desk("desk").await, None);
        let receipt = admin.call("operator_add", add(user, " Gil Peled ", json!("unmapped"), false));
        assert_eq!((&receipt["changed"], &receipt["detail"]["login"]), (&json!(1), &json!("unmapped")));
        let session = Window::open(database.desk("unmapped").await, None).ask("session");
        assert_eq!((&session["operator"]["name"], &session["admin"]), (&json!("Gil Peled"), &json!(false)));
        let listed = admin.ask("operators");
        let gil = listed.as_array().unwrap().iter().find(|o| o["user_id"] == json!(user)).unwrap();
        assert_eq!(gil["logins"], json!([{ "login": "unmapped", "admin": false, "runner": false, "active": true }]));
        assert_eq!(
            office.count("queue_desk.queue_ledger where detail::text like '%Gil%'").await,
            0,
            "no names in the ledger"
        );
        // A new name, and more rights.
        assert_eq!(admin.call("operator_add", add(user, "Gil P.", json!("unmapped"), true))["changed"], 1);
        let session = Window::open(database.desk("unmapped").await, None).ask("session");
        assert_eq!((&session["operator"]["name"], &session["admin"]), (&json!("Gil P."), &json!(true)));
    });
}

#[test]
fn what_cannot_be_an_operator_is_refused_with_the_reason() {
    run(async {
        let (database, mut office) = Office::open().await;
        let user = Uuid::new_v4();
        office.does(format!("insert into auth.users (id) values ('{user}')")).await;
        let admin = Window::open(database.desk("desk").await, None);
        let before = everything(&mut office.owner).await;
        for (arguments, code, word) in [
            (add(office.client, "A client", json!(null), false), "not_found", "auth.users"),
            (add(user, "Gil", json!("no_such_login"), false), "not_found", "login"),
            (add(user, "Gil", json!("queue_desk_operator"), false), "not_found", "login"),
            (add(user, "Gil", json!("stranger"), false), "bad_input", "queue_desk_operator"),
            (add(user, "Gil", json!("desk_2"), false), "bad_input", "another operator"),
            (add(user, " ", json!(null), false), "bad_input", "name"),
            (add(user, "Gil", json!(null), true), "bad_input", "login"),
        ] {
            let error = admin.refused("operator_add", arguments, code);
            assert!(error["message"].as_str().unwrap().contains(word), "{error}");
        }
        admin.refused("operator_deactivate", json!({ "userId": Uuid::new_v4() }), "not_found");
        let amir = Window::open(database.desk("desk_2").await, None);
        amir.refused("operator_add", add(user, "Gil", json!(null), false), "no_permission");
        amir.refused("operator_deactivate", json!({ "userId": office.dana }), "no_permission");
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
        // The owner's login is an admin's too; without it hers is the last.
        office.does("update queue_desk.login set admin = false where db_role = 'postgres'").await;
        let before = everything(&mut office.owner).await;
        admin.refused("operator_deactivate", json!({ "userId": office.noa }), "bad_input");
        admin.refused("operator_add", add(office.noa, "Noa", json!("desk"), false), "bad_input");
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
    });
}

#[test]
fn who_is_retired_does_nothing_any_more_and_their_messages_are_held() {
    run(async {
        let (database, mut office) = Office::open().await;
        let leads = office.leads(3).await;
        for lead in &leads {
            office.queued(*lead, office.amir, Utc::now()).await;
        }
        office.does("update queue_desk.login set admin = true, runner = true where db_role = 'desk_2'").await;
        let hand = Hand::start(database.desk("desk_2").await).await;
        let claimed = hand.claim(2).await;
        let amir = Window::open(database.desk("desk_2").await, None);
        let admin = Window::open(database.desk("desk").await, None);
        let receipt = admin.call("operator_deactivate", json!({ "userId": office.amir }));
        assert_eq!((&receipt["changed"], &receipt["detail"]["waiting"]), (&json!(1), &json!(1)), "{receipt}");
        let session = amir.ask("session");
        assert_eq!(
            (&session["operator"], &session["admin"], &session["runner"]),
            (&json!(null), &json!(false), &json!(false))
        );
        amir.refused("cancel_messages", json!({ "ids": [], "reason": null }), "no_operator");
        let refused = hand.dispatch(claimed[0]).await;
        // Whoever's message it is: the login is nobody's any more.
        assert_eq!((refused.go, refused.reason.as_deref()), (false, Some("no_operator")));
        let other = Hand::start(database.desk("runner").await).await;
        assert_eq!(other.claim(10).await.len(), 0);
        let counts = admin.ask("message_counts");
        assert_eq!(counts["held"][0]["reason"], "operator_inactive", "{counts}");
        let listed = admin.ask("operators");
        let row = listed.as_array().unwrap().iter().find(|o| o["user_id"] == json!(office.amir)).unwrap();
        assert_eq!(
            (&row["active"], &row["waiting"], &row["logins"][0]["active"]),
            (&json!(false), &json!(2), &json!(false)),
            "{row}"
        );
        // An admin gives the messages to somebody else.
        let ids: Vec<Uuid> = serde_json::from_value(
            office.ask("select jsonb_agg(id) from whatsapp_message_queue where queue_status = 'queued'").await,
        )
        .unwrap();
        assert_eq!(admin.call("assign_messages", json!({ "ids": ids, "to": office.noa }))["changed"], 2);
        assert_eq!(other.claim(10).await.len(), 2);
    });
}
