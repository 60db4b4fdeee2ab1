//! Take Lead and its reverse. One call each; what they promise is in migrations/queue_desk/functions/take.sql.

use uuid::Uuid;

use super::Desk;
use crate::{db::lead as db, error::Result, model::receipt::Receipt};

/// Takes the lead from every automation and gives it to the operator. `expected_owner` is whom the caller saw on the screen:
/// when somebody else has it by now, the receipt says `taken_by` with the winner's name and nothing changed.
pub async fn take(desk: &Desk, lead: Uuid, expected_owner: Option<Uuid>, reason: Option<&str>) -> Result<Receipt> {
    db::take(&mut desk.database.writer().await?, lead, desk.as_user, expected_owner, reason).await
}

/// Hands the lead back to the queue. Only its owner or an admin.
pub async fn release(desk: &Desk, lead: Uuid, reason: Option<&str>) -> Result<Receipt> {
    db::release(&mut desk.database.writer().await?, lead, desk.as_user, reason).await
}
