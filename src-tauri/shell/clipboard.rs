//! Where a password goes that was made for somebody: the clipboard, so that an admin pastes it into whatever hands it over. It is never sent
//! to the webview, and the admin's own keychain would be the wrong place: the login is for another person's computer.

use std::{sync::Mutex, time::Duration};

use crate::{
    error::{Code, Error, Result},
    secrets::Secret,
};

/// How long it stays there.
pub const STAYS: Duration = Duration::from_secs(120);

pub trait Clipboard: Send + Sync {
    /// Puts it there, out of the history where the system keeps one.
    ///
    /// # Errors
    /// `BadInput` (field `password`): there is no clipboard, and one has to be typed.
    fn put(&self, secret: &Secret) -> Result<()>;

    /// Takes it away again, if it is still what is there.
    fn forget(&self, secret: &Secret);
}

/// The system's. Held open: on X11 whoever put a text there serves it.
#[derive(Default)]
pub struct Native(Mutex<Option<arboard::Clipboard>>);

impl Clipboard for Native {
    fn put(&self, secret: &Secret) -> Result<()> {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let put = || -> std::result::Result<arboard::Clipboard, arboard::Error> {
            let mut clipboard = arboard::Clipboard::new()?;
            hidden(clipboard.set()).text(secret.reveal())?;
            Ok(clipboard)
        };
        *held = Some(put().map_err(|_| {
            Error::new(Code::BadInput, "The clipboard could not be used. Nothing was changed.")
                .field("password")
                .hint("Type a password instead.")
        })?);
        Ok(())
    }

    fn forget(&self, secret: &Secret) {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A later one, or what somebody copied since, is not this one's to take away.
        if let Some(clipboard) = held.as_mut()
            && clipboard.get_text().is_ok_and(|text| text == secret.reveal())
        {
            let _ = clipboard.clear();
            *held = None;
        }
    }
}

#[cfg(target_os = "linux")]
fn hidden(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

#[cfg(target_os = "macos")]
fn hidden(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}

#[cfg(windows)]
fn hidden(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows;
    set.exclude_from_history().exclude_from_cloud()
}
