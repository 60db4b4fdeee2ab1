//! The keychain of the operating system: Secret Service, macOS Keychain, Windows Credential Manager. Each call opens it anew, so that a
//! keychain which was started or unlocked meanwhile is found.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use keyring_core::{CredentialStore, Entry, Error as Refusal};
use tokio::sync::oneshot;

use super::Secret;
use crate::error::{Code, Error, Result};

/// What the entries are called; the account is [`crate::model::connection::Profile::account`].
pub const SERVICE: &str = "queue-desk";
/// An account that no profile has.
const PROBE: &str = "(test)";

/// Passwords that outlive this run. There is no other place for them.
#[derive(Debug, Clone)]
pub struct Keychain {
    /// None: for a program that must not touch the person's own.
    patience: Option<Duration>,
    /// A call has not come back yet: its question is on the screen.
    asking: Arc<AtomicBool>,
}

impl Keychain {
    /// This computer's. A call ends after `patience`: a locked keychain waits for its own password.
    pub fn of_this_computer(patience: Duration) -> Self {
        Self { patience: Some(patience), asking: Arc::default() }
    }

    /// None at all.
    pub fn nowhere() -> Self {
        Self { patience: None, asking: Arc::default() }
    }

    /// None: it holds no password of this account.
    ///
    /// # Errors
    /// `KeychainUnavailable`, `KeychainLocked`, as all calls here. No error names a password.
    pub async fn get(&self, account: &str) -> Result<Option<Secret>> {
        self.call(account, |entry| match entry.get_password() {
            Ok(password) => Ok(Some(Secret::new(password))),
            Err(Refusal::NoEntry) => Ok(None),
            Err(refusal) => Err(refusal),
        })
        .await
    }

    /// Replaces what the account had.
    pub async fn keep(&self, account: &str, secret: &Secret) -> Result<()> {
        let secret = secret.clone();
        self.call(account, move |entry| entry.set_password(secret.reveal())).await
    }

    /// Afterwards there is none; there may have been none before.
    pub async fn forget(&self, account: &str) -> Result<()> {
        self.call(account, forget).await
    }

    /// Whether it can be used, found out by writing: one that answers a question may still refuse to keep anything.
    pub async fn probe(&self) -> Result<()> {
        self.call(PROBE, |entry| {
            entry.set_password("a test of the keychain")?;
            forget(entry)
        })
        .await
    }

    /// On a thread of its own: one that is stuck must hold up neither the runtime nor the end of the program.
    async fn call<T: Send + 'static>(
        &self,
        account: &str,
        work: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(patience) = self.patience else { return Err(unavailable("none is used here")) };
        if self.asking.swap(true, Ordering::AcqRel) {
            return Err(locked("It is still waiting for an answer to its own question."));
        }
        let (answer, answered) = oneshot::channel();
        let (account, asking) = (account.to_owned(), Asking(self.asking.clone()));
        std::thread::spawn(move || {
            let result = entry(&account).and_then(|entry| work(&entry).map_err(|refusal| understood(&refusal)));
            drop(asking);
            let _ = answer.send(result);
        });
        match tokio::time::timeout(patience, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(unavailable("it broke off")),
            Err(_) => Err(locked(&format!("It gave no answer in {} seconds.", patience.as_secs()))),
        }
    }
}

/// Ends with its thread, also where that breaks off.
struct Asking(Arc<AtomicBool>);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn forget(entry: &Entry) -> keyring_core::Result<()> {
    match entry.delete_credential() {
        Err(Refusal::NoEntry) => Ok(()),
        done => done,
    }
}

fn entry(account: &str) -> Result<Entry> {
    let store = open().map_err(|_| unavailable("none answers"))?;
    // Only the Secret Service shows a label of its own.
    let label = format!("Queue Desk: {account}");
    let label = std::collections::HashMap::from([("label", label.as_str())]);
    let label = cfg!(target_os = "linux").then_some(&label);
    store.build(SERVICE, account, label).map_err(|refusal| understood(&refusal))
}

#[cfg(target_os = "linux")]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(dbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Refusal::NoDefaultStore)
}

/// The words of the refusal go no further: some of them carry what was to be kept.
fn understood(refusal: &Refusal) -> Error {
    match refusal {
        Refusal::NoStorageAccess(why) if why.to_string().contains("no result") => {
            unavailable("it has no keyring to keep passwords in yet")
        }
        // Windows locks none, but keeps none for sessions without a person: over SSH, or of a scheduled task.
        Refusal::NoStorageAccess(_) if cfg!(windows) => unavailable("this session has none"),
        // What macOS says where it was disabled, removed, or belongs to somebody else. A locked one is opened by its own question.
        Refusal::NoStorageAccess(_) if cfg!(target_os = "macos") => unavailable("it gives no access"),
        Refusal::NoStorageAccess(_) => locked("It was not unlocked."),
        Refusal::TooLong(..) => unavailable("the password or its account is too long for it"),
        Refusal::Ambiguous(_) => unavailable("it holds several passwords of this account"),
        Refusal::BadEncoding(_) | Refusal::BadDataFormat(..) | Refusal::BadStoreFormat(_) => {
            unavailable("what it holds was not understood")
        }
        _ => unavailable("it refused"),
    }
}

fn unavailable(why: &str) -> Error {
    let hint = match () {
        () if cfg!(target_os = "linux") => {
            "Start GNOME Keyring, KWallet or KeePassXC in this session and try again, or use the password for this run only."
        }
        () => "Try again, or use the password for this run only.",
    };
    Error::new(Code::KeychainUnavailable, format!("The keychain cannot be used: {why}. Nothing was kept.")).hint(hint)
}

fn locked(why: &str) -> Error {
    Error::new(Code::KeychainLocked, format!("The keychain is locked. {why} Nothing was kept."))
        .hint("Unlock it and try again, or use the password for this run only.")
}
