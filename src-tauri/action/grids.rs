//! What the grids and the sidebar show. Reads only; pages are walked by the key of their last row, so that rows which come and go
//! meanwhile neither repeat nor vanish. Mine is whose the desk acts for; which rows there are is the login's to see, whomever it acts for.

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
    let (conn, most) = (&mut desk.database.reader().await?, i64::from(limit));
    let mut rows = match desk.database.is_plain(conn).await? {
        true => message::page_plain(conn, filter, after.as_ref(), most).await,
        false => message::page(conn, filter, after.as_ref(), most).await,
    }?;
    if let Some(user) = desk.as_user {
        rows.iter_mut().for_each(|placed| placed.row.owner_is_me = placed.row.owner_id == Some(user));
    }
    let next = rows
        .last()
        .filter(|_| is_full(rows.len(), limit))
        .map(|last| format!("{}|{}|{}", last.grp, last.at, last.row.id));
    Ok(MessagePage { rows: rows.into_iter().map(|placed| placed.row).collect(), next })
}

/// The numbers of the sidebar.
pub async fn counts(desk: &Desk) -> Result<Counts> {
    let conn = &mut desk.database.reader().await?;
    match desk.database.is_plain(conn).await? {
        true => message::counts_plain(conn).await,
        false => message::counts(conn).await,
    }
}

/// Leads, newest first.
pub async fn leads(desk: &Desk, filter: &LeadFilter, after: Option<&str>, limit: u32) -> Result<LeadPage> {
    let (after, limit) = (after.map(place).transpose()?, limit.clamp(1, MOST));
    let (conn, most) = (&mut desk.database.reader().await?, i64::from(limit));
    let mut rows = match desk.database.is_plain(conn).await? {
        true => lead::page_plain(conn, filter, after, most).await,
        false => lead::page(conn, filter, desk.as_user, after, most).await,
    }?;
    if let Some(user) = desk.as_user {
        rows.iter_mut().for_each(|placed| placed.row.owner_is_me = placed.row.owner_id == Some(user));
    }
    let next = rows.last().filter(|_| is_full(rows.len(), limit)).map(|last| format!("{}|{}", last.at, last.row.id));
    Ok(LeadPage { rows: rows.into_iter().map(|placed| placed.row).collect(), next })
}

/// How many leads a filter shows, and the status words that could narrow it.
pub async fn lead_counts(desk: &Desk, filter: &LeadFilter) -> Result<LeadCounts> {
    let conn = &mut desk.database.reader().await?;
    match desk.database.is_plain(conn).await? {
        true => lead::counts_plain(conn, filter).await,
        false => lead::counts(conn, filter, desk.as_user).await,
    }
}

/// Jobs, newest first.
pub async fn jobs(desk: &Desk, filter: &JobFilter, after: Option<&str>, limit: u32) -> Result<JobPage> {
    let (after, limit) = (after.map(place).transpose()?, limit.clamp(1, MOST));
    let (conn, most) = (&mut desk.database.reader().await?, i64::from(limit));
    let rows = match desk.database.is_plain(conn).await? {
        true => job::page_plain(conn, filter, after, most).await,
        false => job::page(conn, filter, after, most).await,
    }?;
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
