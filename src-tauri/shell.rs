//! The window: the only module that names Tauri and rfd. Commands are thin; what they do is in `action` and `automation`.
//!
//! [`configure`] registers state and commands on any runtime, so the tests drive the very same commands through Tauri's IPC with
//! the mock runtime and the window runs them for real.

mod busy;
pub mod clipboard;
pub mod commands;
pub mod dialog;
pub mod events;
mod remembered;
pub mod state;

use std::time::Duration;

use tauri::{AppHandle, Builder, Context, Manager, RunEvent, Runtime};

pub use self::state::{Shell, Start};
use crate::{
    config::Wish,
    error::{Code, Error, Result},
    profile::Profiles,
    secrets::keychain::Keychain,
};

/// How long a person may take to unlock the keychain.
const KEYCHAIN_PATIENCE: Duration = Duration::from_secs(60);

/// Registers the state and every command.
pub fn configure<R: Runtime>(builder: Builder<R>, shell: Shell) -> Builder<R> {
    builder.manage(shell).invoke_handler(tauri::generate_handler![
        commands::connect::connections,
        commands::connect::profile_test,
        commands::profiles::profile_save,
        commands::profiles::profile_remove,
        commands::profiles::keychain_probe,
        commands::connect::connect_open,
        commands::connect::connect_close,
        commands::connect::setup_plan,
        commands::connect::setup_apply,
        commands::connect::setup_cancel,
        commands::connect::choose_ca_file,
        commands::session::session,
        commands::session::feed_status,
        commands::session::sample_jump,
        commands::support::diagnostics,
        commands::support::log_settings,
        commands::support::set_log_level,
        commands::schema::schema_check,
        commands::schema::schema_preview,
        commands::schema::schema_mend,
        commands::schema::schema_script,
        commands::schema::schema_save,
        commands::quarantine::quarantine_page,
        commands::quarantine::quarantine_restore,
        commands::quarantine::quarantine_keep,
        commands::grids::messages_page,
        commands::grids::message_counts,
        commands::grids::leads_page,
        commands::grids::lead_counts,
        commands::grids::jobs_page,
        commands::grids::lead_get,
        commands::grids::lead_timeline,
        commands::prepare::prepare_preview,
        commands::prepare::prepare_apply,
        commands::automation::automation_start,
        commands::automation::automation_stop,
        commands::automation::automation_status,
        commands::automation::stop_everything,
        commands::lead::take_lead,
        commands::lead::release_lead,
        commands::lead::undo,
        commands::lead::opt_out,
        commands::erase::erase_preview,
        commands::erase::erase_person,
        commands::messages::cancel_messages,
        commands::messages::retry_messages,
        commands::messages::reschedule_messages,
        commands::messages::set_priority,
        commands::messages::assign_messages,
        commands::messages::resolve_unknown,
        commands::messages::adopt_messages,
        commands::pauses::pauses,
        commands::pauses::pause,
        commands::pauses::resume,
        commands::operators::operators,
        commands::operators::operator_add,
        commands::operators::operator_deactivate,
        commands::logins::desks,
        commands::logins::login_script,
        commands::logins::login_create,
        commands::logins::login_save,
        commands::logins::login_closing,
        commands::logins::login_close,
        commands::export::export_queue,
        commands::export::export_cancel,
        commands::ledger::ledger_page,
        commands::ledger::ledger_state,
        commands::ledger::ledger_verify,
        commands::ledger::ledger_verify_cancel,
        commands::ledger::receipt_get,
    ])
}

/// tauri.conf.json, the capabilities and the built page.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// Opens the window and returns when it is closed. The database is reached while the window already shows: the one that was named,
/// else where this person was last, else the window asks.
pub fn run(wish: &Wish) -> Result<()> {
    let profiles = Profiles::from_env();
    let start = match &wish.profile {
        Some(name) => Start::Saved(Box::new(profiles.named(name)?)),
        None => wish.named()?.map_or(Start::Remembered, Start::At),
    };
    check_display()?;
    let shell = Shell::new(start, profiles, Box::new(dialog::Native::default()))
        .with_keychain(Keychain::of_this_computer(KEYCHAIN_PATIENCE));
    configure(Builder::default(), shell)
        .build(context())
        .map_err(|e| Error::new(Code::Internal, format!("The window could not be opened: {e}.")))?
        .run(|app, event| match event {
            RunEvent::Ready => exit_when_told(app.clone()),
            RunEvent::Exit => tauri::async_runtime::block_on(app.state::<Shell>().close()),
            _ => {}
        });
    Ok(())
}

/// A logout sends a signal and no close button: leave in order then too.
#[cfg(unix)]
fn exit_when_told<R: Runtime>(app: AppHandle<R>) {
    tauri::async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut term), Ok(mut int), Ok(mut hup)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()))
        {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
                _ = hup.recv() => {}
            }
            app.exit(0);
        }
    });
}

#[cfg(not(unix))]
fn exit_when_told<R: Runtime>(_app: AppHandle<R>) {}

/// Without a display GTK would panic; say it in words before.
fn check_display() -> Result<()> {
    let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !has("DISPLAY") && !has("WAYLAND_DISPLAY") {
        return Err(Error::new(Code::NoDisplay, "There is no display to open a window on.")
            .hint("Start it from a desktop session, or under `xvfb-run`; `queue-desk` works without a display."));
    }
    Ok(())
}
