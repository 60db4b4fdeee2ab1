//! The verbs beside the great actions, as a script calls them.

use serde_json::json;

use super::{receipt, refusal};
use crate::support::{
    Office, TestDatabase, run,
    sending::{count, due, one_due, status},
    terminal::{Said, json, queue_desk},
};

#[test]
fn messages_are_changed_by_their_ids_and_the_exit_code_says_whether_that_was_refused() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let amir = office.amir;
        let messages = due(&mut office, amir, 3).await;
        let ids: Vec<String> = messages.iter().map(|id| id.to_string()).collect();
        let url = database.url("desk_2");
        let with = |verb: &[&str], more: &[&str]| {
            let mut args = verb.to_vec();
            args.extend(ids.iter().map(String::as_str));
            args.extend(more);
            json(&url, &args)
        };
        let done = receipt(&with(&["priority"], &["--to", "10"]), 0, "set_priority");
        assert_eq!((&done["asked"], &done["changed"]), (&json!(3), &json!(3)));
        assert_eq!(
            receipt(&with(&["priority"], &["--to", "10"]), 0, "set_priority")["skipped"][0]["reason"],
            "unchanged"
        );
        assert_eq!(receipt(&with(&["reschedule"], &["--at", "2027-06-01T09:00:00Z"]), 0, "reschedule")["changed"], 3);
        refusal(&with(&["reschedule"], &["--at", "2020-06-01T09:00:00Z"]), 2, "bad_input");
        assert_eq!(receipt(&with(&["assign"], &["--to", "Noa Shalev"]), 0, "assign")["changed"], 3);
        refusal(&with(&["assign"], &["--to", "Nobody"]), 1, "no_operator");
        assert_eq!(
            receipt(&with(&["assign"], &["--to", "Amir Haddad"]), 1, "assign")["skipped"][0]["reason"],
            "no_access"
        );
        let cancelled = receipt(&with(&["cancel"], &["--reason", "wrong text"]), 0, "cancel");
        assert_eq!(cancelled["changed"], 3);
        assert_eq!(receipt(&with(&["cancel"], &[]), 0, "cancel")["changed"], 0, "it is so already");
        assert_eq!(receipt(&with(&["retry"], &[]), 0, "retry")["changed"], 3);
        let undone = receipt(&json(&url, &["undo", cancelled["receipt_id"].as_str().unwrap()]), 0, "undo");
        assert_eq!(undone["skipped"][0]["reason"], "already_queued");
        assert_eq!(
            receipt(&with(&["resolve"], &["--outcome", "not_sent"]), 1, "resolve")["skipped"][0]["reason"],
            "not_unknown"
        );
        refusal(&with(&["resolve"], &["--outcome", "perhaps"]), 2, "bad_input");
        let none = uuid::Uuid::new_v4().to_string();
        assert_eq!(receipt(&json(&url, &["cancel", &none]), 1, "cancel")["skipped"][0]["reason"], "not_found");
        refusal(&json(&url, &["cancel"]), 2, "bad_input");
        refusal(&json(&url, &["cancel", "not-an-id"]), 2, "bad_input");
        refusal(&json(&url, &["priority", &none, "--to", "11"]), 2, "bad_input");
        assert_eq!(
            count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'queued'").await,
            3
        );
    });
}

#[test]
fn people_are_opted_out_rows_adopted_and_pauses_set_and_listed() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let amir = office.amir;
        let (lead, id) = one_due(&mut office, amir).await;
        let url = database.url("desk_2");
        sqlx::raw_sql("delete from queue_desk.adopted").execute(&mut office.owner).await.unwrap();
        assert_eq!(receipt(&json(&url, &["adopt"]), 0, "adopt")["changed"], 1);
        assert_eq!(
            receipt(&json(&url, &["adopt", &id.to_string()]), 0, "adopt")["skipped"][0]["reason"],
            "already_adopted"
        );
        let done = receipt(&json(&url, &["opt-out", &lead.to_string(), "--reason", "asked"]), 0, "opt_out");
        assert_eq!(done["detail"]["cancelled_messages"], 1);
        assert_eq!(status(&mut office.owner, id).await, "cancelled");
        assert_eq!(receipt(&json(&url, &["retry", &id.to_string()]), 1, "retry")["skipped"][0]["reason"], "opted_out");

        assert_eq!(
            receipt(
                &json(
                    &url,
                    &["pause", "--scope", "operator", "--subject", "Amir Haddad", "--until", "2027-06-01T09:00:00Z"]
                ),
                0,
                "pause"
            )["changed"],
            1
        );
        assert_eq!(receipt(&json(&url, &["pause", "--reason", "lunch"]), 0, "pause")["changed"], 1);
        assert_eq!(receipt(&json(&url, &["pause"]), 0, "pause")["changed"], 0);
        let listed = json(&url, &["pauses"]).json();
        assert_eq!(
            (&listed[0]["scope"], &listed[0]["reason"], &listed[1]["subject_name"]),
            (&json!("all"), &json!("lunch"), &json!("Amir Haddad")),
            "{listed}"
        );
        let said: Said = queue_desk(&["--url", &url, "pauses"]).output().unwrap().into();
        assert!(said.out.contains("everybody  until somebody resumes, by Amir Haddad  (lunch)"), "{said:?}");
        assert_eq!(receipt(&json(&url, &["resume"]), 0, "resume")["changed"], 1);
        assert_eq!(
            receipt(&json(&url, &["resume", "--scope", "operator", "--subject", "Amir Haddad"]), 0, "resume")["changed"],
            1
        );
        assert_eq!(receipt(&json(&url, &["resume"]), 0, "resume")["changed"], 0);
        refusal(&json(&url, &["pause", "--scope", "lead"]), 2, "bad_input");
        assert_eq!(
            receipt(&json(&url, &["pause", "--scope", "operator", "--subject", "Noa Shalev"]), 1, "pause")["changed"],
            0
        );
    });
}

#[test]
fn a_login_is_made_from_a_file_with_the_password_and_closed_again() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = uuid::Uuid::new_v4().to_string();
        let login = format!("desk_{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
        sqlx::query("insert into auth.users (id) values ($1::text::uuid)")
            .bind(&user)
            .execute(&mut office.owner)
            .await
            .unwrap();
        let owner = database.url("postgres");
        let add = ["operator", "add", &user, "--name", "Gil", "--login", &login, "--create-login"];
        let with = |url: &str, more: &[&str]| json(url, &[&add[..], more].concat());
        let said: Said =
            queue_desk(&[&["--url", &owner][..], &add[..], &["--dry-run"]].concat()).output().unwrap().into();
        assert!(
            said.out.starts_with(&format!("create role {login} with login password 'SCRAM-SHA-256$..'")),
            "{said:?}"
        );
        assert_eq!(refusal(&with(&owner, &[]), 2, "bad_input")["field"], "password-file");
        let folder = crate::support::Folder::new();
        let file = folder.path().join("password");
        let path = file.to_str().unwrap();
        refusal(&with(&owner, &["--password-file", path]), 2, "bad_input");
        std::fs::write(&file, "short\n").unwrap();
        refusal(&with(&owner, &["--password-file", path]), 2, "bad_input");
        std::fs::write(&file, "a long enough password\nand a second line\n").unwrap();
        refusal(&with(&database.url("desk"), &["--password-file", path]), 1, "no_permission");
        let made = receipt(&with(&owner, &["--password-file", path]), 0, "operator_add");
        assert_eq!((&made["changed"], &made["detail"]["login_made"]), (&json!(1), &json!(true)));
        assert_eq!(json(&database.url(&login), &["session"]).json()["operator"]["name"], "Gil");

        let desks = json(&owner, &["operator", "desks"]).json();
        assert_eq!(
            (&desks["known"], &desks["desks"][0]["mine"], &desks["desks"][0]["program"]),
            (&json!(true), &json!(true), &json!("command")),
            "{desks}"
        );
        refusal(&json(&database.url("desk_2"), &["operator", "desks"]), 1, "no_permission");
        let said: Said = queue_desk(&["--url", &owner, "operator", "desks"]).output().unwrap().into();
        assert!(said.out.contains("this one") && said.out.contains("No run is open."), "{said:?}");

        let close = ["operator", "deactivate", "Gil", "--close-login"];
        let shown = json(&owner, &[&close[..], &["--dry-run"]].concat()).json();
        assert_eq!(shown[0]["statement"], format!("alter role {login} with nologin"));
        let closed = receipt(&json(&owner, &close), 0, "operator_deactivate");
        assert_eq!(closed["detail"]["closed"], json!([login]));
        assert_eq!(json(&database.url(&login), &["session"]).code, 3);
    });
}

#[test]
fn an_admin_keeps_the_list_of_operators() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = uuid::Uuid::new_v4().to_string();
        sqlx::query("insert into auth.users (id) values ($1::text::uuid)")
            .bind(&user)
            .execute(&mut office.owner)
            .await
            .unwrap();
        let (admin, amir) = (database.url("desk"), database.url("desk_2"));
        refusal(&json(&amir, &["operator", "add", &user, "--name", "Gil"]), 1, "no_permission");
        let done = receipt(
            &json(&admin, &["operator", "add", &user, "--name", "Gil Peled", "--login", "unmapped", "--runner"]),
            0,
            "operator_add",
        );
        assert_eq!((&done["changed"], &done["detail"]["runner"]), (&json!(1), &json!(true)));
        let listed = json(&amir, &["operator", "list"]).json();
        assert_eq!(listed.as_array().unwrap().len(), 4);
        let said: Said = queue_desk(&["--url", &admin, "operator", "list"]).output().unwrap().into();
        assert!(said.out.contains("Gil Peled  today 0 of 200, 0 waiting  [unmapped runner]"), "{said:?}");
        assert_eq!(
            receipt(&json(&admin, &["operator", "deactivate", "Gil Peled"]), 0, "operator_deactivate")["changed"],
            1
        );
        assert_eq!(receipt(&json(&admin, &["operator", "deactivate", &user]), 0, "operator_deactivate")["changed"], 0);
        refusal(&json(&database.url("unmapped"), &["prepare"]), 1, "no_operator");
        refusal(&json(&admin, &["operator", "add", &uuid::Uuid::new_v4().to_string(), "--name", "X"]), 2, "not_found");
    });
}
