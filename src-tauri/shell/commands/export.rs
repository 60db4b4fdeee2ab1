use std::sync::atomic::Ordering;

use chrono::Utc;
use tauri::{AppHandle, Runtime, State};

use super::done;
use crate::{
    action::export::{self, Watch},
    error::Result,
    model::{page::Filter, receipt::Receipt, topic::Topic},
    shell::{Shell, events},
    transfer::csv::Preset,
};

/// Asks where to, then exports what the filter shows. None: the dialog was cancelled, nothing was written.
#[tauri::command]
pub async fn export_queue<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    filter: Filter,
    preset: Preset,
) -> Result<Option<Receipt>> {
    let desk = shell.desk().await?;
    let _one_at_a_time = shell.begin_export()?;
    let name = format!("queue-{}.csv", Utc::now().format("%Y-%m-%d"));
    let Some(path) = shell.dialog.choose(&name).await else {
        return Ok(None);
    };
    let watch = Watch { progress: &|progress| events::export(&app, progress), cancelled: &shell.export_cancelled };
    let receipt = done("export_queue", export::to_file(&desk, &filter, preset, &path, &watch).await)?;
    events::changed(&app, &[Topic::Ledger]);
    Ok(Some(receipt))
}

/// Stops an export that is being written; its file does not appear.
#[tauri::command]
pub async fn export_cancel(shell: State<'_, Shell>) -> Result<()> {
    shell.export_cancelled.store(true, Ordering::Release);
    Ok(())
}
