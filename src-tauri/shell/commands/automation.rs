use tauri::{AppHandle, Manager, Runtime, State};

use super::{done, logged};
use crate::{
    action,
    automation::{self, RunOptions, Until},
    error::Result,
    model::{receipt::Receipt, run::RunStatus, topic::Topic},
    sender::dry_run::DryRun,
    shell::{Shell, events},
};

/// Starts this window's automation with the dry-run sender and returns once the database has let it start. While the window acts for
/// another operator it sends that operator's messages, as `run --as` does, and goes on with them until it is stopped.
#[tauri::command]
pub async fn automation_start<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<RunStatus> {
    let desk = shell.desk().await?;
    let control = shell.begin_automation()?;
    let (running, handle) = (control.clone(), app.clone());
    let task = tauri::async_runtime::spawn(async move {
        let report = |status: RunStatus| {
            events::run(&handle, &status);
            events::changed(&handle, &[Topic::Messages, Topic::Automation, Topic::Ledger]);
        };
        automation::run(&desk, &DryRun, &RunOptions { until: Until::Stopped, batch: None }, &running, &report).await
    });
    if control.started().await {
        return Ok(control.status());
    }
    let refused = task
        .await
        .map_err(|e| crate::error::Error::new(crate::error::Code::Internal, format!("Automation broke off: {e}.")))?;
    logged("automation_start", refused).map(|_| control.status())
}

/// Stops after what is on the wire.
#[tauri::command]
pub async fn automation_stop(shell: State<'_, Shell>) -> Result<RunStatus> {
    let control = shell.automation();
    control.stop();
    Ok(control.status())
}

#[tauri::command]
pub async fn automation_status<R: Runtime>(app: AppHandle<R>) -> Result<RunStatus> {
    Ok(app.state::<Shell>().automation().status())
}

/// Pauses everybody's messages on every desk.
#[tauri::command]
pub async fn stop_everything<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Receipt> {
    let receipt = done("stop_everything", action::stop::stop_everything(&shell.desk().await?, None).await)?;
    shell.automation().stop();
    events::changed(&app, &[Topic::Messages, Topic::Automation, Topic::Ledger]);
    Ok(receipt)
}
