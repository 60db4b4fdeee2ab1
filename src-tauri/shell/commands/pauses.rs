use chrono::{DateTime, Utc};
use tauri::{AppHandle, Runtime, State};

use super::{done, logged};
use crate::{
    action,
    error::Result,
    model::{pause::PauseRow, receipt::Receipt, topic::Topic},
    shell::{Shell, events},
};

const TOPICS: &[Topic] = &[Topic::Messages, Topic::Automation, Topic::Ledger];

/// What is paused now.
#[tauri::command]
pub async fn pauses(shell: State<'_, Shell>) -> Result<Vec<PauseRow>> {
    logged("pauses", action::pause::pauses(&shell.desk().await?).await)
}

/// `scope` is all, operator, client, lead or template; no `until` is until somebody resumes.
#[tauri::command]
pub async fn pause<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    scope: String,
    subject: Option<String>,
    until: Option<DateTime<Utc>>,
    reason: Option<String>,
) -> Result<Receipt> {
    let desk = shell.desk().await?;
    let paused = action::pause::pause(&desk, &scope, subject.as_deref(), until, reason.as_deref()).await;
    let receipt = done("pause", paused)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

/// No scope is everybody's, a stop included.
#[tauri::command]
pub async fn resume<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    scope: Option<String>,
    subject: Option<String>,
) -> Result<Receipt> {
    let scope = scope.as_deref().unwrap_or("all");
    let receipt = done("resume", action::pause::resume(&shell.desk().await?, scope, subject.as_deref(), None).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}
