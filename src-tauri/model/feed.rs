//! How a desk hears what others did.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Times are this computer's, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FeedStatus {
    pub mode: FeedMode,
    /// Why it does not hear at once, while it polls.
    pub because: Option<Polling>,
    /// Seconds between two looks at the ledger. Live: what other desks do is heard at once, other programs by these looks.
    pub delay: u32,
    /// When this mode began.
    pub since: DateTime<Utc>,
    /// When something was last heard of.
    pub last_event_at: Option<DateTime<Utc>>,
    /// The database went back to an earlier state, as this desk found out last.
    pub loss: Option<Loss>,
}

/// What this desk saw and the database does not hold any more: it went over to a copy that lagged behind, or a backup was put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Loss {
    pub id: Uuid,
    /// Rows of the ledger that are gone.
    pub rows: u32,
    /// All that this desk remembers are gone, so it may be more.
    pub or_more: bool,
    /// Messages that went out from here and were forgotten: their proof was put back, so that they are not sent again.
    pub put_back: u32,
    /// Everything was stopped for it.
    pub stopped: bool,
    /// This computer's clock.
    pub found_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FeedMode {
    /// Has not looked yet.
    Starting,
    /// A connection of its own listens.
    Live,
    Polling,
    /// The database does not answer.
    Offline,
    /// There is no ledger to follow: not migrated, or not for this login.
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Polling {
    /// Has not tried to listen yet.
    NotYet,
    /// The server, its pooler or the login's limit leaves no third connection.
    NoRoom,
    /// What was sent to the third connection did not arrive: a pooler hands it to others in between.
    NotHeard,
    /// The database is a read replica, which carries none.
    Standby,
    /// The listening connection broke or was refused.
    Lost,
}
