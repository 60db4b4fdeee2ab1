use chrono::{DateTime, Utc};
use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use super::done;
use crate::{
    action,
    error::Result,
    model::{receipt::Receipt, topic::Topic},
    shell::{Shell, events},
};

fn changed<R: Runtime>(app: &AppHandle<R>) {
    events::changed(app, &[Topic::Messages, Topic::Leads, Topic::Ledger]);
}

#[tauri::command]
pub async fn cancel_messages<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Vec<Uuid>,
    reason: Option<String>,
) -> Result<Receipt> {
    let receipt = done("cancel_messages", action::cancel::cancel(&shell.desk().await?, &ids, reason.as_deref()).await)?;
    changed(&app);
    Ok(receipt)
}

#[tauri::command]
pub async fn retry_messages<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>, ids: Vec<Uuid>) -> Result<Receipt> {
    let receipt = done("retry_messages", action::cancel::retry(&shell.desk().await?, &ids).await)?;
    changed(&app);
    Ok(receipt)
}

#[tauri::command]
pub async fn reschedule_messages<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Vec<Uuid>,
    at: DateTime<Utc>,
) -> Result<Receipt> {
    let receipt = done("reschedule_messages", action::reschedule::reschedule(&shell.desk().await?, &ids, at).await)?;
    changed(&app);
    Ok(receipt)
}

/// 1 to 10; 10 goes first.
#[tauri::command]
pub async fn set_priority<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Vec<Uuid>,
    priority: i32,
) -> Result<Receipt> {
    let receipt = done("set_priority", action::reschedule::set_priority(&shell.desk().await?, &ids, priority).await)?;
    changed(&app);
    Ok(receipt)
}

/// `to` is an operator's user id.
#[tauri::command]
pub async fn assign_messages<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Vec<Uuid>,
    to: Uuid,
) -> Result<Receipt> {
    let receipt = done("assign_messages", action::assign::assign(&shell.desk().await?, &ids, to).await)?;
    changed(&app);
    Ok(receipt)
}

/// `outcome` is `sent` or `not_sent`.
#[tauri::command]
pub async fn resolve_unknown<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Vec<Uuid>,
    outcome: String,
    note: Option<String>,
) -> Result<Receipt> {
    let desk = shell.desk().await?;
    let receipt = done("resolve_unknown", action::resolve::resolve(&desk, &ids, &outcome, note.as_deref()).await)?;
    changed(&app);
    Ok(receipt)
}

/// No ids: every waiting message of the operator's that is not ours yet.
#[tauri::command]
pub async fn adopt_messages<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Option<Vec<Uuid>>,
) -> Result<Receipt> {
    let receipt = done("adopt_messages", action::adopt::adopt(&shell.desk().await?, ids.as_deref()).await)?;
    changed(&app);
    Ok(receipt)
}
