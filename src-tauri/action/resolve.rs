//! Resolve: a person settles what nobody knows.

use uuid::Uuid;

use super::Desk;
use crate::{db::message as db, error::Result, model::receipt::Receipt};

/// `outcome` is `sent` or `not_sent`. Not sent stays failed; only a retry sends it.
pub async fn resolve(desk: &Desk, ids: &[Uuid], outcome: &str, note: Option<&str>) -> Result<Receipt> {
    let result = db::resolve(&mut desk.database.writer().await?, ids, outcome, desk.as_user, note).await;
    super::at_field(result, "outcome")
}
