use tauri::State;

use super::logged;
use crate::{
    error::Result,
    model::lock::WindowLock,
    secrets::Secret,
    shell::{Shell, lock},
};

/// Whether the window is locked, and what opens it.
#[tauri::command]
pub async fn lock_state(shell: State<'_, Shell>) -> Result<WindowLock> {
    Ok(lock::state(&shell))
}

/// Covers the window: from now on it gets no lead, message or name. Automation goes on.
#[tauri::command]
pub async fn lock_window(shell: State<'_, Shell>) -> Result<WindowLock> {
    logged("lock_window", lock::lock(&shell))
}

/// Opens it again.
#[tauri::command]
pub async fn unlock_window(shell: State<'_, Shell>, password: Option<Secret>) -> Result<WindowLock> {
    logged("unlock_window", lock::unlock(&shell, password.as_ref()).await)
}

/// Null: it never locks itself.
#[tauri::command]
pub async fn set_lock_after(shell: State<'_, Shell>, minutes: Option<u32>) -> Result<WindowLock> {
    logged("set_lock_after", lock::set_after(&shell, minutes))
}
