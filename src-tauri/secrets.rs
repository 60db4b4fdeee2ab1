//! Passwords. They arrive from the window or the keychain, are kept in this process's memory for this run, and go to the server that they
//! are for: never into a file, a log, an error or back to the window. What outlives the run is in the `keychain`.

pub mod keychain;
pub mod scram;

use std::{
    collections::HashMap,
    fmt,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use ring::{hmac, rand::SystemRandom};
use serde::Deserialize;

/// A password. It can be received, and not sent: it has no `Serialize`, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the connection, and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a password is recognised by, and nothing can be read from: its code under a key of this process.
#[derive(Clone)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub fn of(secret: &Secret) -> Self {
        let mut code = [0; 32];
        code.copy_from_slice(hmac::sign(&KEY, secret.reveal().as_bytes()).as_ref());
        Self(code)
    }

    /// Whether it is that of this password. It takes as long, whatever the answer.
    pub fn is_of(&self, secret: &Secret) -> bool {
        hmac::verify(&KEY, secret.reveal().as_bytes(), &self.0).is_ok()
    }
}

/// Of two fingerprints, not of passwords: nothing is to be learnt from the time it takes.
impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

static KEY: LazyLock<hmac::Key> = LazyLock::new(|| {
    // Without randomness no password is made either.
    hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).expect("the system's randomness")
});

/// The passwords that this run was given and that were accepted, by account.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<String, Secret>>);

impl Kept {
    pub fn get(&self, account: &str) -> Option<Secret> {
        self.lock().get(account).cloned()
    }

    pub fn keep(&self, account: String, secret: Secret) {
        self.lock().insert(account, secret);
    }

    /// The server does not accept it any more.
    pub fn forget(&self, account: &str) {
        self.lock().remove(account);
    }

    /// Whose passwords are known, in order.
    pub fn accounts(&self) -> Vec<String> {
        let mut accounts: Vec<String> = self.lock().keys().cloned().collect();
        accounts.sort_unstable();
        accounts
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
