//! The level of the log: a setting of this computer (`computer`). It holds at once.

use std::{env, path::Path, sync::OnceLock};

use serde_json::json;
use tracing_subscriber::{EnvFilter, Registry, reload::Handle};

use super::folder;
use crate::{
    computer,
    error::{Code, Error, Result},
    model::log_level::{LogLevel, LogSettings},
};

const KEY: &str = "log_level";
const OVERRIDE: &str = "QUEUE_DESK_LOG";

/// How a running log is told its new level; none where no log was started.
static HANDLE: OnceLock<Handle<EnvFilter, Registry>> = OnceLock::new();

/// What to begin with, and why the settings were not read.
pub(super) fn first(home: Option<&Path>) -> (EnvFilter, Option<Error>) {
    if let Some(filter) = overriding().and_then(|text| EnvFilter::try_new(text).ok()) {
        return (filter, None);
    }
    match home.map_or(Ok(LogLevel::default()), stored) {
        Ok(level) => (level.filter().into(), None),
        Err(error) => (LogLevel::default().filter().into(), Some(error)),
    }
}

pub(super) fn keep(handle: Handle<EnvFilter, Registry>) {
    let _ = HANDLE.set(handle);
}

/// As the settings in `home` and the environment say. `file_failed` where they cannot be read.
pub fn settings(home: &Path) -> Result<LogSettings> {
    Ok(LogSettings {
        level: stored(home)?,
        overridden_by: overriding(),
        folder: folder().map(|folder| folder.display().to_string()),
    })
}

/// Keeps the level in `home` and logs by it at once, unless `QUEUE_DESK_LOG` says otherwise.
pub fn set(home: &Path, level: LogLevel) -> Result<LogSettings> {
    computer::set(home, KEY, json!(level))?;
    if overriding().is_none()
        && let Some(handle) = HANDLE.get()
    {
        let told = handle.reload(EnvFilter::from(level.filter()));
        told.map_err(|e| Error::new(Code::Internal, format!("The level holds from the next start on: {e}.")))?;
    }
    tracing::info!(?level, "the log's level was set");
    settings(home)
}

/// A variable that is no filter is as none.
fn overriding() -> Option<String> {
    env::var(OVERRIDE).ok().filter(|text| !text.trim().is_empty() && EnvFilter::try_new(text).is_ok())
}

fn stored(home: &Path) -> Result<LogLevel> {
    match computer::get(home, KEY)? {
        None => Ok(LogLevel::default()),
        Some(value) => serde_json::from_value(value).map_err(|_| {
            computer::unreadable(home, "log_level is no level").hint(
                "The level is off, error, warn, info or debug. Mend the file, or remove it: the defaults hold then.",
            )
        }),
    }
}
