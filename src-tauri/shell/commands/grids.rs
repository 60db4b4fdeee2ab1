use tauri::State;
use uuid::Uuid;

use super::logged;
use crate::{
    action::{grids, lead},
    error::Result,
    model::{
        job::{JobFilter, JobPage},
        lead::{LeadCounts, LeadFilter, LeadPage},
        lead_page::{EventKind, LeadDetail, LeadTimeline},
        page::{Counts, Filter, MessagePage},
    },
    shell::Shell,
};

/// A page of the messages grid; `after` is the `next` of the page before.
#[tauri::command]
pub async fn messages_page(
    shell: State<'_, Shell>,
    filter: Filter,
    after: Option<String>,
    limit: u32,
) -> Result<MessagePage> {
    logged("messages_page", grids::messages(&shell.desk().await?, &filter, after.as_deref(), limit).await)
}

/// The numbers of the sidebar.
#[tauri::command]
pub async fn message_counts(shell: State<'_, Shell>) -> Result<Counts> {
    logged("message_counts", grids::counts(&shell.desk().await?).await)
}

#[tauri::command]
pub async fn leads_page(
    shell: State<'_, Shell>,
    filter: LeadFilter,
    after: Option<String>,
    limit: u32,
) -> Result<LeadPage> {
    logged("leads_page", grids::leads(&shell.desk().await?, &filter, after.as_deref(), limit).await)
}

/// The total of the leads grid and the words of its status filter.
#[tauri::command]
pub async fn lead_counts(shell: State<'_, Shell>, filter: LeadFilter) -> Result<LeadCounts> {
    logged("lead_counts", grids::lead_counts(&shell.desk().await?, &filter).await)
}

#[tauri::command]
pub async fn jobs_page(
    shell: State<'_, Shell>,
    filter: JobFilter,
    after: Option<String>,
    limit: u32,
) -> Result<JobPage> {
    logged("jobs_page", grids::jobs(&shell.desk().await?, &filter, after.as_deref(), limit).await)
}

/// One lead: who has it, what is known, its score, its last receipt.
#[tauri::command]
pub async fn lead_get(shell: State<'_, Shell>, lead_id: Uuid) -> Result<LeadDetail> {
    logged("lead_get", lead::detail(&shell.desk().await?, lead_id).await)
}

/// What happened to a lead, newest first; `after` is the `next` of the page before.
#[tauri::command]
pub async fn lead_timeline(
    shell: State<'_, Shell>,
    lead_id: Uuid,
    kind: Option<EventKind>,
    after: Option<String>,
    limit: u32,
) -> Result<LeadTimeline> {
    logged("lead_timeline", lead::timeline(&shell.desk().await?, lead_id, kind, after.as_deref(), limit).await)
}
