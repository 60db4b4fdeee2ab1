//! One lead: its facts and its time. Reads only.

use uuid::Uuid;

use super::{Desk, ledger, prepare::settings_row};
use crate::{
    db::lead as db,
    error::{Code, Error, Result},
    model::{
        lead_page::{EventKind, LeadDetail, LeadTimeline},
        score::{self, ScoreInputs},
        settings::Settings,
    },
};

/// Events that one page may hold.
const MOST: u32 = 500;

/// Who has it, what is known, its score by this operator's weights, its last receipt. `not_found` also where the login may not see it.
pub async fn detail(desk: &Desk, id: Uuid) -> Result<LeadDetail> {
    let mut conn = desk.database.reader().await?;
    let known = match desk.database.is_plain(&mut conn).await? {
        true => db::get_plain(&mut conn, id).await?,
        false => db::get(&mut conn, id, desk.as_user).await?,
    };
    let Some(mut known) = known else { return Err(not_there()) };
    if let Some(user) = desk.as_user {
        known.row.owner_is_me = known.row.owner_id == Some(user);
    }
    // A desk has one reader.
    drop(conn);
    let inputs = ScoreInputs {
        status: Some(known.row.status.clone()),
        bant_status: known.bant_status.clone(),
        lead_metadata: known.lead_metadata,
        last_interaction: known.row.last_interaction,
    };
    let weights = Settings::read(&settings_row(known.settings)).weights;
    let last_receipt = match known.last_receipt {
        Some(receipt) => Some(ledger::receipt(desk, receipt).await?),
        None => None,
    };
    Ok(LeadDetail {
        score: score::parts(&inputs, &weights, known.now),
        lead: known.row,
        bant_status: known.bant_status,
        same_phone: known.same_phone,
        last_receipt,
    })
}

/// What happened to it, newest first. `after` is the `next` of the page before.
pub async fn timeline(
    desk: &Desk,
    id: Uuid,
    kind: Option<EventKind>,
    after: Option<&str>,
    limit: u32,
) -> Result<LeadTimeline> {
    let not_ours = || Error::new(Code::BadInput, "The page to go on from is not one of ours.").field("after");
    let after = after.map(|cursor| cursor.split_once('|').ok_or_else(not_ours)).transpose()?;
    let limit = limit.clamp(1, MOST);
    let kind = kind.map(EventKind::word);
    let (conn, most) = (&mut desk.database.reader().await?, i64::from(limit));
    let rows = match desk.database.is_plain(conn).await? {
        true => db::timeline_plain(conn, id, kind, after, most).await?,
        false => db::timeline(conn, id, kind, after, most).await?,
    };
    let last = rows.last().filter(|_| rows.len() == limit as usize);
    let next = last.map(|last| format!("{}|{}", last.place, last.row.id));
    Ok(LeadTimeline { rows: rows.into_iter().map(|placed| placed.row).collect(), next })
}

fn not_there() -> Error {
    Error::new(Code::NotFound, "There is no lead with this id that you may see.")
        .hint("It may have been deleted in the CRM, or belong to another client.")
}
