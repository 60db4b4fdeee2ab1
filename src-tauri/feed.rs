//! What others did, as topics for the screen. The floor is a look at the ledger every few seconds, through the reader: it misses nothing,
//! whoever wrote, in whatever order it was committed. Where there is room, a third connection listens, and other desks are heard at
//! once. A listening connection that dies costs seconds, not events: the looks go on, and it is tried again.

use std::time::Duration;

use chrono::Utc;
use tokio::time::Instant;

use crate::{
    db::{
        Database,
        feed::{self as db, Ears},
    },
    error::{Code, Error},
    model::{
        feed::{FeedMode, FeedStatus, Polling},
        receipt::Settled,
        topic::Topic,
    },
};

const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Nudges that come faster than this are one look.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);
/// A database that does not answer in this time is away.
const PATIENCE: Duration = Duration::from_secs(10);
/// From the first to the longest wait before a lost database is tried again.
const BACK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// The same for the listening connection, which is dear where connections are few.
const LISTEN_AGAIN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(300));
/// The first wait where there was no room: a pooler lets who asks wait for a connection that others may need.
const NO_ROOM: Duration = Duration::from_secs(30);
/// A database without a ledger may get one.
const NO_LEDGER: Duration = Duration::from_secs(10);

/// What the feed tells.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// These may be stale now.
    Changed(Vec<Topic>),
    /// The mode changed.
    Status(FeedStatus),
    /// An act of this desk that was in doubt is not any more.
    Settled(Settled),
}

/// The status of a feed that has not begun.
pub fn not_begun() -> FeedStatus {
    FeedStatus {
        mode: FeedMode::Starting,
        because: None,
        delay: u32::try_from(LOOK_EVERY.as_secs()).unwrap_or(u32::MAX),
        since: Utc::now(),
        last_event_at: None,
        loss: None,
    }
}

/// Follows the ledger until dropped or aborted. The first look only takes its place: what was there before is not news.
pub async fn follow(database: Database, tell: impl Fn(News)) {
    let mut follower = Follower {
        database,
        tell,
        status: not_begun(),
        place: None,
        connection: 0,
        looked_at: Instant::now(),
        ears: None,
        listen_at: Instant::now(),
        listen_wait: LISTEN_AGAIN.0,
        back_wait: BACK.0,
    };
    loop {
        let rest = follower.turn().await;
        tokio::time::sleep(rest).await;
    }
}

struct Follower<T: Fn(News)> {
    database: Database,
    tell: T,
    status: FeedStatus,
    /// Where the last look ended; none before the first, and after the database was away.
    place: Option<String>,
    /// The reader's number at that look: on another connection the place means nothing, it may lead to another server.
    connection: usize,
    looked_at: Instant,
    ears: Option<Ears>,
    listen_at: Instant,
    listen_wait: Duration,
    back_wait: Duration,
}

impl<T: Fn(News)> Follower<T> {
    /// One look, and the wait for a reason to look again; returns how long to rest after that.
    async fn turn(&mut self) -> Duration {
        // Whoever waits for it meanwhile would take a long export for a server that does not answer.
        if self.database.is_reader_lent() {
            return LOOK_EVERY;
        }
        if let Err(missed) = self.look().await {
            if self.database.is_reader_lent() {
                return LOOK_EVERY;
            }
            if matches!(&missed, Missed::Answer(error) if error.code == Code::Busy) {
                return LOOK_EVERY;
            }
            // What happens from now on is caught up with: everything may be stale.
            self.place = None;
            self.ears = None;
            self.database.distrust();
            let (mode, rest) = match &missed {
                Missed::Answer(error) if !is_away(error) => (FeedMode::Off, NO_LEDGER),
                _ => (FeedMode::Offline, doubled(&mut self.back_wait, BACK.1)),
            };
            self.mode(mode, None);
            return rest;
        }
        self.back_wait = BACK.0;
        self.compare().await;
        self.settle().await;
        if self.ears.is_none() {
            // What came between the look and the first word heard needs another look.
            return if Instant::now() >= self.listen_at && self.listen().await { Duration::ZERO } else { LOOK_EVERY };
        }
        self.wait_for_a_word().await
    }

    /// Whether the database still holds what was seen of it.
    async fn compare(&mut self) {
        if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, self.database.compare()).await {
            tracing::debug!(code = ?error.code, "what was seen could not be looked for");
        }
        let loss = self.database.loss();
        if loss != self.status.loss {
            self.status.loss = loss;
            (self.tell)(News::Status(self.status.clone()));
        }
    }

    /// What broke while it was done, and could not be asked about at once.
    async fn settle(&self) {
        while self.database.is_in_doubt() {
            match tokio::time::timeout(PATIENCE, self.database.settle()).await {
                Ok(Ok(Some(settled))) => (self.tell)(News::Settled(settled)),
                _ => return,
            }
        }
    }

    /// Until somebody nudges, or the next look is due.
    async fn wait_for_a_word(&mut self) -> Duration {
        let Some(ears) = &mut self.ears else { return Duration::ZERO };
        let alive = match tokio::time::timeout(LOOK_EVERY, ears.heard()).await {
            Ok(true) => {
                tokio::time::sleep_until(self.looked_at + AT_MOST_EVERY).await;
                ears.rest_of_burst()
            }
            Ok(false) => false,
            Err(_) => true,
        };
        if !alive {
            tracing::info!("the connection that listens was lost: looking every few seconds instead");
            self.ears = None;
            self.not_listening(Polling::Lost);
        }
        Duration::ZERO
    }

    async fn look(&mut self) -> Result<(), Missed> {
        let (database, place, connection) = (self.database.clone(), self.place.as_deref(), self.connection);
        self.looked_at = Instant::now();
        let look = async move {
            let mut reader = database.reader().await.map_err(|_| Missed::Connection)?;
            let place = place.filter(|_| reader.number() == connection);
            let found = db::look(&mut reader, place).await.map_err(Missed::Answer)?;
            Ok((found, reader.number(), place.is_some()))
        };
        let (found, connection, goes_on) =
            tokio::time::timeout(PATIENCE, look).await.unwrap_or(Err(Missed::Connection))?;
        self.connection = connection;
        if !goes_on {
            self.place = None;
        }
        self.database.saw(&found.ledger, found.rows.0);
        let topics = match (&self.place, self.status.mode) {
            (Some(_), _) => Topic::of_all(found.entities.iter().map(String::as_str)),
            (None, FeedMode::Starting) => Vec::new(),
            (None, _) => Topic::ROWS.to_vec(),
        };
        self.place = Some(found.place);
        if self.ears.is_none() && self.status.mode != FeedMode::Polling {
            self.mode(FeedMode::Polling, Some(Polling::NotYet));
        }
        if !topics.is_empty() {
            self.status.last_event_at = Some(Utc::now());
            (self.tell)(News::Changed(topics));
        }
        Ok(())
    }

    async fn listen(&mut self) -> bool {
        match Ears::open(&self.database).await {
            Ok(ears) => {
                self.ears = Some(ears);
                self.listen_wait = LISTEN_AGAIN.0;
                self.mode(FeedMode::Live, None);
                true
            }
            Err(because) => {
                self.not_listening(because);
                false
            }
        }
    }

    fn not_listening(&mut self, because: Polling) {
        if because == Polling::NoRoom {
            self.listen_wait = self.listen_wait.max(NO_ROOM);
        }
        self.listen_at = Instant::now() + doubled(&mut self.listen_wait, LISTEN_AGAIN.1);
        self.mode(FeedMode::Polling, Some(because));
    }

    fn mode(&mut self, mode: FeedMode, because: Option<Polling>) {
        if (self.status.mode, self.status.because) == (mode, because) {
            return;
        }
        if self.status.mode != mode {
            self.status.since = Utc::now();
        }
        (self.status.mode, self.status.because) = (mode, because);
        (self.tell)(News::Status(self.status.clone()));
    }
}

/// Why a look brought nothing.
enum Missed {
    /// None came about, or no answer in time.
    Connection,
    Answer(Error),
}

/// This wait; the next one is twice as long, up to a limit.
fn doubled(wait: &mut Duration, most: Duration) -> Duration {
    std::mem::replace(wait, (*wait * 2).min(most))
}

/// The connection broke, as opposed to an answer that there is nothing to follow.
fn is_away(error: &Error) -> bool {
    matches!(error.code, Code::NoConnection | Code::ConnectionLost | Code::CommitInDoubt)
}
