//! The list of saved connections: in the window, and for `--profile`.

use std::fs;

use queue_desk::shell::Start;
use serde_json::{Value, json};

use super::{form, with};
use crate::support::{
    Folder, Office, TestDatabase, run,
    terminal::{Said, everything, queue_desk},
    window::Window,
};

fn save(profile: &Value, replaces: Option<&str>) -> Value {
    json!({ "profile": profile, "replaces": replaces, "password": null })
}

fn titles(window: &Window) -> Vec<String> {
    let connections = window.ask("connections");
    let profiles = connections["profiles"].as_array().unwrap().iter();
    profiles.map(|p| p["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn connections_are_saved_renamed_and_removed_and_two_never_have_one_name() {
    run(async {
        let database = TestDatabase::new().await;
        let _office = Office::new(&database).await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let office = with(&form(&database, "desk"), json!({ "name": "Office" }));
        window.call("profile_save", save(&office, None));
        let clash = window.refused("profile_save", save(&office, None), "bad_input");
        assert_eq!(clash["field"], "name");
        for name in ["(this computer)", "two\nlines", &"x".repeat(61)] {
            let refused =
                window.refused("profile_save", save(&with(&office, json!({ "name": name })), None), "bad_input");
            assert_eq!(refused["field"], "name");
        }
        let copy = with(&office, json!({ "name": "Copy", "environment": "local" }));
        window.call("profile_save", save(&copy, None));
        window.refused("profile_save", save(&with(&copy, json!({ "name": "Office" })), Some("Copy")), "bad_input");
        window.call(
            "connect_open",
            json!({ "to": { "kind": "server", "profile": copy }, "password": null, "readOnly": false }),
        );
        window.call("profile_save", save(&with(&copy, json!({ "name": "Test bed" })), Some("Copy")));
        assert_eq!(titles(&window), ["Test bed", "Office"], "in its old place");
        assert_eq!(
            window.ask("connections")["last"]["profile"]["name"],
            "Test bed",
            "the last place was renamed along"
        );
        window.call("profile_remove", json!({ "title": "Test bed" }));
        let next = Window::started(Start::Remembered, folder.path());
        assert_eq!((titles(&next), &next.ask("connections")["last"]), (vec!["Office".to_owned()], &Value::Null));
        next.refused("session", json!({}), "not_connected");
    });
}

#[test]
fn the_command_line_opens_a_saved_connection_and_names_them_where_it_is_not_known() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let profile = with(&form(&database, "desk"), json!({ "name": "Office" }));
        window.call("profile_save", save(&profile, None));
        window.call("profile_save", save(&with(&profile, json!({ "name": "Look", "guard": "read_only" })), None));
        let say =
            |args: &[&str]| -> Said { queue_desk(args).env("QUEUE_DESK_HOME", folder.path()).output().unwrap().into() };
        let session = say(&["--profile", "Office", "--json", "session"]);
        assert_eq!((session.code, &session.json()["guard"]), (0, &json!("confirm")), "{session:?}");
        let unknown = say(&["--profile", "office", "--json", "session"]);
        let error = unknown.error();
        assert_eq!((unknown.code, &error["code"], &error["field"]), (2, &json!("not_found"), &json!("profile")));
        let hint = error["hint"].as_str().unwrap();
        assert!(hint.contains("\"Office\"") && hint.contains("\"Look\""), "{hint}");

        let before = everything(&mut office.owner).await;
        for args in [&["stop"][..], &["migrate", "--apply"], &["sample", "--leads", "3"]] {
            let mut all = vec!["--profile", "Look", "--json"];
            all.extend(args);
            let said = say(&all);
            assert_eq!((said.code, &said.error()["code"]), (1, &json!("read_only")), "{said:?}");
        }
        assert_eq!(everything(&mut office.owner).await, before);
        let list = say(&["profile", "list", "--json"]);
        let names: Vec<&str> = list
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["name"].as_str().unwrap())
            .map(|n| match n {
                "Office" => "Office",
                _ => "Look",
            })
            .collect();
        assert_eq!((list.code, names), (0, vec!["Look", "Office"]), "{list:?}");
        let list = say(&["profile", "list"]);
        assert!(list.out.contains("production, read only") && list.out.contains("desk@127.0.0.1:"), "{list:?}");
        fs::write(folder.path().join("connections.toml"), "no list").unwrap();
        assert_eq!(say(&["profile", "list", "--json"]).error()["code"], "file_failed");
    });
}
