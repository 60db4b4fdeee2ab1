//! A connection beside the two that a desk holds, for one piece of work that may take long. Where no third is to be had (a pooler gives a
//! login no more, a server is full) the reader lends its own: the grids wait meanwhile, and actions do not.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::PgConnection;

use super::{
    Conn, Database, Open, close, error,
    open::{SET_UP_READER, SET_UP_WRITER, opened},
};
use crate::{
    error::{Code, Result},
    sql,
};

/// A pooler lets in whom it has nothing to give, and lets him wait.
const PATIENCE: Duration = Duration::from_secs(3);
/// Who found no third does not ask for one in this time.
const FULL_FOR: Duration = Duration::from_secs(300);

/// What a desk knows of the room beside its two connections.
#[derive(Debug, Default)]
pub(super) struct Room {
    full_since: Mutex<Option<Instant>>,
    lent: AtomicBool,
}

impl Room {
    fn is_full(&self) -> bool {
        self.full_since.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|since| since.elapsed() < FULL_FOR)
    }

    fn is_full_from_now(&self) {
        *self.full_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// The connection of one long piece of work; closed when dropped, better by [`Spare::close`].
pub struct Spare {
    // Dropped first: its place is the next reader's.
    conn: PgConnection,
    lender: Option<Lender>,
}

/// The reader's turn, held until its connection was used up.
struct Lender {
    turn: Conn,
    room: Arc<Room>,
}

impl Drop for Lender {
    fn drop(&mut self) {
        self.room.lent.store(false, Ordering::Release);
    }
}

impl Spare {
    /// What is lent goes back as it was: closed, somebody else who waits at the pooler would get its place. What is not is closed with a
    /// goodbye, so that the server's log does not call it a broken client.
    pub async fn close(self) {
        let Self { mut conn, lender } = self;
        let Some(mut lender) = lender else { return close(conn).await };
        for statement in [sql!("session/reset"), SET_UP_READER] {
            if sqlx::raw_sql(statement).execute(&mut conn).await.is_err() {
                return close(conn).await;
            }
        }
        *lender.turn.slot = Some(Open { conn, session: None });
    }
}

impl Deref for Spare {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.conn
    }
}

impl DerefMut for Spare {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.conn
    }
}

impl Database {
    /// For one long read: the server refuses a write on it. Whoever holds it must not ask for the reader.
    ///
    /// # Errors
    /// Those of connecting; `NotConnected` where the database was closed.
    pub async fn spare(&self) -> Result<Spare> {
        let mut spare = self.beside(SET_UP_READER, None).await?;
        sqlx::raw_sql(sql!("session/take_your_time")).execute(&mut *spare).await.map_err(error::failed)?;
        Ok(spare)
    }

    /// One that may write, for what must not hold up an action. Whoever holds it must not ask for the reader.
    ///
    /// # Errors
    /// As [`Database::spare`].
    pub async fn spare_writer(&self) -> Result<Spare> {
        match self.writer.read_only {
            true => self.beside(SET_UP_READER, None).await,
            false => self.beside(SET_UP_WRITER, Some(sql!("session/allow_writes"))).await,
        }
    }

    /// No third connection is to be had at the moment.
    pub(super) fn found_no_room(&self) {
        self.room.is_full_from_now();
    }

    /// Whether the reader's connection is at some other work: who waits for it does not wait for the server.
    pub fn is_reader_lent(&self) -> bool {
        self.room.lent.load(Ordering::Acquire)
    }

    /// `freed`: what a reader's connection is told first, where it shall do more than read.
    async fn beside(&self, set_up: &'static str, freed: Option<&'static str>) -> Result<Spare> {
        self.refuse_closed()?;
        if !self.room.is_full() {
            match tokio::time::timeout(PATIENCE, opened(&self.reader.options, set_up)).await {
                Ok(Ok((conn, _))) => return Ok(Spare { conn, lender: None }),
                Ok(Err(error)) if error.code != Code::NoConnection => return Err(error),
                _ => self.found_no_room(),
            }
        }
        // Where the server is away, this says so.
        let mut turn = self.reader().await?;
        let Some(open) = turn.slot.take() else { return Err(error::away()) };
        tracing::info!("no third connection is to be had: the reader lends its own");
        self.room.lent.store(true, Ordering::Release);
        let mut spare = Spare { conn: open.conn, lender: Some(Lender { turn, room: self.room.clone() }) };
        if let Some(freed) = freed {
            for statement in [freed, set_up] {
                sqlx::raw_sql(statement).execute(&mut *spare).await.map_err(error::failed)?;
            }
        }
        Ok(spare)
    }
}
