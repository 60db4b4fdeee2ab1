//! Rows that migrate took out of the CRM's tables: look at them, put them back, or decide that they stay.

use super::Desk;
use crate::{
    db::quarantine as db,
    error::Result,
    model::{quarantine::Quarantined, receipt::Receipt},
};

/// Newest first, those before the id `before`; at most 1,000.
pub async fn list(desk: &Desk, open_only: bool, before: Option<i64>, limit: i32) -> Result<Vec<Quarantined>> {
    db::list(&mut desk.database.reader().await?, open_only, before, limit).await
}

/// Puts these rows back, or all that can be. A row whose parent is still missing stays, and the receipt says so.
pub async fn restore(desk: &Desk, ids: Option<&[i64]>) -> Result<Receipt> {
    db::restore(&mut desk.database.writer().await?, ids).await
}

/// Decides that these rows stay where they are, or all that are open. Nothing is deleted.
pub async fn keep(desk: &Desk, ids: Option<&[i64]>) -> Result<Receipt> {
    db::keep(&mut desk.database.writer().await?, ids).await
}
