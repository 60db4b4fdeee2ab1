//! What helps to find a fault: the log, its level, and what a person may paste into a report.

use std::path::Path;

use tauri::State;

use super::logged;
use crate::{
    action,
    error::Result,
    log::{self, level},
    model::log_level::{LogLevel, LogSettings},
    shell::Shell,
};

/// How much the log says, and where it is.
#[tauri::command]
pub async fn log_settings(shell: State<'_, Shell>) -> Result<LogSettings> {
    logged("log_settings", shell.folder().and_then(|folder| level::settings(&folder)))
}

/// Sets the log's level for this computer. It holds at once.
#[tauri::command]
pub async fn set_log_level(shell: State<'_, Shell>, level: LogLevel) -> Result<LogSettings> {
    logged("set_log_level", shell.folder().and_then(|folder| level::set(&folder, level)))
}

/// What a person may paste into a report: versions, what the database is, what was refused last, and the end of the log. Holds no secret,
/// name, phone, text or address of a server.
#[tauri::command]
pub async fn diagnostics(shell: State<'_, Shell>) -> Result<String> {
    let mut lines = vec![
        format!("Queue Desk {}", env!("CARGO_PKG_VERSION")),
        format!(
            "{} {}, {}",
            std::env::consts::OS,
            std::env::consts::ARCH,
            if cfg!(debug_assertions) { "debug" } else { "release" }
        ),
        format!("Database: {}", database(&shell).await),
        format!(
            "Automation: {:?}, changes of other desks: {:?}",
            shell.automation().status().state,
            shell.feed_now().mode
        ),
    ];
    let folder = shell.folder()?;
    lines.push(match level::settings(&folder) {
        Ok(log) => format!(
            "Log: {:?}{}, in {}",
            log.level,
            log.overridden_by.map_or(String::new(), |by| format!(", but QUEUE_DESK_LOG says {by}")),
            log.folder.map_or("no folder".into(), |folder| without_home(Path::new(&folder)))
        ),
        Err(error) => format!("Log: {:?}", error.code),
    });
    lines.push(format!("Folder: {}", without_home(&folder)));
    lines.push("Refused last:".into());
    let refused = log::last_refused();
    lines.extend(refused.iter().map(|(ago, command, code)| format!("  {ago} s ago, {command}: {code:?}")));
    if refused.is_empty() {
        lines.push("  nothing".into());
    }
    lines.push(format!("\nThe end of the log:\n{}\n", log::tail(200)));
    Ok(lines.join("\n"))
}

async fn database(shell: &Shell) -> String {
    let session = match shell.desk().await {
        Ok(desk) => action::session::session(&desk).await,
        Err(error) => Err(error),
    };
    match session {
        Ok(s) => {
            let flags =
                [(s.sample, "sample"), (!s.sample, "live"), (s.embedded, "embedded"), (s.read_only, "read only")];
            let words: Vec<&str> = flags.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
            let shift = s.clock_shift_seconds;
            format!("{:?}, server {}, {}, clock shifted by {shift} s", s.database, s.server_version, words.join(", "))
        }
        Err(error) => format!("{:?}", error.code),
    }
}

/// A path without the person's name in it.
fn without_home(path: &Path) -> String {
    // On Windows some shells set a HOME of their own kind.
    let home = std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).unwrap_or_default();
    match path.strip_prefix(&home) {
        Ok(rest) if !home.is_empty() => Path::new("~").join(rest).display().to_string(),
        _ => path.display().to_string(),
    }
}
