use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

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

/// An admin acts for this operator from here on, until it is ended, another database is opened, the window is locked or closed. What
/// follows, does for that operator what it does; the ledger keeps both.
#[tauri::command]
pub async fn act_for(shell: State<'_, Shell>, user_id: Uuid) -> Result<Session> {
    let desk = logged("act_for", shell.act_for(user_id).await)?;
    logged("act_for", action::session::session(&desk).await)
}

/// As the login's own operator again.
#[tauri::command]
pub async fn act_for_myself(shell: State<'_, Shell>) -> Result<()> {
    shell.act_for_myself();
    Ok(())
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
