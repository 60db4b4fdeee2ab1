//! What is not done, and how it is said: exit code, word, hint, an unchanged database, and no secret anywhere.

use uuid::Uuid;

use super::refusal;
use crate::support::{
    Folder, Office, TestDatabase, run,
    sending::due,
    terminal::{Said, everything, json, queue_desk},
};

const SECRET: &str = "hunter2-s3cr3t";

fn with_json(args: &[&str]) -> Said {
    let mut all = vec!["--json"];
    all.extend(args);
    queue_desk(&all).output().unwrap().into()
}

#[test]
fn an_address_that_leads_nowhere_is_refused_before_anything_happens() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(2).await;
        let before = everything(&mut office.owner).await;
        let url = database.url("desk");
        let (server, name) = url.split_once('@').unwrap().1.split_once('/').unwrap();
        let name = name.split('?').next().unwrap();
        let secret = format!("postgresql://desk:{SECRET}@{server}/{name}");
        let in_query = format!("postgresql://desk@{server}/{name}?password={SECRET}");
        let tls = format!("postgresql://desk@{server}/{name}?sslmode=require");
        let pooler = format!("postgresql://desk@127.0.0.1:6543/{name}");
        let wrong_port = format!("postgresql://desk@127.0.0.1:1/{name}");
        let wrong_name = format!("postgresql://desk@{server}/no_such_database");
        let wrong_login = format!("postgresql://nobody_at_all@{server}/{name}");
        for (url, code, word) in [
            (secret.as_str(), 2, "password_in_url"),
            (&in_query, 2, "password_in_url"),
            (&tls, 3, "tls_failed"),
            ("mysql://desk@localhost/x", 2, "bad_url"),
            ("localhost", 2, "bad_url"),
            ("postgresql://desk@[/x", 2, "bad_url"),
            (&pooler, 3, "pooler_transaction_mode"),
            (&wrong_port, 3, "no_connection"),
            (&wrong_name, 3, "no_connection"),
            (&wrong_login, 3, "wrong_password"),
        ] {
            for command in [&["prepare"][..], &["run", "--drain"], &["session"], &["migrate", "--plan"]] {
                let mut args = vec!["--url", url];
                args.extend(command);
                let said = with_json(&args);
                refusal(&said, code, word);
                assert!(!said.err.contains(SECRET), "{said:?}");
            }
        }
        assert_eq!(everything(&mut office.owner).await, before);
    });
}

#[test]
fn a_password_in_the_environment_is_used_and_never_said() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(1).await;
        let url = database.url("desk");
        let secret = url.replace("desk@", &format!("desk:{SECRET}@"));
        let ask = |url: &str, args: &[&str]| -> Said {
            queue_desk(args).env("DATABASE_URL", url).env("QUEUE_DESK_LOG", "debug").output().unwrap().into()
        };
        let silent = |said: &Said| assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{said:?}");
        let worked = ask(&secret, &["--json", "session"]);
        assert_eq!(worked.json()["operator"]["name"], "Noa Shalev");
        silent(&worked);
        let port = url.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap();
        for (url, code) in [
            (secret.replace(port, "1"), 3),
            (secret.replace("desk:", "nobody:"), 3),
            (secret.replace("postgresql:", "mysql:"), 2),
            (secret.replace("sslmode=disable", "sslmode=verify-full"), 3),
            (secret.replace("sslmode=disable", "sslmode=nonsense"), 2),
            (secret.replace(&format!(":{port}"), ":nan"), 2),
        ] {
            for args in [&["--json", "prepare"][..], &["prepare"]] {
                let said = ask(&url, args);
                assert_eq!(said.code, code, "{said:?}");
                silent(&said);
            }
        }
        silent(&ask(&secret, &["--json", "take", "not-a-uuid"]));

        // A server's secret in a file, as containers and systemd hand it over.
        let folder = Folder::new();
        let file = folder.path().join("credential");
        let from_file =
            || -> Said { queue_desk(&["--json", "session"]).env("DATABASE_URL_FILE", &file).output().unwrap().into() };
        let refused = from_file();
        assert!(refused.code == 2 && refused.error()["field"] == "DATABASE_URL_FILE", "{refused:?}");
        std::fs::write(&file, "\n").unwrap();
        assert_eq!(from_file().code, 2, "it is empty");
        std::fs::write(&file, format!("{secret}\n")).unwrap();
        let worked = from_file();
        assert_eq!(worked.json()["operator"]["name"], "Noa Shalev");
        silent(&worked);
    });
}

#[test]
fn words_that_do_not_fit_together_are_refused_as_json_too() {
    let url = "postgresql://desk@127.0.0.1:1/x";
    let secret = format!("postgresql://desk:{SECRET}@127.0.0.1:1/x");
    for args in [
        &["--url", url, "--embedded", "session"][..],
        &["--url", url, "--profile", "office", "session"],
        &["--url", url, "no-such-command"],
        &["--url", url],
        &["--url", url, "take"],
        &["--url", url, "take", "not-a-uuid"],
        &["--url", url, "prepare", "--date", "tomorrow"],
        &["--url", url, "run", "--sender", "pigeon"],
        &["--url", url, "run", "--batch", "0"],
        &["--url", url, "run", "--batch", "501"],
        &["--url", url, "sample", "--leads", "-1"],
        &["session"],
        // A URL where none belongs is not repeated.
        &[&secret, "session"],
        &["take", &secret],
    ] {
        let said = with_json(args);
        refusal(&said, 2, "bad_input");
        assert!(!said.err.contains(SECRET), "{said:?}");
    }
    refusal(&with_json(&["--profile", "office", "session"]), 2, "not_found");
    let help: Said = queue_desk(&["--help"]).output().unwrap().into();
    assert!(help.code == 0 && help.out.contains("prepare") && help.err.is_empty(), "{help:?}");
    let version: Said = queue_desk(&["--version"]).output().unwrap().into();
    assert!(version.code == 0 && version.out.starts_with("queue-desk "), "{version:?}");
}

#[test]
fn who_may_not_act_is_told_why_and_changes_nothing() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 2).await;
        let lead: Uuid = sqlx::query_scalar("select lead_id from whatsapp_message_queue limit 1")
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        let lead = lead.to_string();
        let before = everything(&mut office.owner).await;
        let prepare = &["prepare"][..];
        let writes: [&[&str]; 6] = [
            &["take", &lead],
            &["release", &lead],
            &["stop"],
            &["resume"],
            &["run", "--drain"],
            &["settings", "set", "advanced.cool_down_hours", "1"],
        ];
        for args in writes.into_iter().chain([prepare]) {
            refusal(&json(&database.url("unmapped"), args), 1, "no_operator");
            refusal(&json(&database.url("stranger"), args), 1, "no_permission");
        }
        for args in writes {
            refusal(&json(&database.url("read_only"), args), 1, "read_only");
        }
        refusal(&json(&database.url("stranger"), &["session"]), 1, "no_permission");
        for (login, operator, word) in [
            ("desk", "Nobody", "no_operator"),
            ("desk", &Uuid::new_v4().to_string(), "no_operator"),
            ("desk_2", "Noa Shalev", "no_permission"),
        ] {
            refusal(&json(&database.url(login), &["--as", operator, "take", &lead]), 1, word);
        }
        for sender in ["whatsapp", "webhook"] {
            refusal(&json(&database.url("desk"), &["run", "--drain", "--sender", sender]), 1, "sender_refused");
        }
        refusal(&json(&database.url("desk"), &["run", "--once", "--drain"]), 2, "bad_input");
        assert_eq!(everything(&mut office.owner).await, before);

        sqlx::raw_sql("update queue_desk.instance set kind = 'live'").execute(&mut office.owner).await.unwrap();
        let before = everything(&mut office.owner).await;
        refusal(&json(&database.url("desk"), &["run", "--drain"]), 1, "sender_refused");
        refusal(&json(&database.url("desk"), &["run", "--drain", "--sender", "whatsapp"]), 2, "not_available_yet");
        assert_eq!(everything(&mut office.owner).await, before, "a live database that nobody was told to run");
    });
}

#[test]
fn a_database_without_our_tables_says_who_can_help() {
    run(async {
        let database = TestDatabase::empty().await;
        let mut owner = database.owner().await;
        let before = everything(&mut owner).await;
        let lead = Uuid::new_v4().to_string();
        for args in [
            &["prepare"][..],
            &["take", &lead],
            &["run", "--drain"],
            &["stop"],
            &["export", "--out", "-"],
            &["settings", "get"],
            &["--as", "Noa", "prepare"],
            &["sample"],
        ] {
            refusal(&json(&database.url("postgres"), args), 2, "not_migrated");
        }
        refusal(&json(&database.url("desk"), &["migrate", "--apply"]), 1, "no_permission");
        assert_eq!(everything(&mut owner).await, before);

        sqlx::raw_sql("create table public.somebody_elses (id integer)").execute(&mut owner).await.unwrap();
        for flag in ["--plan", "--apply"] {
            refusal(&json(&database.url("postgres"), &["migrate", flag]), 2, "no_tables");
        }
    });
}
