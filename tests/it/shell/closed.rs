//! The window is closed to everything but its own page and its own commands: read from what is shipped.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use super::commands;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn config() -> Value {
    serde_json::from_str(&read("tauri.conf.json")).unwrap()
}

/// Names in a folder of the repository; none where it is not there.
fn files(folder: &str) -> Vec<String> {
    let found = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).into_iter().flatten().flatten();
    found.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_one_capability_lets_one_window_listen_and_set_its_title() {
    assert_eq!(files("src-tauri/capabilities"), ["main.json"]);
    assert_eq!(files("src-tauri/permissions"), [""; 0], "our commands need none: only our page may call them");
    let capability: Value = serde_json::from_str(&read("src-tauri/capabilities/main.json")).unwrap();
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    for more in ["webviews", "remote", "platforms", "local"] {
        assert!(capability.get(more).is_none(), "{more}");
    }
    let allowed = ["core:event:allow-listen", "core:event:allow-unlisten", "core:window:allow-set-title"];
    assert_eq!(capability["permissions"], serde_json::json!(allowed), "no file system, shell, network or opener");
    // What the window asks of Tauri itself is what it may ask, and no plugin is there to ask.
    let manifest = read("Cargo.toml");
    assert!(!manifest.contains("tauri-plugin"), "a plugin brings commands of its own");
    let package: Value = serde_json::from_str(&read("ui/package.json")).unwrap();
    let tauri: Vec<&String> = ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|kind| package[*kind].as_object())
        .flat_map(|packages| packages.keys())
        .filter(|name| name.starts_with("@tauri-apps/"))
        .collect();
    assert_eq!(tauri, ["@tauri-apps/api"]);
}

#[test]
fn the_page_knows_every_command_and_no_other() {
    let text = read("ui/src/ipc/commands.ts");
    let called = text.split("call<").skip(1).filter_map(|rest| rest.split_once(">(\"")?.1.split_once('"'));
    let called: BTreeSet<&str> = called.map(|(name, _)| name).collect();
    let registered = commands::all();
    let registered: BTreeSet<&str> = registered.iter().map(String::as_str).collect();
    assert_eq!(called, registered);
}

#[test]
fn there_is_one_window_without_global_tauri_and_dropped_files_are_caught() {
    let config = config();
    let app = &config["app"];
    assert_eq!(app["withGlobalTauri"], false);
    let windows = app["windows"].as_array().unwrap();
    let labels: Vec<&Value> = windows.iter().map(|window| &window["label"]).collect();
    assert_eq!(labels, ["main"]);
    assert_eq!(windows[0]["create"], false, "the shell makes it, closed to other pages");
    // Without it the webview opens a dropped file as a page.
    assert_ne!(windows[0].get("dragDropEnabled"), Some(&Value::Bool(false)));
    assert!(windows[0].get("url").is_none() && config["build"].get("devUrl").is_none(), "our own page");
    for more in ["assetProtocol", "dangerousDisableAssetCspModification", "pattern"] {
        assert!(app["security"].get(more).is_none(), "{more}");
    }
}

#[test]
fn the_content_policy_lets_nothing_in_that_was_not_shipped() {
    let config = config();
    let policy = config["app"]["security"]["csp"].as_str().unwrap();
    let parts: Vec<(&str, Vec<&str>)> = policy
        .split(';')
        .map(|part| {
            let mut words = part.split_whitespace();
            (words.next().unwrap(), words.collect())
        })
        .collect();
    let of = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, sources)| sources.clone());
    assert_eq!(of("default-src").unwrap(), ["'self'"], "scripts, fonts, frames and workers too");
    assert_eq!(of("script-src"), None);
    for closed in ["object-src", "base-uri", "form-action", "frame-ancestors"] {
        assert_eq!(of(closed).unwrap(), ["'none'"], "{closed}");
    }
    assert_eq!(of("connect-src").unwrap(), ["ipc:", "http://ipc.localhost"], "our own commands, and no server");
    for (name, sources) in &parts {
        for source in sources {
            let ours = ["'self'", "'none'", "data:", "ipc:", "http://ipc.localhost"].contains(source);
            assert!(ours || (*name == "style-src" && *source == "'unsafe-inline'"), "{name} {source}");
        }
    }
}

#[test]
fn a_released_window_has_no_developer_tools() {
    let manifest = read("Cargo.toml");
    let tauri: Vec<&str> = manifest.lines().filter(|line| line.contains("tauri")).collect();
    assert!(!tauri.iter().any(|line| line.contains("devtools") || line.contains("custom-protocol")), "{tauri:?}");
    let shell = commands::sources();
    for call in ["open_devtools", ".devtools(true", "eval(", "unsafe "] {
        assert!(!shell.contains(call), "{call}");
    }
}
