//! Who did what, and whether the record of it is intact.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use serde::Serialize;
use uuid::Uuid;

use super::Desk;
use crate::{
    audit::heads,
    db::{Spare, ledger as db, receipt},
    error::{Code, Error, Result},
    model::{
        ledger::{LedgerProblem, LedgerRow, Tampering, Verification},
        ledger_page::{LedgerFilter, LedgerPage, LedgerState, ReceiptPage},
    },
};

/// Rows sealed in one transaction: a third of a second.
const BATCH: i32 = 10_000;
/// Seals recomputed in one call: half a second, after which who looks may stop.
const STEP: i32 = 20_000;
pub const MOST_ROWS: i64 = 10_000;
/// Rows that one page may hold.
const PAGE: u32 = 500;

/// How far a verification is, and how it is told to stop.
pub struct Watch<'a> {
    pub progress: &'a (dyn Fn(Progress) + Send + Sync),
    pub cancelled: &'a AtomicBool,
}

/// Seals looked at, of all there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub done: i64,
    pub total: i64,
}

/// A page of the ledger, newest first. `after` is the `next` of the page before.
pub async fn page(desk: &Desk, filter: &LedgerFilter, after: Option<&str>, limit: u32) -> Result<LedgerPage> {
    let not_ours = |_| Error::new(Code::BadInput, "The page to go on from is not one of ours.").field("after");
    let (after, limit) = (after.map(str::parse).transpose().map_err(not_ours)?, limit.clamp(1, PAGE));
    let rows = db::page(&mut desk.database.reader().await?, filter, after, i64::from(limit)).await?;
    let next = rows.last().filter(|_| rows.len() == limit as usize).map(|last| last.id.clone());
    Ok(LedgerPage { rows, next })
}

/// How far the ledger is sealed.
pub async fn state(desk: &Desk) -> Result<LedgerState> {
    db::state(&mut desk.database.reader().await?).await
}

/// A receipt with who, when, what it changed and what can still be undone. `not_found` for an id that is none.
pub async fn receipt(desk: &Desk, id: Uuid) -> Result<ReceiptPage> {
    let mut conn = desk.database.reader().await?;
    let Some(kept) = receipt::get(&mut conn, id).await? else {
        return Err(Error::new(Code::NotFound, "The ledger has no receipt with this id.")
            .hint("Is it of this database? An export by a login that may only look leaves none."));
    };
    Ok(ReceiptPage {
        receipt: kept.receipt.0,
        at: kept.at,
        login: kept.login,
        operator: kept.operator,
        by: kept.by,
        actor_kind: kept.actor_kind,
        reason: kept.reason,
        lead_id: kept.lead_id,
        lead_name: kept.lead_name,
        rows: kept.rows.0,
        seq: kept.seq,
        hash: kept.hash,
        undo_left: kept.undo_left,
        may_undo: kept.may_undo,
    })
}

/// The newest rows first, of one lead or one receipt if asked.
pub async fn show(desk: &Desk, lead: Option<Uuid>, receipt: Option<Uuid>, last: i64) -> Result<Vec<LedgerRow>> {
    db::show(&mut desk.database.reader().await?, lead, receipt, last.clamp(1, MOST_ROWS)).await
}

/// Seals what can be sealed; returns how many rows. Stops where somebody else is at it.
pub async fn seal(desk: &Desk) -> Result<i64> {
    let mut conn = desk.database.writer().await?;
    let mut sealed = 0;
    loop {
        let step = db::seal(&mut conn, BATCH).await?;
        sealed += i64::from(step.sealed);
        if step.busy || !step.more {
            return Ok(sealed);
        }
    }
}

/// Seals where this login may, recomputes the chain, and compares it with the end that this desk saw last, which `heads_file` keeps.
/// `cancelled` when told to stop: then nothing is known.
pub async fn verify(desk: &Desk, heads_file: &Path, watch: &Watch<'_>) -> Result<Verification> {
    let not_sealed = match seal(desk).await {
        Ok(_) => None,
        Err(e) if matches!(e.code, Code::ReadOnly | Code::NoPermission) => Some(e.message),
        Err(e) => return Err(e),
    };
    let mut conn = desk.database.spare().await?;
    let key = format!("{}/{}", place(desk), db::database(&mut conn).await?);
    let mut found = recompute(&mut conn, watch).await?;
    found.not_sealed = not_sealed;
    found.remembered = heads::remembered(heads_file, &key)?;
    if let Some(seen) = &found.remembered {
        let what = match db::hash_at(&mut conn, seen.seq).await? {
            None => Some(Tampering::Cut),
            Some(hash) if hash != seen.hash => Some(Tampering::Rewritten),
            Some(_) => None,
        };
        if let Some(what) = what {
            let seq = Some(seen.seq);
            found.report(LedgerProblem { seq, ledger_id: None, what });
        }
    }
    // What is not intact is not remembered: the alarm stays until somebody has looked.
    if found.is_intact()
        && let Some(head) = &found.head
    {
        heads::remember(heads_file, &key, head)?;
    }
    conn.close().await;
    Ok(found)
}

/// The chain and what stands beside it, at one moment, in steps.
async fn recompute(conn: &mut Spare, watch: &Watch<'_>) -> Result<Verification> {
    db::patience(conn).await?;
    db::begin(conn).await?;
    let total = db::last_seal(conn).await?;
    let (mut after, mut previous) = (0, Some(String::new()));
    let (mut count, mut problems) = (0, Vec::new());
    loop {
        (watch.progress)(Progress { done: after, total });
        if watch.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(Code::Cancelled, "The ledger was not verified to its end: nothing is known."));
        }
        let step = db::verify_seals(conn, after, previous.as_deref(), STEP).await?;
        count += step.problem_count;
        problems.extend(step.problems);
        (after, previous) = (step.last, step.previous);
        if step.checked < i64::from(STEP) {
            break;
        }
    }
    let mut found = db::verify_rest(conn).await?;
    (watch.progress)(Progress { done: total, total });
    found.add(count, problems);
    Ok(found)
}

/// The embedded server has another port at every start.
fn place(desk: &Desk) -> String {
    let options = desk.database.options();
    match desk.embedded {
        true => "embedded".to_owned(),
        false => format!("{}:{}", options.get_host(), options.get_port()),
    }
}
