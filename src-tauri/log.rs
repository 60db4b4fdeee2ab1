//! What happened on this computer, for whoever has to find out later: a file a day in the OS's log folder, two weeks kept.
//!
//! It names actions, codes, counts and ids of receipts. Passwords, tokens, names, phone numbers and texts never get here: the call
//! sites log words and numbers only, and a test searches a whole day's file for the rest. The level is a setting of this computer
//! (see `level`); `QUEUE_DESK_LOG` (`info`, `debug`, or filters such as `queue_desk=trace`) overrides it.

pub mod level;

use std::{
    collections::VecDeque,
    env, fs,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{Layer, filter::LevelFilter, fmt, layer::SubscriberExt, reload, util::SubscriberInitExt};

use crate::{error::Code, model::receipt::Receipt};

/// Files that are kept.
const DAYS: usize = 14;

/// Starts logging for this process, as the settings in `home` say. Without a writable folder only the terminal hears it: the app
/// works all the same.
pub fn start(terminal: LevelFilter, home: Option<&Path>) {
    start_in(terminal, home, folder());
}

/// The same with the files in this folder.
pub fn start_in(terminal: LevelFilter, home: Option<&Path>, folder: Option<PathBuf>) {
    if let Some(folder) = &folder {
        let _ = FOLDER.set(folder.clone());
    }
    let (filter, unreadable) = level::first(home);
    let (filter, handle) = reload::Layer::new(filter);
    let file = folder.and_then(|folder| {
        fs::create_dir_all(&folder).ok()?;
        let files = RollingFileAppender::builder().rotation(Rotation::DAILY).max_log_files(DAYS);
        files.filename_prefix("queue-desk").filename_suffix("log").build(folder).ok()
    });
    let file = file.map(|file| fmt::layer().with_ansi(false).with_writer(file));
    let terminal = fmt::layer().with_writer(std::io::stderr).with_filter(terminal);
    // A second start in one process (tests) changes nothing.
    if tracing_subscriber::registry().with(filter).with(file).with(terminal).try_init().is_ok() {
        level::keep(handle);
    }
    if let Some(error) = unreadable {
        tracing::warn!(code = ?error.code, "the settings of this computer were not read: {error}");
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), os = env::consts::OS, "started");
}

/// Where this process keeps them, once it does.
static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Where the files are: beside the database where QUEUE_DESK_HOME names a folder, else where the system keeps logs.
pub fn folder() -> Option<PathBuf> {
    if let Some(folder) = FOLDER.get() {
        return Some(folder.clone());
    }
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(home) = set("QUEUE_DESK_HOME") {
        return Some(home.join("log"));
    }
    if cfg!(windows) {
        return Some(set("LOCALAPPDATA")?.join("Queue Desk").join("log"));
    }
    let user = set("HOME")?;
    Some(match cfg!(target_os = "macos") {
        true => user.join("Library/Logs/Queue Desk"),
        false => set("XDG_STATE_HOME").unwrap_or_else(|| user.join(".local/state")).join("queue-desk/log"),
    })
}

/// The last lines of the newest file, for "copy diagnostics".
pub fn tail(lines: usize) -> String {
    let newest = folder().and_then(|folder| newest_file(&folder));
    let text = newest.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn newest_file(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    files.filter(|path| path.extension().is_some_and(|ext| ext == "log")).max()
}

/// One line for an action that came back with a receipt.
pub fn receipt(receipt: &Receipt) {
    tracing::info!(
        action = receipt.action,
        asked = receipt.asked,
        changed = receipt.changed,
        failed = receipt.failed.len(),
        receipt = %receipt.receipt_id,
        "done"
    );
}

/// Codes that are kept for "copy diagnostics".
const LAST: usize = 20;
static REFUSED: Mutex<VecDeque<(SystemTime, &'static str, Code)>> = Mutex::new(VecDeque::new());

/// One line for what was refused. The message holds no secret, phone or text; the cause was logged where it happened.
pub fn refused(command: &'static str, code: Code) {
    // A window that asks for its database is no trouble.
    if code == Code::NotConnected {
        tracing::debug!(command, "no database is open");
        return;
    }
    tracing::warn!(command, ?code, "refused");
    let mut last = REFUSED.lock().unwrap_or_else(PoisonError::into_inner);
    last.truncate(LAST - 1);
    last.push_front((SystemTime::now(), command, code));
}

/// The last refusals, newest first: how many seconds ago, which command, which code.
pub fn last_refused() -> Vec<(u64, &'static str, Code)> {
    let last = REFUSED.lock().unwrap_or_else(PoisonError::into_inner);
    last.iter().map(|(at, command, code)| (at.elapsed().map_or(0, |ago| ago.as_secs()), *command, *code)).collect()
}
