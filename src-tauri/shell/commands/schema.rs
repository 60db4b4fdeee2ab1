use tauri::State;

use super::logged;
use crate::{error::Result, model::finding::Report, shell::Shell};

/// What is wrong with the database, and what could not be told.
#[tauri::command]
pub async fn schema_check(shell: State<'_, Shell>) -> Result<Report> {
    logged("schema_check", shell.check().await)
}
