//! How much the log says.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What this computer's log keeps; each holds the ones before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Off,
    /// What went wrong inside.
    Error,
    /// And what was refused.
    Warn,
    /// And what was done.
    #[default]
    Info,
    /// And how. For finding a fault, not for every day.
    Debug,
}

impl LogLevel {
    /// Other people's crates say no more than their warnings. The pool of the connection that listens is told of a server that went away
    /// before it; the feed has said so.
    pub fn filter(self) -> &'static str {
        match self {
            LogLevel::Off => "off",
            LogLevel::Error => "error",
            LogLevel::Warn => "warn,sqlx_core::pool=error",
            LogLevel::Info => "warn,queue_desk=info,sqlx_core::pool=error",
            LogLevel::Debug => "warn,queue_desk=debug,sqlx_core::pool=error",
        }
    }
}

/// The log as the settings show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogSettings {
    pub level: LogLevel,
    /// What `QUEUE_DESK_LOG` says instead, until the program starts without it.
    pub overridden_by: Option<String>,
    /// Null where this system names no folder: then nothing is kept.
    pub folder: Option<String>,
}
