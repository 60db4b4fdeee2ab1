//! Undo: what can still be taken back of a prepare or a take.

use uuid::Uuid;

use super::Desk;
use crate::{db::lead as db, error::Result, model::receipt::Receipt};

/// Cancels what was not dispatched yet, with reason `undone`; never deletes. The receipt counts what was too late.
pub async fn undo(desk: &Desk, receipt: Uuid) -> Result<Receipt> {
    db::undo(&mut desk.database.writer().await?, receipt, desk.as_user).await
}
