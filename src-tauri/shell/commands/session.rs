use tauri::{AppHandle, Runtime, State};

use super::logged;
use crate::{
    action,
    error::Result,
    model::{session::Session, topic::Topic},
    shell::{Shell, events},
};

/// Where the window is connected and as whom. The first call connects.
#[tauri::command]
pub async fn session(shell: State<'_, Shell>) -> Result<Session> {
    let desk = logged("session", shell.desk().await)?;
    logged("session", action::session::session(desk).await)
}

/// Sample databases: moves the clock to when the next message may go.
#[tauri::command]
pub async fn sample_jump<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Session> {
    let desk = shell.desk().await?;
    logged("sample_jump", action::session::move_sample_clock(desk, None).await)?;
    events::changed(&app, &[Topic::Messages, Topic::Automation]);
    action::session::session(desk).await
}
