//! The place where this person was last.

use crate::{
    config::{self, Target},
    model::connection::Destination,
    profile::Profiles,
    secrets::Kept,
};

/// Where a window goes by itself: nowhere the first time, and nowhere that asks for a password which this run was not given: an empty
/// one would be a failed login, and servers shut out whoever collects those.
pub fn target(profiles: &Profiles, kept: &Kept) -> Option<Target> {
    match profiles.read().ok()?.0? {
        Destination::Local => Some(Target::Embedded),
        Destination::Server { profile } => {
            let password = kept.get(&profile.account());
            if profile.asks_password && password.is_none() {
                return None;
            }
            config::server(&profile, password.as_ref(), false).ok().map(|server| Target::Server(Box::new(server)))
        }
    }
}
