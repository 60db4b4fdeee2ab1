//! What the grids and the sidebar show. Reads only; pages are walked by the key of their last row, so that rows which come and go
//! meanwhile neither repeat nor vanish.

use uuid::Uuid;

use super::Desk;
use crate::{
    db::{job, lead, message},
    error::{Code, Error, Result},
    model::{
        job::{JobFilter, JobPage},
        lead::{LeadCounts, LeadFilter, LeadPage},
        page::{Counts, Filter, MessagePage},
    },
};

/// Rows that one page may hold.
const MOST: u32 = 500;

/// Messages: on the wire, then what goes next, then what happened last. `after` is the `next` of the page before.
pub async fn messages(desk: &Desk, filter: &Filter, after: Option<&str>, limit: u32) -> Result<MessagePage> {
    filter.check()?;
    let after = match after.map(|cursor| cursor.split_once('|')) {
        None => None,
        Some(Some((grp, rest))) => {
            let (at, id) = place(rest)?;
            Some(message::Cursor { grp: grp.parse().map_err(|_| not_ours())?, at: at.to_owned(), id })
        }
        Some(None) => return Err(not_ours()),
    };
    let limit = limit.clamp(1, MOST);
    let rows = message::page(&mut desk.database.reader().await?, filter, after, i64::from(limit)).await?;
    let next = rows
        .last()
        .filter(|_| is_full(rows.len(), limit))
        .map(|last| format!("{}|{}|{}", last.grp, last.at, last.row.id));
    Ok(MessagePage { rows: rows.into_iter().map(|placed| placed.row).collect(), next })
}

/// The numbers of the sidebar.
pub async fn counts(desk: &Desk) -> Result<Counts> {
    message::counts(&mut desk.database.reader().await?).await
}

/// Leads, newest first.
pub async fn leads(desk: &Desk, filter: &LeadFilter, after: Option<&str>, limit: u32) -> Result<LeadPage> {
    let (after, limit) = (after.map(place).transpose()?, limit.clamp(1, MOST));
    let rows = lead::page(&mut desk.database.reader().await?, filter, after, i64::from(limit)).await?;
    let next = rows.last().filter(|_| is_full(rows.len(), limit)).map(|last| format!("{}|{}", last.at, last.row.id));
    Ok(LeadPage { rows: rows.into_iter().map(|placed| placed.row).collect(), next })
}

/// How many leads a filter shows, and the status words that could narrow it.
pub async fn lead_counts(desk: &Desk, filter: &LeadFilter) -> Result<LeadCounts> {
    lead::counts(&mut desk.database.reader().await?, filter).await
}

/// Jobs, newest first.
pub async fn jobs(desk: &Desk, filter: &JobFilter, after: Option<&str>, limit: u32) -> Result<JobPage> {
    let (after, limit) = (after.map(place).transpose()?, limit.clamp(1, MOST));
    let rows = job::page(&mut desk.database.reader().await?, filter, after, i64::from(limit)).await?;
    let last = rows.last().filter(|_| is_full(rows.len(), limit));
    let next = last.map(|last| format!("{}|{}", last.at.as_deref().unwrap_or("epoch"), last.row.id));
    Ok(JobPage { rows: rows.into_iter().map(|placed| placed.row).collect(), next })
}

/// `time|id`; whether the time is one is the database's to judge.
fn place(cursor: &str) -> Result<(&str, Uuid)> {
    let (at, id) = cursor.split_once('|').ok_or_else(not_ours)?;
    Ok((at, id.parse().map_err(|_| not_ours())?))
}

fn not_ours() -> Error {
    Error::new(Code::BadInput, "The page to go on from is not one of ours.").field("after")
}

fn is_full(rows: usize, limit: u32) -> bool {
    rows == limit as usize
}
