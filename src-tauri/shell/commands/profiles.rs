//! The saved connections, and the keychain that holds their passwords.

use tauri::State;

use super::logged;
use crate::{
    error::{Code, Error, Result},
    model::connection::Profile,
    secrets::Secret,
    shell::Shell,
};

/// Saves a connection; `replaces` is the title of the one that it was. With `in_keychain` its password goes there, or nothing is saved.
#[tauri::command]
pub async fn profile_save(
    shell: State<'_, Shell>,
    profile: Profile,
    replaces: Option<String>,
    password: Option<Secret>,
) -> Result<()> {
    logged("profile_save", save(&shell, profile, replaces.as_deref(), password).await)
}

async fn save(shell: &Shell, mut profile: Profile, replaces: Option<&str>, password: Option<Secret>) -> Result<()> {
    profile.check()?;
    shell.profiles.check_free(&profile.title(), replaces)?;
    profile.asks_password |= profile.in_keychain;
    keep(shell, &profile, password.as_ref()).await?;
    let replaced = shell.profiles.save(&profile, replaces)?;
    match replaced.filter(|old| old.in_keychain) {
        Some(old) => forget(shell, &old).await,
        None => Ok(()),
    }
}

/// Takes a saved connection out of the list, and its password out of the keychain.
#[tauri::command]
pub async fn profile_remove(shell: State<'_, Shell>, title: String) -> Result<()> {
    logged("profile_remove", remove(&shell, &title).await)
}

/// A connection whose password cannot be taken out stays in the list, so that it can be removed again.
async fn remove(shell: &Shell, title: &str) -> Result<()> {
    let Some(removed) = shell.profiles.remove(title)? else {
        return Err(Error::new(Code::NotFound, "This connection is not in the list any more. Nothing was done."));
    };
    if !removed.in_keychain {
        return Ok(());
    }
    let forgotten = forget(shell, &removed).await;
    if forgotten.is_err() {
        shell.profiles.save(&removed, None)?;
    }
    forgotten
}

/// Whether the keychain can be used now.
#[tauri::command]
pub async fn keychain_probe(shell: State<'_, Shell>) -> Result<()> {
    logged("keychain_probe", shell.keychain.probe().await)
}

/// Puts the password that is known of this profile into the keychain, where it asks for that.
pub(super) async fn keep(shell: &Shell, profile: &Profile, password: Option<&Secret>) -> Result<()> {
    if !profile.in_keychain {
        return Ok(());
    }
    let account = profile.account();
    match password.filter(|given| !given.is_empty()).cloned().or_else(|| shell.kept.get(&account)) {
        Some(secret) => shell.keychain.keep(&account, &secret).await,
        // It is there from before.
        None if shell.keychain.get(&account).await?.is_some() => Ok(()),
        None => Err(Error::new(Code::BadInput, "There is no password to keep in the keychain. Nothing was saved.")
            .field("password")
            .hint("Type it, or do not keep it.")),
    }
}

/// A password that no connection in the list needs any more.
async fn forget(shell: &Shell, profile: &Profile) -> Result<()> {
    let account = profile.account();
    match shell.profiles.needs(&account) {
        true => Ok(()),
        false => shell.keychain.forget(&account).await,
    }
}
