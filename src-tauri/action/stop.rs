//! Stop everything. For all desks of the database, not only this one.

use super::Desk;
use crate::{db::run as db, error::Result, model::receipt::Receipt};

/// Nobody's message is dispatched from here on; what is on the wire finishes and is counted in the receipt.
pub async fn stop_everything(desk: &Desk, reason: Option<&str>) -> Result<Receipt> {
    db::stop_everything(&mut desk.database.writer().await?, desk.as_user, reason).await
}
