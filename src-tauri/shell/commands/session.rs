use tauri::{AppHandle, Runtime, State};

use super::logged;
use crate::{
    action,
    error::Result,
    model::{feed::FeedStatus, session::Session, topic::Topic},
    shell::{Shell, events},
};

/// Where the window is connected and as whom. The first call connects, and follows what others do from then on.
#[tauri::command]
pub async fn session<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Session> {
    let desk = logged("session", shell.desk().await)?;
    shell.follow(&app, &desk);
    logged("session", action::session::session(&desk).await)
}

/// How the window hears of changes: `desk://changed` tells what, `desk://feed` each change of this status.
#[tauri::command]
pub async fn feed_status<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<FeedStatus> {
    Ok(shell.feed_status(&app).await)
}

/// Sample databases: moves the clock to when the next message may go.
#[tauri::command]
pub async fn sample_jump<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Session> {
    let desk = shell.desk().await?;
    logged("sample_jump", action::session::move_sample_clock(&desk, None).await)?;
    events::changed(&app, &[Topic::Messages, Topic::Automation]);
    action::session::session(&desk).await
}
