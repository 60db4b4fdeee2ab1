//! The rows that migrate took out of the CRM's tables. Only for admins: the database says so.

use tauri::{AppHandle, Runtime, State};

use super::{done, logged};
use crate::{
    action::quarantine,
    error::Result,
    model::{quarantine::Quarantined, receipt::Receipt, topic::Topic},
    shell::{Shell, events},
};

/// Those that come back may be messages, jobs or leads.
const TOPICS: &[Topic] = &[Topic::Schema, Topic::Messages, Topic::Jobs, Topic::Leads, Topic::Ledger];

/// Those that nobody decided about yet, newest first, before the id `before`; never what the rows say.
#[tauri::command]
pub async fn quarantine_page(shell: State<'_, Shell>, before: Option<i64>, limit: i32) -> Result<Vec<Quarantined>> {
    logged("quarantine_page", quarantine::list(&shell.desk().await?, true, before, limit).await)
}

/// Puts these back, or all that can be.
#[tauri::command]
pub async fn quarantine_restore<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Option<Vec<i64>>,
) -> Result<Receipt> {
    let restored = quarantine::restore(&shell.desk().await?, ids.as_deref()).await;
    let receipt = done("quarantine_restore", restored)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

/// Decides that these, or all that are open, stay out. Nothing is deleted.
#[tauri::command]
pub async fn quarantine_keep<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    ids: Option<Vec<i64>>,
) -> Result<Receipt> {
    let receipt = done("quarantine_keep", quarantine::keep(&shell.desk().await?, ids.as_deref()).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}
