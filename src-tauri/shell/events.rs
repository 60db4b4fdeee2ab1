//! What the window is told without asking.

use serde::Serialize;
use tauri::{AppHandle, Emitter, Runtime};

use crate::{
    action::{export::Progress, ledger},
    model::{run::RunStatus, topic::Topic},
};

#[derive(Debug, Clone, Serialize)]
struct Changed<'a> {
    topics: &'a [Topic],
}

/// What may be stale now; the visible range is fetched again.
pub fn changed<R: Runtime>(app: &AppHandle<R>, topics: &[Topic]) {
    emit(app, "desk://changed", Changed { topics });
}

pub fn run<R: Runtime>(app: &AppHandle<R>, status: &RunStatus) {
    emit(app, "desk://run", status);
}

pub fn export<R: Runtime>(app: &AppHandle<R>, progress: Progress) {
    emit(app, "desk://export", progress);
}

pub fn verify<R: Runtime>(app: &AppHandle<R>, progress: ledger::Progress) {
    emit(app, "desk://verify", progress);
}

fn emit<R: Runtime>(app: &AppHandle<R>, event: &str, payload: impl Serialize + Clone) {
    if let Err(error) = app.emit(event, payload) {
        tracing::warn!(event, %error, "the window did not hear an event");
    }
}
