//! What the grid and the sidebar show. Reads only.

use super::Desk;
use crate::{
    db::message as db,
    error::{Code, Error, Result},
    model::page::{Counts, Filter, MessagePage},
};

/// Rows that one page may hold.
const MOST: u32 = 500;

/// A page in the default order: on the wire, then what goes next, then what happened last. `after` is the `next` of the page before.
pub async fn page(desk: &Desk, filter: &Filter, after: Option<&str>, limit: u32) -> Result<MessagePage> {
    filter.check()?;
    let after = after.map(parse).transpose()?;
    let limit = limit.clamp(1, MOST);
    let rows = db::page(&mut desk.database.reader().await?, filter, after, i64::from(limit)).await?;
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).map(|last| format!("{}|{}|{}", last.grp, last.key, last.row.id));
    Ok(MessagePage { rows: rows.into_iter().map(|placed| placed.row).collect(), next })
}

pub async fn counts(desk: &Desk) -> Result<Counts> {
    db::counts(&mut desk.database.reader().await?).await
}

fn parse(cursor: &str) -> Result<db::Cursor> {
    let mut parts = cursor.splitn(3, '|');
    let mut next = || parts.next().unwrap_or_default();
    match (next().parse(), next().parse(), next().parse()) {
        (Ok(grp), Ok(key), Ok(id)) => Ok(db::Cursor { grp, key, id }),
        _ => Err(Error::new(Code::BadInput, "The page to go on from is not one of ours.").field("after")),
    }
}
