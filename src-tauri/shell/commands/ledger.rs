use std::sync::atomic::Ordering;

use tauri::{AppHandle, Runtime, State};
use uuid::Uuid;

use super::logged;
use crate::{
    action::ledger::{self, Watch},
    error::Result,
    model::{
        ledger::Verification,
        ledger_page::{LedgerFilter, LedgerPage, LedgerState, ReceiptPage},
        topic::Topic,
    },
    shell::{Shell, events},
};

/// A page of the ledger, newest first; `after` is the `next` of the page before.
#[tauri::command]
pub async fn ledger_page(
    shell: State<'_, Shell>,
    filter: LedgerFilter,
    after: Option<String>,
    limit: u32,
) -> Result<LedgerPage> {
    logged("ledger_page", ledger::page(&shell.desk().await?, &filter, after.as_deref(), limit).await)
}

/// How far the ledger is sealed, and what it missed.
#[tauri::command]
pub async fn ledger_state(shell: State<'_, Shell>) -> Result<LedgerState> {
    logged("ledger_state", ledger::state(&shell.desk().await?).await)
}

/// Recomputes the chain and compares its end with the one that this desk saw last. Tells its progress as `desk://verify`.
#[tauri::command]
pub async fn ledger_verify<R: Runtime>(app: AppHandle<R>, shell: State<'_, Shell>) -> Result<Verification> {
    let desk = shell.desk().await?;
    let _one_at_a_time = shell.begin_verify()?;
    let watch = Watch { progress: &|progress| events::verify(&app, progress), cancelled: &shell.verify_cancelled };
    let heads = shell.folder()?.join("heads.json");
    let found = logged("ledger_verify", ledger::verify(&desk, &heads, &watch).await)?;
    events::changed(&app, &[Topic::Ledger]);
    Ok(found)
}

/// Stops a verification; nothing is known then.
#[tauri::command]
pub async fn ledger_verify_cancel(shell: State<'_, Shell>) -> Result<()> {
    shell.verify_cancelled.store(true, Ordering::Release);
    Ok(())
}

/// A receipt with who, when, what it changed and what can still be undone.
#[tauri::command]
pub async fn receipt_get(shell: State<'_, Shell>, receipt_id: Uuid) -> Result<ReceiptPage> {
    logged("receipt_get", ledger::receipt(&shell.desk().await?, receipt_id).await)
}
