//! The window's lock. While it is locked the page asks for nothing: what is covered is not fetched, whatever the page does.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::Shell;
use crate::{
    computer,
    connect::password,
    error::{Code, Error, Result},
    model::lock::{Unlock, WindowLock, check_minutes},
    secrets::Secret,
};

const AFTER: &str = "lock_after_minutes";

/// What a covered window may ask: how it opens, and whether automation goes on.
const WHILE_LOCKED: [&str; 3] = ["lock_state", "unlock_window", "automation_status"];

#[derive(Debug, Default)]
pub struct Lock(AtomicBool);

impl Lock {
    pub(super) fn is_locked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// `window_locked` for a command that a covered window may not ask.
    pub fn refuses(&self, command: &str) -> Option<Error> {
        (self.is_locked() && !WHILE_LOCKED.contains(&command)).then(|| {
            Error::new(Code::WindowLocked, "This window is locked. Nothing was done.").hint("Unlock it first.")
        })
    }
}

/// How it stands. A setting that cannot be read is none; `log_settings` says what is wrong with the file.
pub fn state(shell: &Shell) -> WindowLock {
    let desk = shell.open_desk();
    WindowLock {
        locked: shell.lock.is_locked(),
        after_minutes: shell.folder().and_then(|home| computer::get(&home, AFTER)).ok().flatten().and_then(minutes),
        unlock: desk.as_ref().map(|desk| match !desk.embedded && password::is_used(desk.database.options()) {
            true => Unlock::Password,
            false => Unlock::Click,
        }),
        login: desk.as_ref().map(|desk| desk.database.options().get_username().to_owned()),
        name: desk.map(|desk| desk.name),
    }
}

fn minutes(value: Value) -> Option<u32> {
    let minutes = u32::try_from(value.as_u64()?).ok()?;
    check_minutes(Some(minutes)).is_ok().then_some(minutes)
}

/// Covers the window. Acting for another operator ends: who opens it again may be somebody else. `not_connected` where there is nothing to cover.
pub fn lock(shell: &Shell) -> Result<WindowLock> {
    if shell.open_desk().is_none() {
        return Err(Error::new(Code::NotConnected, "No database is open, so there is nothing to lock."));
    }
    shell.lock.0.store(true, Ordering::Release);
    shell.act_for_myself();
    tracing::info!("the window was locked");
    Ok(state(shell))
}

/// Opens it again, for who knows the password that opened the database; where there was none, for anybody.
///
/// # Errors
/// `WrongPassword`.
pub async fn unlock(shell: &Shell, typed: Option<&Secret>) -> Result<WindowLock> {
    if let (Some(Unlock::Password), Some(desk)) = (state(shell).unlock, shell.open_desk()) {
        password::prove(desk.database.options(), typed.unwrap_or(&Secret::new(""))).await?;
    }
    shell.lock.0.store(false, Ordering::Release);
    tracing::info!("the window was unlocked");
    Ok(state(shell))
}

/// Keeps when this computer's window locks itself.
pub fn set_after(shell: &Shell, minutes: Option<u32>) -> Result<WindowLock> {
    check_minutes(minutes)?;
    computer::set(&shell.folder()?, AFTER, json!(minutes))?;
    Ok(state(shell))
}
