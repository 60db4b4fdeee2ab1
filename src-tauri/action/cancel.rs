//! Cancel and retry. What they promise is in migrations/queue_desk/functions/message.sql.

use uuid::Uuid;

use super::Desk;
use crate::{db::message as db, error::Result, model::receipt::Receipt};

/// Cancels what waits, claimed but not dispatched included; what is on the wire finishes and is counted.
pub async fn cancel(desk: &Desk, ids: &[Uuid], reason: Option<&str>) -> Result<Receipt> {
    db::cancel(&mut desk.database.writer().await?, ids, desk.as_user, reason).await
}

/// Queues failed or cancelled messages again, now or at the operator's next opening. Never one that was sent or whose outcome nobody
/// knows, and never beside another that waits for the same person.
pub async fn retry(desk: &Desk, ids: &[Uuid]) -> Result<Receipt> {
    db::retry(&mut desk.database.writer().await?, ids, desk.as_user).await
}
