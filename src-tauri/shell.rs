//! The window: the only module that names Tauri and rfd. Commands are thin; what they do is in `action` and `automation`.
//!
//! [`configure`] registers state and commands on any runtime, so the tests drive the very same commands through Tauri's IPC with
//! the mock runtime and the window runs them for real.

mod busy;
pub mod clipboard;
pub mod commands;
pub mod dialog;
pub mod events;
pub mod lock;
mod remembered;
pub mod single;
pub mod state;

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tauri::{
    AppHandle, Builder, Context, Manager, RunEvent, Runtime, WebviewWindowBuilder, Wry, ipc::Invoke,
    webview::NewWindowResponse,
};

pub use self::state::{Shell, Start};
use crate::{
    config::Wish,
    connect,
    error::{Code, Error, Result},
    profile::Profiles,
    secrets::keychain::Keychain,
};

/// How long a person may take to unlock the keychain.
const KEYCHAIN_PATIENCE: Duration = Duration::from_secs(60);

/// Registers the state and every command. While the window is locked only a few of them answer.
pub fn configure<R: Runtime>(builder: Builder<R>, shell: Shell) -> Builder<R> {
    let commands: Box<dyn Fn(Invoke<R>) -> bool + Send + Sync> = Box::new(tauri::generate_handler![
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
        commands::session::act_for,
        commands::session::act_for_myself,
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
        commands::logins::login_renewal,
        commands::logins::login_renew,
        commands::logins::login_renew_save,
        commands::export::export_queue,
        commands::export::export_cancel,
        commands::metrics::metrics,
        commands::metrics::metrics_save,
        commands::ledger::ledger_page,
        commands::ledger::ledger_state,
        commands::ledger::ledger_verify,
        commands::ledger::ledger_verify_cancel,
        commands::ledger::receipt_get,
        commands::lock::lock_state,
        commands::lock::lock_window,
        commands::lock::unlock_window,
        commands::lock::set_lock_after,
    ]);
    builder.manage(shell).invoke_handler(move |invoke| {
        match invoke.message.webview_ref().state::<Shell>().lock.refuses(invoke.message.command()) {
            Some(error) => {
                invoke.resolver.reject(error);
                true
            }
            None => commands(invoke),
        }
    })
}

/// tauri.conf.json, the capabilities and the built page.
pub fn context<R: Runtime>() -> Context<R> {
    let mut context = tauri::generate_context!();
    // The menu on top of the screen. Elsewhere the name is a folder's and a package's, and has no space.
    if cfg!(target_os = "macos") {
        context.package_info_mut().name = "Queue Desk".into();
    }
    context
}

/// Opens the window and returns when it is closed. The database is reached while the window already shows: the one that was named,
/// else where this person was last, else the window asks. Where this folder has a window already, that one comes to the front instead.
pub fn run(wish: &Wish) -> Result<()> {
    let profiles = Profiles::from_env();
    let start = match &wish.profile {
        Some(name) => Start::Saved(Box::new(profiles.named(name)?)),
        None => wish.named()?.map_or(Start::Remembered, Start::At),
    };
    check_display()?;
    let door = Arc::new(Door::default());
    if let Some(said) = door.enter() {
        println!("{said}");
        return Ok(());
    }
    let shell = Shell::new(start, profiles, Box::new(dialog::Native::default()))
        .with_keychain(Keychain::of_this_computer(KEYCHAIN_PATIENCE));
    configure(Builder::default(), shell)
        .setup(|app| {
            // Given back, Tauri would panic with it, where nobody reads that.
            if let Err(error) = open_window(app.handle()) {
                let error = not_opened(&error);
                eprintln!("{error}");
                dialog::say(&error);
                std::process::exit(2);
            }
            Ok(())
        })
        .build(context())
        .map_err(|error| not_opened(&error))?
        .run(move |app, event| match event {
            RunEvent::Ready => {
                let _ = door.app.set(app.clone());
                exit_when_told(app.clone());
            }
            RunEvent::Exit => {
                door.leaving.store(true, Ordering::Release);
                tauri::async_runtime::block_on(app.state::<Shell>().close());
            }
            _ => {}
        });
    Ok(())
}

fn not_opened(error: &tauri::Error) -> Error {
    let error = Error::new(Code::Internal, format!("The window could not be opened: {error}."));
    match cfg!(windows) {
        true => {
            error.hint("It needs WebView2, a part of Windows: repair or install it (Microsoft Edge WebView2 Runtime).")
        }
        false => error,
    }
}

/// The window of tauri.conf.json. It shows our own page and nothing else: it goes nowhere, and opens no other.
fn open_window(app: &AppHandle) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        WebviewWindowBuilder::from_config(app, config)?
            .on_navigation(is_our_page)
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .build()?;
    }
    Ok(())
}

/// `tauri://localhost`; on Windows and Android a page has no scheme of its own.
fn is_our_page(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Where a second start of this folder's window knocks.
#[derive(Default)]
struct Door {
    app: OnceLock<AppHandle<Wry>>,
    leaving: AtomicBool,
}

impl Door {
    /// What to say where there is a window already; none: this is the first. A folder that cannot hold a lock opens all the same: the
    /// window says what is wrong with it.
    fn enter(self: &Arc<Self>) -> Option<String> {
        let folder = connect::folder().inspect_err(|error| tracing::warn!(code = ?error.code, "no folder")).ok()?;
        let there = format!("Queue Desk is open already on {}", folder.display());
        match single::turn(&folder) {
            Ok(single::Turn::First(first)) => {
                let door = self.clone();
                first.answer(move || door.raise());
                None
            }
            Ok(single::Turn::Raised) => Some(format!("{there}: its window was brought to the front.")),
            Ok(single::Turn::Open) => Some(format!("{there}, and does not answer: look for its window.")),
            Err(error) => {
                tracing::warn!(%error, "whether this folder has a window already is not known");
                None
            }
        }
    }

    /// One that is still opening comes to the front by itself.
    fn raise(&self) -> bool {
        let leaving = self.leaving.load(Ordering::Acquire);
        if let Some(window) = self.app.get().filter(|_| !leaving).and_then(|app| app.get_webview_window("main")) {
            let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        }
        !leaving
    }
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

/// Windows tells the window itself, and the window's end is the same there.
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
