//! Passwords for new logins. The server gets a SCRAM verifier (RFC 5803) and never the password, so that no log of statements, no
//! history and no copy of `pg_stat_statements` holds it.

use std::num::NonZeroU32;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{digest, hmac, pbkdf2, rand::SecureRandom, rand::SystemRandom};

use super::Secret;
use crate::error::{Code, Error, Result};

/// As Postgres itself does by default.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).expect("not zero");
/// In characters.
const SHORTEST: usize = 12;
const LONGEST: usize = 128;
/// Without those that are taken for each other when a person reads them out.
const LETTERS: &[u8; 54] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ234567";

/// What the server may know of a password.
#[derive(Clone)]
pub struct Verifier(String);

impl Verifier {
    /// Of a password that a person chose, or of a generated one.
    ///
    /// # Errors
    /// `BadInput` (field `password`) where it is too short, too long, or of signs that not every program can send.
    pub fn of(password: &Secret) -> Result<Self> {
        Self::salted(password, &random::<16>()?)
    }

    /// The same with this salt.
    pub fn salted(password: &Secret, salt: &[u8]) -> Result<Self> {
        let refused = |message: &str, hint: &str| {
            Err(Error::new(Code::BadInput, format!("{message} Nothing was changed.")).field("password").hint(hint))
        };
        let count = password.reveal().chars().count();
        if !(SHORTEST..=LONGEST).contains(&count) {
            return refused("A password has 12 to 128 characters.", "Have one made.");
        }
        let Ok(prepared) = stringprep::saslprep(password.reveal()) else {
            return refused(
                "This password holds signs that not every program can send.",
                "Use letters, digits and signs of one script.",
            );
        };
        let mut salted = [0u8; digest::SHA256_OUTPUT_LEN];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, salt, prepared.as_bytes(), &mut salted);
        let key = |name: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &salted), name);
        let stored = digest::digest(&digest::SHA256, key(b"Client Key").as_ref());
        Ok(Self(format!(
            "SCRAM-SHA-256${ITERATIONS}:{}${}:{}",
            STANDARD.encode(salt),
            STANDARD.encode(stored),
            STANDARD.encode(key(b"Server Key"))
        )))
    }

    /// For the statement that makes the login.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whoever has it can try passwords against it.
impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(..)")
    }
}

/// A new password of 24 letters and digits: 138 bits.
///
/// # Errors
/// `Internal` where the system has no randomness.
pub fn generate() -> Result<Secret> {
    let mut made = String::new();
    while made.len() < 24 {
        // What is beyond the last whole multiple would make some letters likelier.
        let letters = random::<32>()?
            .into_iter()
            .filter(|byte| usize::from(*byte) < 216)
            .map(|byte| LETTERS[usize::from(byte) % 54]);
        made.extend(letters.take(24 - made.len()).map(char::from));
    }
    Ok(Secret::new(made))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Error::new(Code::Internal, "The system gave no random numbers. Nothing was changed."))?;
    Ok(bytes)
}
