use tauri::State;

use super::logged;
use crate::{
    audit::report::{self, Format},
    error::Result,
    model::{finding::Report, preview::Preview},
    shell::{Shell, dialog::FileKind},
};

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
