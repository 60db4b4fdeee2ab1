//! The database logins of operators, for admins. A password that is made here goes to the clipboard and never to the webview.

use std::{io::Write, path::Path};

use tauri::{AppHandle, Manager, Runtime, State};
use uuid::Uuid;

use super::{done, logged, operators::TOPICS};
use crate::{
    action::{login, operator},
    error::{Code, Result},
    model::{
        login::{LiveDesks, LoginClosing, LoginRenewal, LoginScript},
        receipt::Receipt,
    },
    secrets::{
        Fingerprint, Secret,
        scram::{self, Verifier},
    },
    shell::{Shell, clipboard::STAYS, dialog::FileKind, events},
    transfer::file::Draft,
};

/// Who is connected with a Queue Desk now.
#[tauri::command]
pub async fn desks(shell: State<'_, Shell>) -> Result<LiveDesks> {
    logged("desks", operator::desks(&shell.desk().await?).await)
}

/// What would make this login, with dots for the password's verifier, and whether this desk may run it.
#[tauri::command]
pub async fn login_script(shell: State<'_, Shell>, login: String) -> Result<LoginScript> {
    logged("login_script", login::script(&shell.desk().await?, &login).await)
}

/// Makes the login and maps it. Without a password one is made, which is on the clipboard for two minutes afterwards.
#[tauri::command]
#[expect(clippy::too_many_arguments, reason = "what the form asks")]
pub async fn login_create<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    user_id: Uuid,
    name: String,
    login: String,
    admin: bool,
    runner: bool,
    password: Option<Secret>,
) -> Result<Receipt> {
    let desk = shell.desk().await?;
    let made = logged("login_create", Password::of(&app, password))?;
    let created = login::create(&desk, user_id, &name, &login, &made.verifier, admin, runner).await;
    let receipt = done("login_create", made.kept_if(&app, created))?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

/// Asks where to, then saves the script that makes the login, for the owner of the database; returns the file's name. None: the dialog was
/// cancelled, nothing was written. The password as in `login_create`.
#[tauri::command]
pub async fn login_save<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    login: String,
    password: Option<Secret>,
) -> Result<Option<String>> {
    let desk = shell.desk().await?;
    logged("login_save", login::script(&desk, &login).await)?;
    let Some(path) = shell.dialog.choose_kind(&format!("{login}.sql"), FileKind::SCRIPT).await else {
        return Ok(None);
    };
    let made = logged("login_save", Password::of(&app, password))?;
    let saved = match login::script_with(&desk, &login, &made.verifier).await {
        Ok(text) => save(&text, &path),
        Err(refused) => Err(refused),
    };
    logged("login_save", made.kept_if(&app, saved))?;
    Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
}

/// What closing this operator's logins would run, and which stay open.
#[tauri::command]
pub async fn login_closing(shell: State<'_, Shell>, user_id: Uuid) -> Result<Vec<LoginClosing>> {
    logged("login_closing", login::close_script(&shell.desk().await?, user_id).await)
}

/// Retires the operator and closes the logins.
#[tauri::command]
pub async fn login_close<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>, user_id: Uuid) -> Result<Receipt> {
    let receipt = done("login_close", login::close(&shell.desk().await?, user_id).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

/// What would give this login a new password, with dots for its verifier, and whether this desk may run it.
#[tauri::command]
pub async fn login_renewal(shell: State<'_, Shell>, login: String) -> Result<LoginRenewal> {
    logged("login_renewal", login::renew_script(&shell.desk().await?, &login).await)
}

/// Gives the login a new password, and with `reopen` lets a closed one work again. The password as in `login_create`.
#[tauri::command]
pub async fn login_renew<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    login: String,
    reopen: bool,
    password: Option<Secret>,
) -> Result<Receipt> {
    let desk = shell.desk().await?;
    let made = logged("login_renew", Password::of(&app, password))?;
    let renewed = login::renew(&desk, &login, &made.verifier, reopen).await;
    let receipt = done("login_renew", made.kept_if(&app, renewed))?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

/// Saves the script that renews the login, as `login_save` the one that makes it.
#[tauri::command]
pub async fn login_renew_save<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    login: String,
    password: Option<Secret>,
) -> Result<Option<String>> {
    let desk = shell.desk().await?;
    logged("login_renew_save", login::renew_script(&desk, &login).await)?;
    let Some(path) = shell.dialog.choose_kind(&format!("{login}.sql"), FileKind::SCRIPT).await else {
        return Ok(None);
    };
    let made = logged("login_renew_save", Password::of(&app, password))?;
    let saved = match login::renew_script_with(&desk, &login, &made.verifier).await {
        Ok(text) => save(&text, &path),
        Err(refused) => Err(refused),
    };
    logged("login_renew_save", made.kept_if(&app, saved))?;
    Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
}

fn save(text: &str, path: &Path) -> Result<()> {
    let mut draft = Draft::create(path)?;
    draft.write_all(text.as_bytes()).map_err(|error| draft.failed(&error))?;
    draft.finish()
}

/// The password of one login: typed, or made and on the clipboard.
struct Password {
    made: Option<Fingerprint>,
    verifier: Verifier,
}

impl Password {
    fn of<R: Runtime>(app: &AppHandle<R>, typed: Option<Secret>) -> Result<Self> {
        if let Some(typed) = typed {
            return Ok(Self { made: None, verifier: Verifier::of(&typed)? });
        }
        let made = scram::generate()?;
        let verifier = Verifier::of(&made)?;
        let made = app.state::<Shell>().hand_over.put(&made)?;
        Ok(Self { made: Some(made), verifier })
    }

    /// On the clipboard for a while where the login came about; else it is the password of nothing.
    fn kept_if<R: Runtime, T>(self, app: &AppHandle<R>, outcome: Result<T>) -> Result<T> {
        if let Some(made) = self.made {
            // In doubt, the login may be there.
            let keeps = outcome.as_ref().map_or_else(|e| e.code == Code::CommitInDoubt, |_| true);
            let (app, stays) = (app.clone(), if keeps { STAYS } else { Default::default() });
            tauri::async_runtime::spawn(async move {
                app.state::<Shell>().hand_over.forget_after(made, tokio::time::sleep(stays)).await;
            });
        }
        outcome
    }
}
