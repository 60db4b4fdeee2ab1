use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use super::{done, logged};
use crate::{
    action::erase,
    error::Result,
    model::{erase::ErasePreview, receipt::Receipt, topic::Topic},
    shell::{Shell, events},
};

const TOPICS: &[Topic] = &[Topic::Messages, Topic::Jobs, Topic::Leads, Topic::Ledger];

/// What erasing the person behind a lead would do. Admins only, in their own name whomever they act for.
#[tauri::command]
pub async fn erase_preview(shell: State<'_, Shell>, lead_id: Uuid) -> Result<ErasePreview> {
    logged("erase_preview", erase::preview(&shell.desk().await?.in_own_name(), lead_id).await)
}

/// Erases the person, this lead and these `others` of the preview, for good. Admins only, in their own name whomever they act for.
#[tauri::command]
pub async fn erase_person<R: Runtime>(
    app: AppHandle<R>,
    shell: State<'_, Shell>,
    lead_id: Uuid,
    others: Vec<Uuid>,
) -> Result<Receipt> {
    let receipt = done("erase_person", erase::apply(&shell.desk().await?.in_own_name(), lead_id, &others).await)?;
    events::changed(&app, TOPICS);
    Ok(receipt)
}
