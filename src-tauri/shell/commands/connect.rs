use std::sync::{PoisonError, atomic::Ordering};

use tauri::{AppHandle, Runtime, State};

use super::logged;
use crate::{
    action,
    config::{self, Server, Target},
    connect::{self, probe, setup},
    error::{Code, Result},
    model::{
        connection::{Connections, Destination, Probe, ProbeState, ProbeStep, Profile, SetupPlan},
        session::Session,
        topic::Topic,
    },
    secrets::Secret,
    shell::{Shell, events, remembered},
};

/// What the connect screen shows: where this person was last, and whose passwords this run still knows.
#[tauri::command]
pub async fn connections(shell: State<'_, Shell>) -> Result<Connections> {
    let read = logged("connections", shell.profiles.read());
    let unreadable = read.as_ref().err().map(|e| e.message.clone());
    let (last, profiles) = read.unwrap_or_default();
    Ok(Connections {
        last,
        profiles,
        known: shell.kept.accounts(),
        sample_leads: connect::SAMPLE_LEADS,
        app_version: env!("CARGO_PKG_VERSION").into(),
        unreadable,
        problem: shell.problem.lock().unwrap_or_else(PoisonError::into_inner).take(),
    })
}

/// Tests the way to a server, telling each step as it is known. A password that was accepted is kept for this run, and need not be
/// sent again.
#[tauri::command]
pub async fn profile_test<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    profile: Profile,
    password: Option<Secret>,
) -> Result<Probe> {
    let server = logged("profile_test", server(&shell, &profile, password.as_ref(), false).await)?;
    let probe = probe::run(&server, &|line| events::probe(&app, line)).await;
    let let_in = probe.lines.iter().any(|line| line.step == ProbeStep::Login && line.state == ProbeState::Ok);
    remember_password(&shell, &profile, password, let_in, probe.problem.as_ref().map(|p| p.code));
    Ok(probe)
}

/// Opens a database in this window, and remembers where for the next start. With `in_keychain` the password is kept there once the server
/// took it, so that a wrong one never replaces a good one; where it cannot be kept, nothing is opened, and the person chooses.
#[tauri::command]
pub async fn connect_open(
    shell: State<'_, Shell>,
    mut to: Destination,
    password: Option<Secret>,
    read_only: bool,
) -> Result<Session> {
    let target = match &to {
        Destination::Local => Target::Embedded,
        Destination::Server { profile } => {
            let server = logged("connect_open", server(&shell, profile, password.as_ref(), read_only).await)?;
            if profile.in_keychain {
                logged("connect_open", shell.keychain.probe().await)?;
            }
            Target::Server(Box::new(server))
        }
    };
    let opened = logged("connect_open", shell.open(target).await);
    if let Destination::Server { profile } = &mut to {
        let code = opened.as_ref().err().map(|e| e.code);
        remember_password(&shell, profile, password.clone(), opened.is_ok(), code);
        profile.asks_password = profile.in_keychain || shell.kept.get(&profile.account()).is_some();
    }
    let desk = opened?;
    if let Destination::Server { profile } = &to
        && let Err(error) = super::profiles::keep(&shell, profile, password.as_ref()).await
    {
        shell.leave(false).await?;
        return logged("connect_open", Err(error));
    }
    // The desk is open; a list that cannot be written is no reason to close it.
    let _ = logged("connect_open", shell.profiles.remember(&to));
    logged("connect_open", action::session::session(&desk).await)
}

/// Closes the open database. Refused while automation runs here, unless it may be stopped.
#[tauri::command]
pub async fn connect_close(shell: State<'_, Shell>, stop_automation: bool) -> Result<()> {
    logged("connect_close", shell.leave(stop_automation).await)
}

/// What setting up this server's database, or without one the open database, would do. Writes nothing.
#[tauri::command]
pub async fn setup_plan(shell: State<'_, Shell>, profile: Option<Profile>) -> Result<SetupPlan> {
    let server = logged("setup_plan", to_set_up(&shell, profile.as_ref()).await)?;
    logged("setup_plan", setup::plan(&server.options).await)
}

/// Does it, telling of each step.
#[tauri::command]
pub async fn setup_apply<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    profile: Option<Profile>,
) -> Result<SetupPlan> {
    let server = logged("setup_apply", to_set_up(&shell, profile.as_ref()).await)?;
    if server.read_only {
        return logged("setup_apply", Err(connect::only_for_looking()));
    }
    let _one_at_a_time = shell.begin_setup()?;
    let tell = |progress| events::setup(&app, progress);
    let done = logged("setup_apply", setup::apply(&server.options, &tell, &shell.setup_cancelled).await)?;
    events::changed(&app, &[Topic::Schema]);
    Ok(done)
}

/// Stops a set-up before its next step; what is done stays done.
#[tauri::command]
pub async fn setup_cancel(shell: State<'_, Shell>) -> Result<()> {
    shell.setup_cancelled.store(true, Ordering::Release);
    Ok(())
}

/// Asks for a file with certificates. None: the dialog was closed.
#[tauri::command]
pub async fn choose_ca_file(shell: State<'_, Shell>) -> Result<Option<String>> {
    Ok(shell.dialog.choose_certificate().await.map(|path| path.to_string_lossy().into_owned()))
}

/// The password of the form; else the one that is known for this very account.
async fn server(shell: &Shell, profile: &Profile, password: Option<&Secret>, read_only: bool) -> Result<Server> {
    profile.check()?;
    let known = match password.filter(|given| !given.is_empty()) {
        Some(given) => Some(given.clone()),
        None => remembered::password(shell, profile).await?,
    };
    config::server(profile, known.as_ref(), read_only)
}

async fn to_set_up(shell: &Shell, profile: Option<&Profile>) -> Result<Server> {
    match profile {
        Some(profile) => server(shell, profile, None, false).await,
        None => shell.owner_of_open().await,
    }
}

fn remember_password(shell: &Shell, profile: &Profile, password: Option<Secret>, let_in: bool, problem: Option<Code>) {
    match password.filter(|given| !given.is_empty()) {
        Some(password) if let_in => shell.kept.keep(profile.account(), password),
        _ if problem == Some(Code::WrongPassword) => shell.kept.forget(&profile.account()),
        _ => {}
    }
}
