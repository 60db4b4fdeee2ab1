use tauri::{AppHandle, Runtime, State};

use super::logged;
use crate::{
    audit::{
        migrate::{self, Migration},
        report::{self, Format},
    },
    connect::setup,
    error::Result,
    model::{finding::Report, preview::Preview, topic::Topic},
    shell::{Shell, dialog::FileKind, events},
};

const ALL: &[Topic] = &[Topic::Schema, Topic::Messages, Topic::Jobs, Topic::Leads, Topic::Ledger];

/// What is wrong with the database, and what could not be told.
#[tauri::command]
pub async fn schema_check(shell: State<'_, Shell>) -> Result<Report> {
    logged("schema_check", shell.check().await)
}

/// The pending migration steps, and the sessions that would hold them up now. Writes nothing.
#[tauri::command]
pub async fn schema_preview(shell: State<'_, Shell>) -> Result<Preview> {
    logged("schema_preview", shell.preview().await)
}

/// Does what the preview said, telling of each step and batch; `setup_cancel` stops it between two of them.
#[tauri::command]
pub async fn schema_mend<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Migration> {
    let _one_at_a_time = shell.begin_setup()?;
    let server = logged("schema_mend", shell.owner_of_open().await)?;
    let tell = |progress| events::setup(&app, progress);
    let mended = logged("schema_mend", setup::mend(&server.options, &tell, &shell.setup_cancelled).await);
    // What was done before it was stopped is done.
    events::changed(&app, ALL);
    mended
}

/// Asks where to, then saves what is missing as one SQL script for the owner's editor; returns the file's name. None: the dialog was
/// cancelled, nothing was written.
#[tauri::command]
pub async fn schema_script(shell: State<'_, Shell>) -> Result<Option<String>> {
    let text = logged("schema_script", shell.script().await)?;
    let Some(path) = shell.dialog.choose_kind("queue-desk-migration.sql", FileKind::SCRIPT).await else {
        return Ok(None);
    };
    logged("schema_script", migrate::save_script(&text, &path))?;
    Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
}

/// Asks where to, then saves the last report; returns the file's name. None: the dialog was cancelled, nothing was written.
#[tauri::command]
pub async fn schema_save(shell: State<'_, Shell>, format: Format) -> Result<Option<String>> {
    let found = shell.report()?;
    let name = format!("schema-{}.{}", found.at.format("%Y-%m-%d-%H%M"), format.extension());
    let Some(path) = shell.dialog.choose_kind(&name, FileKind::of_report(format.extension())).await else {
        return Ok(None);
    };
    logged("schema_save", report::save(&found, format, &path))?;
    Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
}
