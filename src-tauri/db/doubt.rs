//! A connection that broke while it acted. The ledger knows whether the act was done: each receipt in it holds the session that wrote it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use sqlx::{FromRow, Postgres, query::QueryScalar, types::Json};
use tokio::time::{Instant, sleep, timeout_at};

use super::{Args, Conn, Database};
use crate::{
    error::{Code, Error, Result},
    model::receipt::{Receipt, Settled},
    sql,
};

/// How long an act waits for the ledger's word.
const PATIENCE: Duration = Duration::from_secs(15);
/// From the first to the longest wait before the database is tried again.
const WAITS: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

/// A connection of the acting side, as the server and the ledger know it.
#[derive(Debug, Clone, FromRow)]
pub struct Session {
    id: String,
    pid: i32,
    began: String,
    /// The last row of the ledger that was heard of on it.
    #[sqlx(default)]
    heard: i64,
}

/// An act of which nobody knows whether it was done.
#[derive(Debug, Clone)]
pub struct Doubt {
    verb: &'static str,
    session: Session,
}

/// The acts in doubt of one login on one database, for as long as the program runs: the database may be closed and opened again meanwhile.
/// Holds ids of sessions, and nothing of what was done.
pub type Doubts = Arc<Mutex<Vec<Doubt>>>;

#[derive(FromRow)]
struct Unheard {
    standby: bool,
    /// Whether receipts hold the session at all: on a database that an older Queue Desk set up they do not.
    knows: bool,
    receipt: Option<Json<Receipt>>,
}

impl Session {
    fn hear(&mut self, receipt: &Receipt) {
        self.heard = receipt.ledger_id.as_deref().and_then(|id| id.parse().ok()).unwrap_or(self.heard);
    }
}

impl Database {
    /// Keeps its doubts there, also those that come up while it is being closed; what is in doubt there already is asked about here.
    pub fn keep_doubts(&mut self, doubts: Doubts) {
        self.writer.doubts = doubts;
    }

    /// Whether an act is in doubt that has not been settled.
    pub fn is_in_doubt(&self) -> bool {
        !self.writer.doubts().is_empty()
    }

    /// Asks the ledger about the oldest act that is in doubt; none: there is none.
    ///
    /// # Errors
    /// Those of connecting; `Busy` where the old connection may still be acting. The doubt stays.
    pub async fn settle(&self) -> Result<Option<Settled>> {
        let Some(doubt) = self.writer.doubts().first().cloned() else { return Ok(None) };
        let receipt = self.writer().await?.ask_ledger(&doubt).await?;
        self.writer.doubts().retain(|kept| kept.session.id != doubt.session.id);
        tracing::info!(verb = doubt.verb, done = receipt.is_some(), "the ledger was asked about an act in doubt");
        Ok(Some(Settled { verb: doubt.verb, receipt }))
    }
}

impl Conn {
    /// Runs a statement that acts and returns its receipt. Where the connection breaks before the answer, the ledger is asked on a new
    /// one, for up to 15 seconds: what was done comes back as its receipt, marked `found_in_ledger`.
    ///
    /// # Errors
    /// `ConnectionLost`: the ledger shows that nothing was done. `CommitInDoubt`: it could not be asked; [`Database::settle`] asks again.
    pub(crate) async fn receipt(
        &mut self,
        verb: &'static str,
        query: QueryScalar<'_, Postgres, Json<Receipt>, Args>,
    ) -> Result<Receipt> {
        let session = self.slot.as_ref().and_then(|open| open.session.clone());
        match (self.json(query).await, session) {
            (Ok(receipt), _) => {
                self.held.seen.receipt(&receipt);
                if let Some(session) = self.slot.as_mut().and_then(|open| open.session.as_mut()) {
                    session.hear(&receipt);
                }
                Ok(receipt)
            }
            (Err(broke), Some(session)) if broke.code == Code::CommitInDoubt => {
                self.resolve(Doubt { verb, session }, broke).await
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn resolve(&mut self, doubt: Doubt, broke: Error) -> Result<Receipt> {
        tracing::warn!(verb = doubt.verb, "the connection broke while it acted: the ledger is asked");
        let until = Instant::now() + PATIENCE;
        let mut wait = WAITS.0;
        loop {
            match timeout_at(until, self.ask_ledger(&doubt)).await {
                Ok(Ok(Some(receipt))) => return Ok(receipt),
                Ok(Ok(None)) => return Err(not_done()),
                // A password that was changed meanwhile is not tried again and again.
                Ok(Err(error)) if error.retryable || error.code == Code::CommitInDoubt => {}
                Ok(Err(error)) => {
                    tracing::warn!(code = ?error.code, "the ledger cannot be asked");
                    break;
                }
                Err(_) => break,
            }
            if Instant::now() + wait >= until || self.held.is_closed() {
                break;
            }
            sleep(wait).await;
            wait = (wait * 2).min(WAITS.1);
        }
        self.give_up();
        self.held.doubts().push(doubt);
        Err(broke)
    }

    /// The receipt of an act in doubt; none: it was not done, and what ran it is gone.
    async fn ask_ledger(&mut self, doubt: &Doubt) -> Result<Option<Receipt>> {
        let session = &doubt.session;
        self.reconnect().await?;
        if !self.end_process(session).await? {
            return Err(Error::new(Code::Busy, "The database has not ended the connection that broke."));
        }
        let Unheard { standby, knows, receipt } = self.unheard(doubt).await?;
        match receipt {
            Some(Json(mut receipt)) => {
                if let Some(detail) = receipt.detail.as_object_mut() {
                    detail.insert("found_in_ledger".to_owned(), json!(true));
                }
                Ok(Some(receipt))
            }
            None if !knows => Err(Error::new(
                Code::NotMigrated,
                "An older Queue Desk set this database up: its ledger does not say who asked.",
            )),
            None if standby => {
                Err(Error::new(Code::Busy, "Only a copy of the database answers, which may lag behind."))
            }
            None => Ok(None),
        }
    }

    async fn end_process(&mut self, session: &Session) -> Result<bool> {
        let query = sqlx::query_scalar(sql!("session/end_process")).bind(session.pid).bind(&session.began);
        self.scalar(query.bind(&session.id)).await
    }

    async fn unheard(&mut self, Doubt { verb, session }: &Doubt) -> Result<Unheard> {
        let query = sqlx::query_as(sql!("receipt/unheard")).bind(&session.id).bind(session.heard);
        self.row(query.bind(&session.began).bind(*verb)).await
    }
}

/// What the ledger says about an act that left no receipt.
pub fn not_done() -> Error {
    Error::new(Code::ConnectionLost, "The connection was lost. The ledger shows that nothing was done.")
        .hint("Do it again.")
}
