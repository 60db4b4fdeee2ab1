//! Erase: a person asked to be forgotten. Names, phones and texts go for good; an opt-out by the hash of the phone stays, because only
//! that keeps the person from being written to again. Admins only; not undoable.

use uuid::Uuid;

use super::Desk;
use crate::{
    db::{erase as db, lead},
    error::{Code, Error, Result},
    model::{
        erase::ErasePreview,
        phone::{E164, normalise, region},
        receipt::Receipt,
    },
};

/// Reads, and writes nothing.
pub async fn preview(desk: &Desk, lead: Uuid) -> Result<ErasePreview> {
    let mut conn = desk.database.reader().await?;
    let mut preview = db::preview(&mut conn, lead).await?;
    let has_phone = phone(desk, &mut conn, lead).await?.is_some();
    preview.by_phone |= has_phone;
    if !has_phone {
        // Only a valid phone is a person: placeholders stand at many leads.
        preview.leads.retain(|one| one.named);
    }
    Ok(preview)
}

/// Erases this lead and those of the `others` of the preview that are named; another phone's is refused.
///
/// # Errors
/// `NoPermission` for all but an admin of the database itself, who acts for nobody else.
pub async fn apply(desk: &Desk, lead: Uuid, others: &[Uuid]) -> Result<Receipt> {
    if desk.as_user.is_some() {
        return Err(Error::new(Code::NoPermission, "An admin erases in his own name. Nothing was changed.")
            .hint("Leave out for whom to act."));
    }
    let mut conn = desk.database.writer().await?;
    let phone = phone(desk, &mut conn, lead).await?;
    if phone.is_none() && others.iter().any(|other| *other != lead) {
        return Err(Error::new(
            Code::BadInput,
            "This lead has no valid phone, so no other lead is known to be the same person. Nothing was changed.",
        )
        .field("others")
        .hint("Erase it alone."));
    }
    db::apply(&mut conn, lead, others, phone.as_ref().map(|phone| phone.as_str())).await
}

async fn phone(desk: &Desk, conn: &mut crate::db::Conn, id: Uuid) -> Result<Option<E164>> {
    let found = lead::phone(conn, id, desk.as_user).await?;
    Ok(found.and_then(|found| {
        let region = region(found.own_region.as_deref(), found.region.as_deref());
        normalise(found.phone.as_deref().unwrap_or_default(), region).ok()
    }))
}
