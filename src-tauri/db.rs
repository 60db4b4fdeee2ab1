//! The only module that names sqlx. One function per file in `sql/`, with the same name; see `db/<noun>.rs`.
//!
//! A desk holds two connections: a *reader*, whose transactions are read only, and a *writer* for actions and automation; where
//! there is room, a third that only listens ([`feed`]), and one more for what takes long ([`spare`]). Each is held and not pooled: a pool tests a connection before and after each use, which on a remote database
//! costs as much as the action (facts: two more round trips). A connection that broke is replaced at the next use.

mod asking;
pub mod check;
pub mod connect;
pub mod doubt;
pub mod erase;
pub mod error;
pub mod export;
pub mod feed;
pub mod job;
pub mod keys;
pub mod lead;
pub mod ledger;
pub mod login;
pub mod message;
pub mod metrics;
pub mod migrate;
pub mod open;
pub mod operator;
pub mod pause;
pub mod prepare;
pub mod quarantine;
pub mod receipt;
pub mod removal;
pub mod run;
pub mod seen;
pub mod session;
pub mod settings;
pub mod spare;
pub mod stage;
pub mod tls;

use std::{
    sync::{
        Arc, Mutex as StdMutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{
    FromRow, PgConnection,
    postgres::{PgArguments, PgConnectOptions},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use self::doubt::{Doubt, Doubts, Session};
use self::open::{SET_UP_READER, SET_UP_WRITER, opened};
pub use self::open::{close, open, open_bare, set_up_reader};
use self::seen::Seen;
pub use self::spare::Spare;
use crate::error::{Code, Error, Result};

/// The text of `sql/<noun>/<verb>.sql`.
#[macro_export]
macro_rules! sql {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/sql/", $path, ".sql"))
    };
}

/// A password that was refused is not tried again for so long: a desk asks every few seconds, and servers shut out who collects refusals.
const REFUSED_FOR: Duration = Duration::from_secs(60);
/// How long closing waits for a statement that is under way.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Both connections of a desk to one database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    reader: Held,
    writer: Held,
    closed: Arc<AtomicBool>,
    room: Arc<spare::Room>,
    /// Whether this is a CRM that nobody migrated, once it is known.
    plain: Arc<std::sync::Mutex<Option<bool>>>,
    seen: Arc<Seen>,
    /// What the database was when it was opened, until the first who asks.
    met: Arc<StdMutex<Option<session::State>>>,
}

impl Database {
    /// Fails with the reason if the server is not there or refuses the login.
    pub async fn connect(options: PgConnectOptions) -> Result<Self> {
        Self::of(options, false, None).await
    }

    /// `read_only`, for looking only: the server refuses a write on the acting side too. `first`: a bare connection that is there already, for
    /// reading.
    pub async fn of(options: PgConnectOptions, read_only: bool, first: Option<PgConnection>) -> Result<Self> {
        let (closed, refused): (Arc<AtomicBool>, Refused) = Default::default();
        let (options, seen) = (Arc::new(options), Arc::<Seen>::default());
        let held = |read_only| Held {
            options: options.clone(),
            read_only,
            slot: Arc::default(),
            doubts: Arc::default(),
            refused: refused.clone(),
            closed: closed.clone(),
            opened: Arc::default(),
            seen: seen.clone(),
        };
        let database = Self {
            reader: held(true),
            writer: held(read_only),
            closed: closed.clone(),
            room: Arc::default(),
            plain: Arc::default(),
            seen: seen.clone(),
            met: Arc::default(),
        };
        if let Some(mut conn) = first
            && let Ok(state) = open::meet(&mut conn).await
        {
            *database.met.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
            *database.reader.slot.lock().await = Some(Open { conn, session: None });
            database.reader.opened.fetch_add(1, Ordering::AcqRel);
        }
        drop(database.reader.acquire().await?);
        Ok(database)
    }

    /// Whether this is a clone of the other: the same two connections.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.closed, &other.closed)
    }

    /// What the database is. Asked anew each time but the first, when opening it has just asked.
    pub async fn state(&self, conn: &mut Conn) -> Result<session::State> {
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner).take();
        match met {
            Some(state) => Ok(state),
            None => session::state(conn).await,
        }
    }

    /// Keeps what was found out: a statement that fails would be an error in the server's log.
    pub fn remember_plain(&self, plain: bool) {
        *self.plain.lock().unwrap_or_else(PoisonError::into_inner) = Some(plain);
    }

    /// Whether this is a CRM that nobody migrated: its own tables are read alone. Asked of the catalogue once.
    pub async fn is_plain(&self, conn: &mut Conn) -> Result<bool> {
        let known = *self.plain.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known {
            return Ok(known);
        }
        let found = session::state(conn).await?.is_plain();
        self.remember_plain(found);
        Ok(found)
    }

    /// Whether even the acting side may only look.
    pub fn is_read_only(&self) -> bool {
        self.writer.read_only
    }

    /// Ends both connections, for every clone: whoever asks for one from here on gets `not_connected`. A statement that is under
    /// way gets five seconds to end.
    pub async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for held in [&self.reader, &self.writer] {
            if let Ok(mut slot) = tokio::time::timeout(CLOSE_TIMEOUT, held.slot.clone().lock_owned()).await
                && let Some(open) = slot.take()
            {
                let _ = tokio::time::timeout(CLOSE_TIMEOUT, close(open.conn)).await;
            }
        }
    }

    /// The way to the server is lost: connections that nobody uses at the moment are not trusted any more. The next use makes new ones,
    /// instead of waiting for an answer on what may be dead.
    pub fn distrust(&self) {
        for held in [&self.reader, &self.writer] {
            if let Ok(mut slot) = held.slot.try_lock() {
                *slot = None;
            }
        }
    }

    /// For looking: the server refuses a write on it.
    pub async fn reader(&self) -> Result<Conn> {
        self.refuse_closed()?;
        let conn = self.reader.acquire().await?;
        // Closed while it waited for its turn.
        self.refuse_closed().map(|()| conn)
    }

    fn refuse_closed(&self) -> Result<()> {
        match self.closed.load(Ordering::Acquire) {
            true => Err(Error::new(Code::NotConnected, "This database was closed in this window. Nothing was done.")
                .hint("Open a database first.")),
            false => Ok(()),
        }
    }

    /// How this desk connects.
    pub fn options(&self) -> &PgConnectOptions {
        &self.reader.options
    }

    /// For actions and automation. One at a time: who comes second waits. After a connection broke, what was seen is looked for first
    /// ([`seen`]).
    pub async fn writer(&self) -> Result<Conn> {
        self.refuse_closed()?;
        let mut conn = self.writer.acquire().await?;
        conn.compare().await?;
        self.refuse_closed().map(|()| conn)
    }
}

#[derive(Clone)]
struct Held {
    options: Arc<PgConnectOptions>,
    read_only: bool,
    slot: Arc<Mutex<Option<Open>>>,
    doubts: Doubts,
    refused: Refused,
    closed: Arc<AtomicBool>,
    /// How many connections there were on this side.
    opened: Arc<AtomicUsize>,
    seen: Arc<Seen>,
}

/// When the server last refused the password, for both connections of a desk, and in which words.
type Refused = Arc<StdMutex<Option<(Instant, Error)>>>;

/// A connection, and the name that receipts written on it hold; a reader has none.
struct Open {
    conn: PgConnection,
    session: Option<Session>,
}

impl Held {
    async fn acquire(&self) -> Result<Conn> {
        let slot = self.slot.clone().lock_owned().await;
        let mut conn = Conn { slot, held: self.clone(), in_snapshot: false, asking: false };
        conn.reconnect().await?;
        Ok(conn)
    }

    async fn open(&self) -> Result<Open> {
        let set_up = if self.read_only { SET_UP_READER } else { SET_UP_WRITER };
        let known = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, refusal)) = known.filter(|(at, _)| at.elapsed() < REFUSED_FOR) {
            return Err(refusal);
        }
        let (conn, said) = opened(&self.options, set_up).await.inspect_err(|error| {
            if error.code == Code::WrongPassword {
                let refused = Some((Instant::now(), error.clone()));
                *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
            }
        })?;
        if self.opened.fetch_add(1, Ordering::AcqRel) > 0 {
            self.seen.reopened();
        }
        let session = said.map(|row| Session::from_row(&row)).transpose().map_err(error::failed)?;
        Ok(Open { conn, session })
    }

    fn doubts(&self) -> MutexGuard<'_, Vec<Doubt>> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// The use of one held connection, until dropped.
pub struct Conn {
    slot: OwnedMutexGuard<Option<Open>>,
    held: Held,
    in_snapshot: bool,
    /// A statement is on its way; who gives up waiting for it leaves a connection whose next answer is not the next asker's.
    asking: bool,
}

impl Drop for Conn {
    fn drop(&mut self) {
        if self.in_snapshot || self.asking {
            *self.slot = None;
        }
    }
}

type Args = PgArguments;

impl Conn {
    /// Where the connection broke, a new one.
    async fn reconnect(&mut self) -> Result<()> {
        if self.asking {
            self.give_up();
        }
        if self.slot.is_none() {
            *self.slot = Some(self.held.open().await?);
        }
        Ok(())
    }

    /// What is on its way is not waited for.
    fn give_up(&mut self) {
        *self.slot = None;
        self.asking = false;
    }

    /// Which one of its side this is: another number is another connection, maybe to another server.
    pub(crate) fn number(&self) -> usize {
        self.held.opened.load(Ordering::Acquire)
    }

    async fn inner(&mut self) -> Result<&mut PgConnection> {
        self.asking = true;
        self.slot
            .as_mut()
            .map(|open| &mut open.conn)
            .ok_or_else(|| Error::new(Code::ConnectionLost, "The connection to the database was lost."))
    }
}
