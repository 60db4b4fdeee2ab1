use tauri::State;

use super::logged;
use crate::{
    action::metrics as action,
    error::Result,
    model::metrics::{Metrics, MetricsFilter},
    shell::{Shell, dialog::FileKind},
};

/// The figures of a range of days.
#[tauri::command]
pub async fn metrics(shell: State<'_, Shell>, filter: MetricsFilter) -> Result<Metrics> {
    logged("metrics", action::figures(&shell.desk().await?, &filter).await)
}

/// Asks where to, then saves the figures as CSV; returns the file's name. None: the dialog was cancelled, nothing was written.
#[tauri::command]
pub async fn metrics_save(shell: State<'_, Shell>, filter: MetricsFilter) -> Result<Option<String>> {
    let desk = shell.desk().await?;
    let figures = logged("metrics_save", action::figures(&desk, &filter).await)?;
    let name = format!("figures-{}-to-{}.csv", figures.from, figures.to);
    let Some(path) = shell.dialog.choose_kind(&name, FileKind::FIGURES).await else {
        return Ok(None);
    };
    logged("metrics_save", action::save(&figures, &path))?;
    Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
}
