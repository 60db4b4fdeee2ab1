//! Adopt: rows that other programs queued become ours to send.

use uuid::Uuid;

use super::Desk;
use crate::{db::message as db, error::Result, model::receipt::Receipt};

/// Without ids: every waiting one of the operator's, at most 5,000.
pub async fn adopt(desk: &Desk, ids: Option<&[Uuid]>) -> Result<Receipt> {
    db::adopt(&mut desk.database.writer().await?, ids, desk.as_user).await
}
