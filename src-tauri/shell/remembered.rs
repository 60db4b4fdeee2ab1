//! The place where this person was last, or a saved one that was named; and the password for it.

use super::{Shell, Start};
use crate::{
    config::{self, Target},
    error::{Code, Error, Result},
    model::connection::{Destination, Profile},
    secrets::Secret,
};

/// Where a window goes by itself; none: it asks.
///
/// # Errors
/// Why it does not: the password is not at hand.
pub async fn goes_to(shell: &Shell, start: Start) -> Result<Option<Target>> {
    match start {
        Start::At(target) => Ok(Some(target)),
        Start::Saved(profile) => server(shell, &profile).await.map(Some),
        Start::Remembered => target(shell).await,
        Start::Ask => Ok(None),
    }
}

/// Where this person was last: nowhere the first time.
async fn target(shell: &Shell) -> Result<Option<Target>> {
    // A list that cannot be read is told by the connect screen.
    match shell.profiles.read().ok().and_then(|(last, _)| last) {
        None => Ok(None),
        Some(Destination::Local) => Ok(Some(Target::Embedded)),
        Some(Destination::Server { profile }) => server(shell, &profile).await.map(Some),
    }
}

/// The server of a profile, with its password.
async fn server(shell: &Shell, profile: &Profile) -> Result<Target> {
    let password = password(shell, profile).await?;
    Ok(Target::Server(Box::new(config::server(profile, password.as_ref(), false)?)))
}

/// The password of this account: what this run was given, else what the keychain holds for the profile.
///
/// # Errors
/// Those of the keychain; `BadInput` (password) where the login needs one and none is known: an empty one would be a failed login, and
/// servers shut out whoever collects those.
pub async fn password(shell: &Shell, profile: &Profile) -> Result<Option<Secret>> {
    let account = profile.account();
    if let Some(kept) = shell.kept.get(&account) {
        return Ok(Some(kept));
    }
    let from_keychain = match profile.in_keychain {
        true => shell.keychain.get(&account).await,
        false => Ok(None),
    };
    match from_keychain {
        Ok(Some(secret)) => Ok(Some(secret)),
        _ if config::has_password_file() => Ok(None),
        Err(error) => Err(error.field("password")),
        Ok(None) if profile.asks_password => Err(Error::new(
            Code::BadInput,
            format!("The password for \"{}\" is not known any more. Nothing was tried.", profile.title()),
        )
        .field("password")
        .hint("Type it again.")),
        Ok(None) => Ok(None),
    }
}
