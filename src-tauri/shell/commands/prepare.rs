use chrono::NaiveDate;
use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use super::{done, logged};
use crate::{
    action,
    error::Result,
    model::{plan::Plan, receipt::Receipt, topic::Topic},
    shell::{Shell, events},
};

/// A plan for a day; none is the next working day. Writes nothing.
#[tauri::command]
pub async fn prepare_preview(shell: State<'_, Shell>, day: Option<NaiveDate>) -> Result<Plan> {
    let desk = shell.desk().await?;
    let plan = logged("prepare_preview", action::prepare::preview(&desk, day, None).await)?;
    shell.keep(&desk, plan.clone());
    Ok(plan)
}

/// Commits a plan that this window was shown.
#[tauri::command]
pub async fn prepare_apply<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    plan_id: Uuid,
    without_changed: bool,
) -> Result<Receipt> {
    let desk = shell.desk().await?;
    let plan = shell.plan(&desk, plan_id)?;
    let receipt = done("prepare_apply", action::prepare::apply(&desk, &plan, without_changed).await)?;
    events::changed(&app, &[Topic::Messages, Topic::Leads, Topic::Ledger]);
    Ok(receipt)
}
