//! Assign: waiting messages to another operator.

use uuid::Uuid;

use super::Desk;
use crate::{db::message as db, error::Result, model::receipt::Receipt};

/// One's own, or anybody's for an admin, within the receiver's access and room on the message's day.
pub async fn assign(desk: &Desk, ids: &[Uuid], to: Uuid) -> Result<Receipt> {
    db::assign(&mut desk.database.writer().await?, ids, to, desk.as_user).await
}
