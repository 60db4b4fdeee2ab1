//! What may be stale on the screen.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Messages,
    Jobs,
    Leads,
    Metrics,
    Ledger,
    Automation,
    Schema,
}

impl Topic {
    /// Everything that rows can make stale; the schema changes by migrations, which are not rows.
    pub const ROWS: [Topic; 6] =
        [Topic::Messages, Topic::Jobs, Topic::Leads, Topic::Metrics, Topic::Ledger, Topic::Automation];

    /// What a ledger row about this entity makes stale. An entity of a newer program may be about anything.
    pub fn of(entity: &str) -> &'static [Topic] {
        match entity {
            // A lead shows what waits for it.
            "message" => &[Topic::Messages, Topic::Leads, Topic::Metrics, Topic::Ledger],
            "job" => &[Topic::Jobs, Topic::Ledger],
            "gate" => &[Topic::Leads, Topic::Messages, Topic::Jobs, Topic::Ledger],
            "lead" => &[Topic::Leads, Topic::Ledger],
            "opt_out" | "delivery" => &[Topic::Messages, Topic::Leads, Topic::Metrics, Topic::Ledger],
            // What lets a message go.
            "pause" | "settings" | "instance" => &[Topic::Messages, Topic::Automation, Topic::Ledger],
            "run" => &[Topic::Automation, Topic::Ledger],
            "receipt" => &[Topic::Ledger],
            _ => &Self::ROWS,
        }
    }

    /// The topics of all these entities, each once.
    pub fn of_all<'a>(entities: impl IntoIterator<Item = &'a str>) -> Vec<Topic> {
        let mut topics: Vec<Topic> = entities.into_iter().flat_map(Self::of).copied().collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }
}
