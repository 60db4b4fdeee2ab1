//! What the window is told without asking.

use serde::Serialize;
use tauri::{AppHandle, Emitter, Runtime};

use crate::{
    action::{export::Progress, ledger},
    feed::News,
    model::{
        connection::{ProbeLine, SetupProgress},
        run::RunStatus,
        topic::Topic,
    },
};

#[derive(Debug, Clone, Serialize)]
struct Changed<'a> {
    topics: &'a [Topic],
}

/// What may be stale now; the visible range is fetched again.
pub fn changed<R: Runtime>(app: &AppHandle<R>, topics: &[Topic]) {
    emit(app, "desk://changed", Changed { topics });
}

/// What others did, and how it is heard.
pub fn news<R: Runtime>(app: &AppHandle<R>, news: &News) {
    match news {
        News::Changed(topics) => changed(app, topics),
        News::Status(status) => emit(app, "desk://feed", status),
        News::Settled(settled) => emit(app, "desk://settled", settled),
    }
}

pub fn run<R: Runtime>(app: &AppHandle<R>, status: &RunStatus) {
    emit(app, "desk://run", status);
}

pub fn export<R: Runtime>(app: &AppHandle<R>, progress: Progress) {
    emit(app, "desk://export", progress);
}

pub fn probe<R: Runtime>(app: &AppHandle<R>, line: &ProbeLine) {
    emit(app, "desk://probe", line);
}

pub fn setup<R: Runtime>(app: &AppHandle<R>, progress: SetupProgress) {
    emit(app, "desk://setup", progress);
}

pub fn verify<R: Runtime>(app: &AppHandle<R>, progress: ledger::Progress) {
    emit(app, "desk://verify", progress);
}

fn emit<R: Runtime>(app: &AppHandle<R>, event: &str, payload: impl Serialize + Clone) {
    if let Err(error) = app.emit(event, payload) {
        tracing::warn!(event, %error, "the window did not hear an event");
    }
}
