//! Pages of a grid and the counts around it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::message::{Lane, MessageRow};
use crate::error::{Code, Error, Result};

/// What the grid is narrowed to; an empty filter is everything the login may see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Filter {
    /// A [`super::message::Lane`].
    pub lane: Option<String>,
    pub operator: Option<Uuid>,
    /// A reason of the gate: queued messages that are held for it.
    pub reason: Option<String>,
    /// Part of a name, or digits of a phone.
    pub search: Option<String>,
}

impl Filter {
    /// `bad_input` for a lane that does not exist: it would show everything, or nothing.
    pub fn check(&self) -> Result<()> {
        let Some(lane) = &self.lane else { return Ok(()) };
        serde_json::from_value::<Lane>(lane.as_str().into()).map(drop).map_err(|_| {
            Error::new(Code::BadInput, format!("There is no lane \"{lane}\"."))
                .field("lane")
                .hint("The lanes are queued, held, sending, sent, delivered, failed, unknown and cancelled.")
        })
    }
}

/// A page of the messages grid in its default order: what goes next first, then what went last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MessagePage {
    pub rows: Vec<MessageRow>,
    /// Pass it back to get the next page; null at the end.
    pub next: Option<String>,
}

/// The numbers of the sidebar, all read at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Counts {
    pub at: DateTime<Utc>,
    /// Messages by [`super::message::Lane`]; every lane is present.
    pub lanes: BTreeMap<String, u32>,
    /// Lanes of which there are at least so many: counting stops at 10,000 of a state word.
    pub more: Vec<String>,
    pub held: Vec<HeldCount>,
    /// Queued messages that may go this moment.
    pub due: u32,
    /// Somebody stopped everything, on whatever desk.
    pub paused: bool,
    /// Who did, and why.
    pub pause: Option<Pause>,
    pub operators: Vec<OperatorLoad>,
    /// When the next message may go, if one waits.
    pub next_at: Option<DateTime<Utc>>,
}

/// Why nothing goes out from any desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Pause {
    /// None: a person who is no operator any more, or another program.
    pub by_name: Option<String>,
    pub by_me: bool,
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
    /// When it ends by itself; none is until somebody resumes.
    pub until: Option<DateTime<Utc>>,
}

/// How many wait for the same reason, and when the first of them may go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct HeldCount {
    pub reason: String,
    pub count: u32,
    pub next_at: Option<DateTime<Utc>>,
}

/// An operator's day: sent against the cap, and what is planned on top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OperatorLoad {
    pub user_id: Uuid,
    pub name: String,
    pub used: u32,
    pub planned: u32,
    pub cap: u32,
}
