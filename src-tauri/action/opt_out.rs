//! Opt out: a person is not written to any more, under whatever lead.

use uuid::Uuid;

use super::Desk;
use crate::{
    db::lead as db,
    error::Result,
    model::{
        phone::{normalise, region},
        receipt::Receipt,
    },
};

/// Holds for every dispatch that is not over when it returns; cancels what waits for the person. A lead without a valid phone is opted
/// out by itself alone.
pub async fn opt_out(desk: &Desk, lead: Uuid, reason: Option<&str>) -> Result<Receipt> {
    let mut conn = desk.database.writer().await?;
    let found = db::phone(&mut conn, lead, desk.as_user).await?;
    let phone = found.and_then(|found| {
        let region = region(found.own_region.as_deref(), found.region.as_deref());
        normalise(found.phone.as_deref().unwrap_or_default(), region).ok()
    });
    db::opt_out(&mut conn, lead, phone.as_ref().map(|phone| phone.as_str()), desk.as_user, reason).await
}
