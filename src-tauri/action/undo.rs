//! Undo: what can still be taken back of an action.

use uuid::Uuid;

use super::Desk;
use crate::{db::lead as db, error::Result, model::receipt::Receipt};

/// Puts back what is still as the action left it and may still be; the receipt counts what was too late. Only who did it, or an admin.
pub async fn undo(desk: &Desk, receipt: Uuid) -> Result<Receipt> {
    db::undo(&mut desk.database.writer().await?, receipt, desk.as_user).await
}
