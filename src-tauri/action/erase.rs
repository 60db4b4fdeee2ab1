//! Erase: a person asked to be forgotten. Names, phones and texts go for good; an opt-out by the hash of the phone stays, because only
//! that keeps the person from being written to again. Admins only; not undoable. The opt-out comes first, in a transaction of its own; then
//! lead by lead, each for good, because the CRM may answer each change of a lead slowly or not at all.

use serde_json::{Map, Value};
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
        preview.elsewhere.retain(|rows| rows.lead_id.is_none_or(|id| id == lead));
    }
    Ok(preview)
}

/// Erases this lead and those of the `others` of the preview that are named; another phone's is refused. Where it is cut short, the receipt is
/// the last that was written: nobody writes to the person any more, what is left to erase is counted, and a second time goes on.
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
    let begun = db::begin(&mut conn, lead, others, phone.as_ref().map(|phone| phone.as_str())).await?;
    drop(conn);
    let Some(goes_on) = begun.detail["goes_on"].as_str().and_then(|id| id.parse().ok()) else { return Ok(begun) };
    // The named one last, and only after all others: its phone finds them, should somebody have to go on.
    let others = others.iter().copied().filter(|other| *other != lead);
    let mut reasons = Map::new();
    for one in others.chain([lead]) {
        if let Err(error) = erase_one(desk, goes_on, one, one != lead || reasons.is_empty()).await {
            tracing::warn!(code = ?error.code, "a lead was not erased");
            reasons.insert(one.to_string(), serde_json::to_value(error.code).unwrap_or(Value::Null));
            if matches!(error.code, Code::NoConnection | Code::ConnectionLost | Code::CommitInDoubt) {
                break;
            }
        }
    }
    match end(desk, goes_on, reasons).await {
        Ok(receipt) => Ok(receipt),
        // What has begun is in the ledger, and more is not known.
        Err(error) => {
            tracing::warn!(code = ?error.code, "erasing was cut short");
            Ok(begun)
        }
    }
}

/// Two transactions: a CRM that holds up the lead does not hold up the texts.
async fn erase_one(desk: &Desk, goes_on: Uuid, lead: Uuid, whole: bool) -> Result<()> {
    db::texts(&mut desk.database.writer().await?, goes_on, lead).await?;
    match whole {
        true => db::lead(&mut desk.database.writer().await?, goes_on, lead).await,
        false => Ok(()),
    }
}

async fn end(desk: &Desk, goes_on: Uuid, reasons: Map<String, Value>) -> Result<Receipt> {
    db::end(&mut desk.database.writer().await?, goes_on, &Value::Object(reasons)).await
}

async fn phone(desk: &Desk, conn: &mut crate::db::Conn, id: Uuid) -> Result<Option<E164>> {
    let found = lead::phone(conn, id, desk.as_user).await?;
    Ok(found.and_then(|found| {
        let region = region(found.own_region.as_deref(), found.region.as_deref());
        normalise(found.phone.as_deref().unwrap_or_default(), region).ok()
    }))
}
