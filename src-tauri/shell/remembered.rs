//! The place where this person was last, or a saved one that was named.

use super::Shell;
use crate::{
    config::{self, Target},
    error::Result,
    model::connection::{Destination, Profile},
};

/// Where a window goes by itself: nowhere the first time.
///
/// # Errors
/// Why it does not: the password is not at hand.
pub async fn target(shell: &Shell) -> Result<Option<Target>> {
    // A list that cannot be read is told by the connect screen.
    match shell.profiles.read().ok().and_then(|(last, _)| last) {
        None => Ok(None),
        Some(Destination::Local) => Ok(Some(Target::Embedded)),
        Some(Destination::Server { profile }) => server(shell, &profile).await.map(Some),
    }
}

/// The server of a profile, with its password.
pub async fn server(shell: &Shell, profile: &Profile) -> Result<Target> {
    let password = shell.password(profile).await?;
    Ok(Target::Server(Box::new(config::server(profile, password.as_ref(), false)?)))
}
