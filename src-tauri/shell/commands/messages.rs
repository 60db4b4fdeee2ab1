use tauri::State;

use super::logged;
use crate::{
    action,
    error::Result,
    model::page::{Counts, Filter, MessagePage},
    shell::Shell,
};

/// A page of the grid; `after` is the `next` of the page before.
#[tauri::command]
pub async fn messages_page(
    shell: State<'_, Shell>,
    filter: Filter,
    after: Option<String>,
    limit: u32,
) -> Result<MessagePage> {
    logged("messages_page", action::messages::page(shell.desk().await?, &filter, after.as_deref(), limit).await)
}

/// The numbers of the sidebar.
#[tauri::command]
pub async fn message_counts(shell: State<'_, Shell>) -> Result<Counts> {
    logged("message_counts", action::messages::counts(shell.desk().await?).await)
}
