//! The look at what is new in the ledger, and the connection that listens.

use std::time::Duration;

use futures_util::FutureExt;
use sqlx::{
    FromRow,
    postgres::{PgListener, PgPoolOptions},
    types::Json,
};

use super::{Conn, Database, open::ours, seen::SeenRow};
use crate::{error::Result, model::feed::Polling, sql};

/// Where `queue_desk.nudge` sends to.
const CHANNEL: &str = "queue_desk";
const OPEN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the knock may take to arrive.
const HEARD_WITHIN: Duration = Duration::from_secs(3);
/// Connections that must stay free behind ours: for people and for the CRM.
const LEAVE_FREE: i32 = 5;
/// Most connections of one login through a pooler before a desk does without a third: Supabase's pool is 15 by default.
const POOLED: i32 = 8;

#[derive(Debug, Clone, FromRow)]
pub struct Look {
    /// Pass it back to go on from here.
    pub place: String,
    /// What the new rows are about, each once.
    pub entities: Vec<String>,
    /// Which ledger this is, and which of its rows were seen.
    pub ledger: String,
    pub rows: Json<Vec<SeenRow>>,
}

pub async fn look(conn: &mut Conn, place: Option<&str>) -> Result<Look> {
    conn.row(sqlx::query_as(sql!("feed/look")).bind(place)).await
}

/// Wakes the desks that listen. A reader may.
pub async fn nudge(conn: &mut Conn) -> Result<()> {
    conn.execute(sqlx::query(sql!("feed/nudge"))).await
}

#[derive(Debug, Clone, Copy, FromRow)]
struct Room {
    free: i32,
    mine: i32,
    /// It carries no notifications.
    standby: bool,
}

async fn room(conn: &mut Conn) -> Result<Room> {
    conn.row(sqlx::query_as(sql!("feed/room"))).await
}

async fn knock(conn: &mut Conn, channel: &str) -> Result<()> {
    conn.execute(sqlx::query(sql!("feed/knock")).bind(channel)).await
}

/// A third connection that only listens; closed when dropped.
pub struct Ears(PgListener);

impl Ears {
    /// Only where there is room, and where a knock through the reader arrives: a pooler that hands connections out by the
    /// transaction lets LISTEN succeed and brings nothing.
    pub async fn open(database: &Database) -> std::result::Result<Self, Polling> {
        let ears = Self::try_open(database).await;
        if matches!(ears, Err(Polling::NoRoom)) {
            database.found_no_room();
        }
        ears
    }

    async fn try_open(database: &Database) -> std::result::Result<Self, Polling> {
        let lost = |_| Polling::Lost;
        let room = room(&mut database.reader().await.map_err(lost)?).await.map_err(lost)?;
        if room.standby {
            return Err(Polling::Standby);
        }
        let pooled = database.options().get_host().contains("pooler");
        if room.free <= LEAVE_FREE || (pooled && room.mine >= POOLED) {
            return Err(Polling::NoRoom);
        }
        // The listener takes a pool; this one is a single connection that is never exchanged.
        let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        // A session pooler lets in whom it has no connection for, and lets him wait: a question of ours ends that, and closes it.
        let pool = pool.after_connect(|conn, _| {
            Box::pin(async { sqlx::raw_sql(sql!("check/backend")).execute(conn).await.map(drop) })
        });
        let pool = pool.acquire_timeout(OPEN_TIMEOUT).connect_lazy_with(ours(database.options()));
        let mut listener = PgListener::connect_with(&pool).await.map_err(|error| match error {
            // The pool goes on trying while the server says that it is full; a pooler's refusal has no SQLSTATE of its own.
            sqlx::Error::PoolTimedOut | sqlx::Error::Database(_) => Polling::NoRoom,
            _ => Polling::Lost,
        })?;
        listener.eager_reconnect(false);
        let private = format!("{CHANNEL}_{}", uuid::Uuid::new_v4().simple());
        let lost = |_| Polling::Lost;
        listener.listen_all([CHANNEL, &private]).await.map_err(lost)?;
        let mut ears = Self(listener);
        {
            let mut reader = database.reader().await.map_err(|_| Polling::Lost)?;
            knock(&mut reader, &private).await.map_err(|_| Polling::Lost)?;
        }
        let arrived = async {
            while let Ok(Some(heard)) = ears.0.try_recv().await {
                if heard.channel() == private {
                    return true;
                }
            }
            false
        };
        if !tokio::time::timeout(HEARD_WITHIN, arrived).await.unwrap_or(false) {
            return Err(Polling::NotHeard);
        }
        ears.0.unlisten(&private).await.map_err(lost)?;
        Ok(ears)
    }

    /// Waits for the next nudge; false when the connection is gone. Nothing is lost when it is dropped while it waits.
    pub async fn heard(&mut self) -> bool {
        matches!(self.0.try_recv().await, Ok(Some(_)))
    }

    /// Takes what has arrived already, so that a burst is one look; false when the connection is gone.
    pub fn rest_of_burst(&mut self) -> bool {
        loop {
            match self.0.try_recv().now_or_never() {
                None => return true,
                Some(Ok(Some(_))) => {}
                Some(_) => return false,
            }
        }
    }
}
