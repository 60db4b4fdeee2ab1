//! Who did what, and whether the record of it is intact.

use std::path::Path;

use uuid::Uuid;

use super::Desk;
use crate::{
    audit::heads,
    db::ledger as db,
    error::{Code, Result},
    model::ledger::{LedgerProblem, LedgerRow, Tampering, Verification},
};

/// Rows sealed in one transaction: a third of a second.
const BATCH: i32 = 10_000;
pub const MOST_ROWS: i64 = 10_000;

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
pub async fn verify(desk: &Desk, heads_file: &Path) -> Result<Verification> {
    let not_sealed = match seal(desk).await {
        Ok(_) => None,
        Err(e) if matches!(e.code, Code::ReadOnly | Code::NoPermission) => Some(e.message),
        Err(e) => return Err(e),
    };
    let mut conn = desk.database.spare().await?;
    let key = format!("{}/{}", place(desk), db::database(&mut conn).await?);
    let mut found = db::verify(&mut conn).await?;
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
