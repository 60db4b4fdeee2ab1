//! L3: the chain of the ledger, recomputed, and its end compared with what this desk saw last. A long ledger is read from its newest end;
//! `queue-desk ledger verify` reads it all.

use super::{Check, Memory, collect, unknown};
use crate::{
    audit::heads,
    db::check::Snapshot,
    error::Result,
    model::finding::{Finding, Level},
};

const L3: Check = ("L3", Level::Error, "The chain of the ledger is whole");
/// Seals to recompute: a third of a second.
const NEWEST: i64 = 10_000;

pub(super) async fn look(
    snapshot: &mut Snapshot<'_>,
    memory: Option<&Memory>,
    key: Option<&str>,
) -> Result<Vec<Finding>> {
    let seen = match memory.zip(key).map(|(memory, key)| heads::remembered(&memory.folder.join("heads.json"), key)) {
        Some(Err(error)) => return Ok(vec![unknown(&L3, "queue_desk.queue_ledger", &error.message)]),
        Some(Ok(seen)) => seen,
        None => None,
    };
    let answer = snapshot.chain(NEWEST, seen.as_ref().map(|head| (head.seq, head.hash.as_str()))).await?;
    let mut findings = Vec::new();
    collect(&mut findings, &[L3], answer);
    Ok(findings)
}
