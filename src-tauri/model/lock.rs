//! The window's lock: it covers itself when nobody sits there.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{Code, Error, Result};

/// A day: longer than anybody is away without noticing.
const MOST: u32 = 24 * 60;

/// Whether the window is locked, when it locks itself, and what opens it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WindowLock {
    pub locked: bool,
    /// Minutes without input until it locks itself; null: never.
    pub after_minutes: Option<u32>,
    /// Null where no database is open: there is nothing to cover.
    pub unlock: Option<Unlock>,
    /// Whose password is asked, and for which database.
    pub login: Option<String>,
    pub name: Option<String>,
}

/// What opens it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unlock {
    /// The database was opened without a password, so there is none to ask for.
    Click,
    Password,
}

/// Refuses a time that is none.
///
/// # Errors
/// `BadInput` (minutes).
pub fn check_minutes(minutes: Option<u32>) -> Result<()> {
    match minutes {
        Some(0) | Some(MOST..) => Err(Error::new(
            Code::BadInput,
            format!("The window locks itself after 1 to {} minutes, or never. Nothing was changed.", MOST - 1),
        )
        .field("minutes")),
        _ => Ok(()),
    }
}
