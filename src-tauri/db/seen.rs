//! What this desk saw of a database, so that it notices when the database goes back to an earlier state: the primary died before its copy
//! had heard everything, or a backup was put back. Rows of the ledger that were seen are looked for again after a connection broke. What
//! went out from here and is not known any more is put back as proof and everything is stopped, before this desk acts again: nobody is
//! messaged twice because a database forgot.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::Utc;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Conn, Database, run::Settled};
use crate::{
    error::{Code, Error, Result},
    model::{feed::Loss, receipt::Receipt},
    sql,
    transfer::file::Draft,
};

/// Rows of the ledger and dispatches that are remembered, the newest: a copy that lags behind lacks the end.
const ROWS: usize = 200;
const SENT: usize = 500;
/// While messages go out, the file is written at most this often.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// A row of the ledger. Its number alone says nothing: after a failover it is given again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeenRow {
    pub id: i64,
    /// As the server writes it, to the microsecond.
    #[serde(default)]
    pub at: Option<String>,
    #[serde(default)]
    pub receipt: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Kept {
    /// Which ledger it was; one that was removed and made anew is another.
    ledger: String,
    rows: BTreeMap<i64, SeenRow>,
    /// Proof of dispatches, in the database's own words, with what became of them.
    sent: Vec<Value>,
}

/// The memory of one desk; with a file, of this computer.
#[derive(Default)]
pub(super) struct Seen {
    kept: Mutex<Kept>,
    file: Mutex<Option<PathBuf>>,
    written: Mutex<Option<Instant>>,
    changed: AtomicBool,
    /// A connection came about anew: what was seen is looked for before the next act.
    to_compare: AtomicBool,
    loss: Mutex<Option<Loss>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seen {
    pub(super) fn reopened(&self) {
        self.to_compare.store(true, Ordering::Release);
    }

    pub(super) fn receipt(&self, receipt: &Receipt) {
        let Some(id) = receipt.ledger_id.as_deref().and_then(|id| id.parse().ok()) else { return };
        let receipt = receipt.receipt_id.to_string();
        self.rows(None, [SeenRow { id, at: None, receipt: Some(receipt) }]);
    }

    fn rows(&self, ledger: Option<&str>, rows: impl IntoIterator<Item = SeenRow>) {
        let mut kept = lock(&self.kept);
        if let Some(ledger) = ledger
            && kept.ledger != ledger
        {
            // Until it was compared, what is known of the old one stays.
            if self.to_compare.load(Ordering::Acquire) && !kept.ledger.is_empty() {
                return;
            }
            kept.ledger = ledger.to_owned();
        }
        for row in rows {
            let known = kept.rows.entry(row.id).or_insert_with(|| row.clone());
            known.at = known.at.take().or(row.at);
        }
        while kept.rows.len() > ROWS {
            kept.rows.pop_first();
        }
        self.changed.store(true, Ordering::Release);
    }

    /// Writes the file, if something is new. What cannot be written is known for this run only.
    fn write(&self, at_once: bool) {
        let Some(file) = lock(&self.file).clone() else { return };
        let mut written = lock(&self.written);
        if !at_once && written.is_some_and(|at| at.elapsed() < WRITE_EVERY)
            || !self.changed.swap(false, Ordering::AcqRel)
        {
            return;
        }
        *written = Some(Instant::now());
        let kept = lock(&self.kept).clone();
        let done = Draft::create(&file).and_then(|mut draft| {
            serde_json::to_writer(&mut draft, &kept).map_err(|e| draft.failed(&e.into()))?;
            draft.finish()
        });
        if let Err(error) = done {
            tracing::warn!(%error, "what was seen of the database is remembered for this run only");
        }
    }

    fn settle(&self, settled: &[Settled]) {
        let mut kept = lock(&self.kept);
        for one in settled {
            let of = |proof: &&mut Value| {
                proof["message_id"] == one.message_id.to_string() && proof["attempt"] == one.attempt
            };
            if let Some(proof) = kept.sent.iter_mut().rev().find(of) {
                proof["outcome"] = serde_json::to_value(one.outcome).unwrap_or_default();
                proof["provider_message_id"] = one.provider_message_id.clone().into();
            }
        }
        drop(kept);
        self.changed.store(true, Ordering::Release);
    }
}

#[derive(FromRow)]
struct Lost {
    standby: bool,
    ledger: String,
    rows: Vec<i64>,
    sent: Json<Vec<Value>>,
}

impl Database {
    /// Remembers in this folder what is seen of this database, and what earlier runs of this computer saw: `of` names it there.
    pub fn remember_in(&self, folder: &Path, of: &str) {
        let word: String = of.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let file = folder.join(format!("seen-{word}.json"));
        if let Some(before) = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok()) {
            *lock(&self.seen.kept) = before;
            self.seen.reopened();
        }
        *lock(&self.seen.file) = Some(file);
    }

    /// What was found to be gone, the last time that it was looked for.
    pub fn loss(&self) -> Option<Loss> {
        lock(&self.seen.loss).clone()
    }

    /// Looks for what was seen, where a connection came about anew since the last time.
    pub async fn compare(&self) -> Result<()> {
        if self.seen.to_compare.load(Ordering::Acquire) {
            match self.is_read_only() {
                true => self.reader().await?.compare().await?,
                // Whoever gets it compares.
                false => drop(self.writer().await?),
            }
        }
        Ok(())
    }

    pub(crate) fn saw(&self, ledger: &str, rows: Vec<SeenRow>) {
        if !rows.is_empty() {
            self.seen.rows(Some(ledger), rows);
            self.seen.write(false);
        }
    }

    /// Keeps the proof of a dispatch.
    pub fn sends(&self, proof: Value) {
        let mut kept = lock(&self.seen.kept);
        if kept.sent.len() >= SENT {
            kept.sent.drain(..SENT / 10);
        }
        kept.sent.push(proof);
        drop(kept);
        self.seen.changed.store(true, Ordering::Release);
        self.seen.write(false);
    }

    /// Keeps what became of dispatches, before the database hears it.
    pub fn heard_back(&self, settled: &[Settled]) {
        self.seen.settle(settled);
        self.seen.write(false);
    }

    /// What is known now is in the file.
    pub fn keep_seen(&self) {
        self.seen.write(true);
    }
}

impl Conn {
    /// Before anything is done on a connection that came about anew. Where something is gone, its proof is put back and everything is
    /// stopped; where this login may not, it is only told.
    ///
    /// # Errors
    /// Those of asking; it is asked again before the next act.
    pub(super) async fn compare(&mut self) -> Result<()> {
        let seen = self.held.seen.clone();
        if !seen.to_compare.load(Ordering::Acquire) {
            return Ok(());
        }
        let kept = lock(&seen.kept).clone();
        if kept.ledger.is_empty() && kept.rows.is_empty() && kept.sent.is_empty() {
            seen.to_compare.store(false, Ordering::Release);
            return Ok(());
        }
        let asked = serde_json::json!({ "rows": kept.rows.values().collect::<Vec<_>>(), "sent": kept.sent });
        let lost: Lost = match self.row(sqlx::query_as(sql!("ledger/lost")).bind(asked)).await {
            Ok(lost) => lost,
            // No ledger for this login: nothing to compare with.
            Err(e) if matches!(e.code, Code::NotMigrated | Code::NoPermission) => {
                seen.to_compare.store(false, Ordering::Release);
                return Ok(());
            }
            // It only reads: nothing is in doubt.
            Err(e) if e.code == Code::CommitInDoubt => {
                return Err(Error::new(
                    Code::ConnectionLost,
                    "The connection was lost before it was asked. Nothing was done.",
                )
                .hint("Do it again."));
            }
            Err(e) => return Err(e),
        };
        // A copy that lags behind says nothing.
        if lost.standby {
            return Ok(());
        }
        if !kept.ledger.is_empty() && lost.ledger != kept.ledger {
            *lock(&seen.kept) = Kept { ledger: lost.ledger, ..Kept::default() };
        } else if !lost.rows.is_empty() || !lost.sent.0.is_empty() {
            self.tell_loss(&seen, &kept, lost).await?;
        }
        seen.changed.store(true, Ordering::Release);
        seen.to_compare.store(false, Ordering::Release);
        seen.write(true);
        Ok(())
    }

    async fn tell_loss(&mut self, seen: &Seen, kept: &Kept, lost: Lost) -> Result<()> {
        let (rows, sent) = (i32::try_from(lost.rows.len()).unwrap_or(i32::MAX), lost.sent.0);
        let all = kept.rows.keys().all(|id| lost.rows.contains(id));
        let told = match self.held.read_only {
            true => None,
            false => {
                let stop = sqlx::query_scalar(sql!("run/stop_after_loss")).bind(rows).bind(Json(&sent));
                match self.receipt("stop", stop).await {
                    Ok(receipt) => Some(receipt),
                    Err(e) if is_refusal(&e) => None,
                    Err(e) => return Err(e),
                }
            }
        };
        let loss = Loss {
            rows: u32::try_from(rows).unwrap_or_default(),
            or_more: all,
            put_back: told.as_ref().map_or(0, |told| told.detail["put_back"].as_u64().unwrap_or(0) as u32),
            stopped: told.is_some(),
            found_at: Utc::now(),
            id: Uuid::new_v4(),
        };
        tracing::warn!(rows, sent = sent.len(), stopped = loss.stopped, "the database went back to an earlier state");
        let mut now = lock(&seen.kept);
        now.rows.retain(|id, _| !lost.rows.contains(id));
        now.sent.retain(|proof| !sent.contains(proof));
        drop(now);
        if let Some(receipt) = &told {
            seen.receipt(receipt);
        }
        *lock(&seen.loss) = Some(loss);
        Ok(())
    }
}

/// This login may not stop everything.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.code,
        Code::NoOperator | Code::NoPermission | Code::ReadOnly | Code::NewerDatabase | Code::NotMigrated
    )
}
