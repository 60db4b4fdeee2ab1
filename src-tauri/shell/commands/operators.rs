use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use super::{done, logged};
use crate::{
    action::operator,
    error::Result,
    model::{operator::OperatorRow, receipt::Receipt, topic::Topic},
    shell::{Shell, events},
};

pub(super) const TOPICS: &[Topic] = &[Topic::Messages, Topic::Automation, Topic::Metrics, Topic::Ledger];

#[tauri::command]
pub async fn operators(shell: State<'_, Shell>) -> Result<Vec<OperatorRow>> {
    logged("operators", operator::operators(&shell.desk().await?).await)
}

/// Admins only.
#[tauri::command]
pub async fn operator_add<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    user_id: Uuid,
    name: String,
    login: Option<String>,
    admin: bool,
    runner: bool,
) -> Result<Receipt> {
    let desk = shell.desk().await?;
    let receipt = done("operator_add", operator::add(&desk, user_id, &name, login.as_deref(), admin, runner).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

/// Admins only.
#[tauri::command]
pub async fn operator_deactivate<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    user_id: Uuid,
) -> Result<Receipt> {
    let receipt = done("operator_deactivate", operator::deactivate(&shell.desk().await?, user_id).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}
