//! When waiting messages go, and in which order.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Desk;
use crate::{db::message as db, error::Result, model::receipt::Receipt};

/// Another time, not in the past (`bad_input`); the gate still judges hours.
pub async fn reschedule(desk: &Desk, ids: &[Uuid], at: DateTime<Utc>) -> Result<Receipt> {
    let result = db::reschedule(&mut desk.database.writer().await?, ids, at, desk.as_user).await;
    super::at_field(result, "at")
}

/// 10 goes first, 1 last.
pub async fn set_priority(desk: &Desk, ids: &[Uuid], priority: i32) -> Result<Receipt> {
    let result = db::set_priority(&mut desk.database.writer().await?, ids, priority, desk.as_user).await;
    super::at_field(result, "priority")
}
