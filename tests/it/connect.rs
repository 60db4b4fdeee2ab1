//! The way to a database, from the window without a database to the open one, over Tauri's IPC.

mod doubt;
#[cfg(target_os = "linux")]
mod failover;
mod flights;
#[cfg(target_os = "linux")]
mod keychain;
mod open;
#[cfg(target_os = "linux")]
mod pooler;
mod profile;
mod saved;
mod setup;
mod test;
mod tls;

use serde_json::{Value, json};

use crate::support::TestDatabase;

/// The form of the connect screen, filled in for a database of the tests' server.
pub fn form(database: &TestDatabase, login: &str) -> Value {
    let options = database.options(login);
    json!({
        "name": "", "host": "127.0.0.1", "port": options.get_port(), "database": options.get_database(), "login": login,
        "tls": null, "ca_file": null, "environment": "production", "guard": "confirm", "asks_password": false, "in_keychain": false,
    })
}

/// What opens the connection of this form.
pub fn to(profile: &Value) -> Value {
    json!({ "to": { "kind": "server", "profile": profile }, "password": null, "readOnly": false })
}

/// The form with other fields.
fn with(form: &Value, fields: Value) -> Value {
    let mut form = form.clone();
    for (field, value) in fields.as_object().expect("fields") {
        form[field] = value.clone();
    }
    form
}

/// The line of a step: its state, what it says and what to do.
fn line<'a>(probe: &'a Value, step: &str) -> (&'a str, String) {
    let line = probe["lines"].as_array().expect("lines").iter().find(|l| l["step"] == step).expect("the step");
    (
        line["state"].as_str().expect("a state"),
        format!("{} {}", line["words"].as_str().unwrap(), line["hint"].as_str().unwrap_or_default()),
    )
}
