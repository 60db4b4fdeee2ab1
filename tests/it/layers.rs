//! The arrows between the layers, read from the sources: who may name whom, and how long a file may be.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const LAYERS: [&str; 20] = [
    "action",
    "audit",
    "automation",
    "cli",
    "computer",
    "config",
    "connect",
    "db",
    "embedded",
    "error",
    "feed",
    "log",
    "model",
    "profile",
    "sample",
    "secrets",
    "sender",
    "shell",
    "terminal",
    "transfer",
];

/// Which layers each may name. A new arrow is a new entry here, and a reason to think.
const ARROWS: [(&str, &[&str]); 20] = [
    ("error", &[]),
    ("model", &["error"]),
    // A file that appears whole.
    ("computer", &["error", "transfer"]),
    // The level is a setting of this computer.
    ("log", &["computer", "error", "model"]),
    ("transfer", &["error", "model"]),
    ("sender", &[]),
    ("terminal", &[]),
    ("secrets", &["error"]),
    ("profile", &["error", "model"]),
    ("config", &["error", "model", "secrets"]),
    ("embedded", &["error"]),
    // The rows of an export are written as they arrive, and a migration step is data.
    ("db", &["audit", "error", "model", "transfer"]),
    ("audit", &["db", "error", "model", "transfer"]),
    ("sample", &["error", "model"]),
    // Verifying the ledger compares it with the heads that this computer remembers; a login is made with the verifier of its password.
    ("action", &["audit", "db", "error", "model", "secrets", "transfer"]),
    ("automation", &["action", "db", "error", "model", "sender"]),
    ("feed", &["db", "error", "model"]),
    ("connect", &["action", "audit", "config", "db", "embedded", "error", "model", "sample", "secrets"]),
    (
        "cli",
        &[
            "action",
            "audit",
            "automation",
            "config",
            "connect",
            "embedded",
            "error",
            "feed",
            "log",
            "model",
            "profile",
            "sample",
            "secrets",
            "sender",
            "transfer",
        ],
    ),
    (
        "shell",
        &[
            "action",
            "audit",
            "automation",
            "computer",
            "config",
            "connect",
            "error",
            "feed",
            "log",
            "model",
            "profile",
            "secrets",
            "sender",
            "terminal",
            "transfer",
        ],
    ),
];

/// Which modules may name sqlx. The model only derives its row decoding.
const NAME_SQLX: [&str; 6] = ["db", "embedded", "sample", "config", "connect", "audit"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri")
}

/// Every Rust source, by its path below src-tauri, without comments.
pub fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(&root(), &mut found);
    assert!(found.len() > 50, "the sources were found");
    found
}

fn collect(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            let name = path.strip_prefix(root()).expect("below src-tauri").to_string_lossy().replace('\\', "/");
            let code: Vec<&str> = text.lines().map(|l| if l.trim_start().starts_with("//") { "" } else { l }).collect();
            found.insert(name, code.join("\n"));
        }
    }
}

/// `db/run.rs` belongs to `db`.
fn layer(path: &str) -> &str {
    path.trim_end_matches(".rs").split('/').next().expect("a name")
}

/// Whether a source names this crate or module as a whole word, followed by `::`.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(&format!("{word}::"))
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The layers that a source names: `crate::x`, `crate::{x::.., y}`, `queue_desk::x` and, from the root's children, `super::x`.
fn named_layers(code: &str) -> Vec<&'static str> {
    let mut paths = Vec::new();
    for start in ["crate::", "queue_desk::"] {
        for (at, _) in code.match_indices(start) {
            let rest = &code[at + start.len()..];
            match rest.strip_prefix('{') {
                None => paths.push(
                    rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default().to_owned(),
                ),
                Some(group) => {
                    let (mut depth, mut word, mut fresh) = (0, String::new(), true);
                    for c in group.chars() {
                        match c {
                            '{' => depth += 1,
                            '}' if depth == 0 => break,
                            '}' => depth -= 1,
                            ',' if depth == 0 => {
                                paths.push(std::mem::take(&mut word));
                                fresh = true;
                            }
                            c if depth == 0 && fresh && (c.is_alphanumeric() || c == '_') => word.push(c),
                            ':' if depth == 0 => fresh = false,
                            _ => {}
                        }
                    }
                    paths.push(word);
                }
            }
        }
    }
    LAYERS.into_iter().filter(|layer| paths.iter().any(|p| p == layer)).collect()
}

#[test]
fn a_group_of_uses_is_understood() {
    let code = "use crate::{\n    action::{self, Desk},\n    db::run as db,\n    error::Result,\n};\nlet x = crate::sql!(); crate::transfer::csv::Preset";
    assert_eq!(named_layers(code), ["action", "db", "error", "transfer"]);
    assert!(names("tauri::App", "tauri") && !names("src_tauri::x", "tauri"));
}

#[test]
fn every_layer_names_only_those_below_it() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let own = layer(&path);
        if matches!(own, "lib" | "build" | "bin") {
            continue;
        }
        let (_, allowed) =
            ARROWS.iter().find(|(l, _)| *l == own).unwrap_or_else(|| panic!("{path} is of no known layer"));
        for named in named_layers(&code) {
            if named != own && !allowed.contains(&named) {
                wrong.push(format!("{path} names {named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_shell_names_tauri_and_its_dialogs() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(path, code)| {
            (names(code, "tauri") || names(code, "tauri_build") || names(code, "rfd"))
                && !(layer(path) == "shell" || path == "build.rs" || path == "bin/queue-desk-window.rs")
        })
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn only_the_database_layers_name_sqlx() {
    for (path, code) in sources() {
        let derives_only = code.replace("sqlx::FromRow", "").replace("use sqlx::FromRow", "");
        let rows_only = matches!(layer(&path), "model" | "transfer") && !names(&derives_only, "sqlx");
        assert!(!names(&code, "sqlx") || NAME_SQLX.contains(&layer(&path)) || rows_only, "{path} names sqlx");
    }
}

#[test]
fn a_file_is_read_in_one_go() {
    for (path, code) in sources() {
        let lines = code.lines().count();
        assert!(lines < 400, "{path} has {lines} lines");
    }
}
