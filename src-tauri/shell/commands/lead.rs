use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use super::done;
use crate::{
    action,
    error::Result,
    model::{receipt::Receipt, topic::Topic},
    shell::{Shell, events},
};

/// Undo takes back pauses too.
const TOPICS: &[Topic] = &[Topic::Messages, Topic::Jobs, Topic::Leads, Topic::Automation, Topic::Ledger];

/// Takes a lead; `expected_owner` is whom the screen showed.
#[tauri::command]
pub async fn take_lead<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    lead_id: Uuid,
    expected_owner: Option<Uuid>,
) -> Result<Receipt> {
    let receipt = done("take_lead", action::take::take(&shell.desk().await?, lead_id, expected_owner, None).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

#[tauri::command]
pub async fn release_lead<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    lead_id: Uuid,
    reason: Option<String>,
) -> Result<Receipt> {
    let receipt = done("release_lead", action::take::release(&shell.desk().await?, lead_id, reason.as_deref()).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

#[tauri::command]
pub async fn undo<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>, receipt_id: Uuid) -> Result<Receipt> {
    let receipt = done("undo", action::undo::undo(&shell.desk().await?, receipt_id).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}

/// The person behind the lead's phone is not written to any more, under whatever lead.
#[tauri::command]
pub async fn opt_out<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    lead_id: Uuid,
    reason: Option<String>,
) -> Result<Receipt> {
    let receipt = done("opt_out", action::opt_out::opt_out(&shell.desk().await?, lead_id, reason.as_deref()).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}
