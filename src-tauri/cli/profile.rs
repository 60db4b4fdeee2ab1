//! The saved connections on the command line.

use std::time::Duration;

use super::{Args, args::ProfileCommand, print, text};
use crate::{
    config::{self, Target},
    error::Result,
    profile::Profiles,
    secrets::{Secret, keychain::Keychain},
};

/// A script must not hang on a keychain that waits for its password.
const PATIENCE: Duration = Duration::from_secs(10);

pub fn run(args: &Args, command: &ProfileCommand) -> Result<u8> {
    match command {
        ProfileCommand::List => {
            let (_, profiles) = Profiles::from_env().read()?;
            print(args, &profiles, || text::profiles(&profiles));
            Ok(0)
        }
    }
}

/// The server of a saved connection, with the password of the keychain, else that of the password file.
pub async fn target(name: &str) -> Result<Target> {
    let profile = Profiles::from_env().named(name)?;
    let password: Option<Secret> = match profile.in_keychain {
        true => match Keychain::of_this_computer(PATIENCE).get(&profile.account()).await {
            Err(_) if config::has_password_file() => None,
            got => got?,
        },
        false => None,
    };
    Ok(Target::Server(Box::new(config::server(&profile, password.as_ref(), false)?)))
}
