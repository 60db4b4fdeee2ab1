//! What an action says it did. The numbers come from the database, in the transaction that did it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use uuid::Uuid;

/// The answer of every action: the shape that `--json` prints and that the ledger keeps.
///
/// `asked` counts leads for prepare, messages for run, rows for export and 1 for take and release. `changed` counts rows
/// that really changed; zero changed is never shown as success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Receipt {
    pub action: String,
    pub asked: u32,
    pub changed: u32,
    pub skipped: Vec<Skipped>,
    pub failed: Vec<Failed>,
    pub receipt_id: Uuid,
    /// The ledger row that holds this receipt, as text. Null before migration and for a read-only login.
    pub ledger_id: Option<String>,
    /// An object that each action fills for itself (take: `dispatched_earlier`, `stage`; prepare: `day`, `plan_id`). `found_in_ledger`: the
    /// connection broke before the answer, and the ledger was asked.
    pub detail: Value,
}

/// How many were left alone, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Skipped {
    pub reason: String,
    pub count: u32,
}

/// One that the database or the provider refused, with its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Failed {
    pub id: String,
    pub reason: String,
}

/// What the ledger said about an act whose connection broke before its answer, once it could be asked.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Settled {
    /// As [`Receipt::action`].
    pub verb: &'static str,
    /// None: it was not done, and never will be.
    pub receipt: Option<Receipt>,
}

/// Reasons that are a refusal wherever they stand.
const REFUSALS: [&str; 3] = ["taken_by", "no_access", "not_owner"];
/// Reasons that are one where somebody named what to change; "it is so already" is none.
const VERB_REFUSALS: [&str; 14] = [
    "not_found",
    "on_the_wire",
    "already_sent",
    "failed_already",
    "not_queued",
    "not_unknown",
    "unknown_open",
    "opted_out",
    "taken",
    "same_person_taken",
    "receiver_no_access",
    "over_capacity",
    "too_old",
    "phone_not_valid",
];

impl Receipt {
    /// True when the exit code of the command line must say so: something failed, or the one thing asked was refused.
    pub fn is_refused_or_partly_failed(&self) -> bool {
        // A plan, a run or an undo that finds nothing left to do is done; a verb whose one message may not be touched is refused.
        let gentle = matches!(self.action.as_str(), "prepare" | "run" | "export" | "undo");
        let refuses = |word: &str| REFUSALS.contains(&word) || (!gentle && VERB_REFUSALS.contains(&word));
        let refused = self.skipped.iter().any(|s| refuses(&s.reason));
        !self.failed.is_empty() || (refused && self.changed == 0)
    }
}
