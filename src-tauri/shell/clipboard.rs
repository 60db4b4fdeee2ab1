//! Where a password goes that was made for somebody: the clipboard, so that an admin pastes it into whatever hands it over. It is never sent
//! to the webview, and the admin's own keychain would be the wrong place: the login is for another person's computer. It is taken away
//! after two minutes and when the program ends, and only where it is still what is there.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    error::{Code, Error, Result},
    secrets::{Fingerprint, Secret},
};

/// How long it stays there.
pub const STAYS: Duration = Duration::from_secs(120);

/// One text that everybody on this computer may replace.
pub trait Clipboard: Send + Sync {
    /// Puts it there, out of the history where the system keeps one.
    ///
    /// # Errors
    /// `BadInput` (field `password`): there is no clipboard, and one has to be typed.
    fn put(&self, secret: &Secret) -> Result<()>;

    /// What is there, whoever put it; none where it is no text.
    fn text(&self) -> Option<Secret>;

    fn clear(&self);
}

/// Passwords on their way to somebody. At most one is there; of it only a fingerprint is kept here.
pub struct HandOver {
    clipboard: Box<dyn Clipboard>,
    ours: Mutex<Option<Fingerprint>>,
}

impl HandOver {
    pub fn new(clipboard: Box<dyn Clipboard>) -> Self {
        Self { clipboard, ours: Mutex::default() }
    }

    /// Puts it on the clipboard. What takes it away again is [`HandOver::forget_after`], or [`HandOver::forget`] at the end of the program.
    ///
    /// # Errors
    /// Those of [`Clipboard::put`].
    pub fn put(&self, secret: &Secret) -> Result<Fingerprint> {
        let mut ours = self.ours();
        self.clipboard.put(secret)?;
        let print = Fingerprint::of(secret);
        *ours = Some(print.clone());
        Ok(print)
    }

    /// Takes this one away once `waited` is over. A later one has a time of its own.
    pub async fn forget_after(&self, print: Fingerprint, waited: impl Future<Output = ()>) {
        waited.await;
        let mut ours = self.ours();
        if ours.as_ref() == Some(&print) {
            self.take_away(&mut ours);
        }
    }

    /// Takes away whatever is there of ours.
    pub fn forget(&self) {
        self.take_away(&mut self.ours());
    }

    /// What somebody copied since is not ours to take away.
    fn take_away(&self, ours: &mut Option<Fingerprint>) {
        if let Some(print) = ours.take()
            && self.clipboard.text().is_some_and(|text| print.is_of(&text))
        {
            self.clipboard.clear();
        }
    }

    fn ours(&self) -> MutexGuard<'_, Option<Fingerprint>> {
        self.ours.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The system's. Held open: on X11 whoever put a text there serves it.
#[derive(Default)]
pub struct Native(Mutex<Option<arboard::Clipboard>>);

impl Native {
    fn held(&self) -> MutexGuard<'_, Option<arboard::Clipboard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clipboard for Native {
    fn put(&self, secret: &Secret) -> Result<()> {
        let put = || -> std::result::Result<arboard::Clipboard, arboard::Error> {
            let mut clipboard = arboard::Clipboard::new()?;
            hidden(clipboard.set()).text(secret.reveal())?;
            Ok(clipboard)
        };
        let made = put().map_err(|_| {
            Error::new(Code::BadInput, "The clipboard could not be used. Nothing was changed.")
                .field("password")
                .hint("Type a password instead.")
        })?;
        *self.held() = Some(made);
        Ok(())
    }

    fn text(&self) -> Option<Secret> {
        self.held().as_mut().and_then(|clipboard| clipboard.get_text().ok()).map(Secret::new)
    }

    fn clear(&self) {
        // Cleared before it is let go of: letting go hands what is there to the desktop's clipboard manager.
        if let Some(mut clipboard) = self.held().take() {
            let _ = clipboard.clear();
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
