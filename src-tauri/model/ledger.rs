//! The ledger as it is verified and printed. Ids and state words only: no names of leads, no phones, no texts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, sqlx::FromRow)]
pub struct LedgerRow {
    pub id: String,
    pub at: DateTime<Utc>,
    /// The database login that made the change.
    pub login: String,
    /// For whom it was made.
    pub operator: Option<String>,
    /// person, automation, system or foreign (another program).
    pub actor_kind: String,
    pub action: String,
    pub entity: String,
    pub entity_id: Option<String>,
    pub lead_id: Option<Uuid>,
    pub from_state: Option<String>,
    pub to_state: Option<String>,
    pub reason: Option<String>,
    pub receipt_id: Option<Uuid>,
    /// Its place in the chain; null until it is sealed.
    pub seq: Option<i64>,
}

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Head {
    pub seq: i64,
    /// SHA-256, in hex.
    pub hash: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tampering {
    /// The row, or its seal, is not what was sealed.
    Changed,
    /// The sealed row is gone.
    Deleted,
    MissingSeal,
    /// A row without a seal behind the head of the chain.
    InsertedBehind,
    /// The end that this desk saw before is gone.
    Cut,
    /// Another seal stands where this desk saw the end before.
    Rewritten,
    /// Sealed by a newer program: this one cannot judge it.
    UnknownVersion,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LedgerProblem {
    pub seq: Option<i64>,
    pub ledger_id: Option<String>,
    pub what: Tampering,
}

/// The outcome of `ledger verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Verification {
    pub rows: i64,
    pub sealed: i64,
    /// When the last sealed row was written.
    pub sealed_to: Option<DateTime<Utc>>,
    /// Rows that wait for their seal: of transactions younger than the oldest one that is still open.
    pub unsealed: i64,
    pub head: Option<Head>,
    /// What this desk saw last; null when it looks at this database for the first time.
    #[serde(default)]
    pub remembered: Option<Head>,
    pub problem_count: i64,
    /// The first hundred.
    pub problems: Vec<LedgerProblem>,
    /// Changes that could not be written into the ledger.
    pub gaps: i64,
    /// Why nothing was sealed before verifying.
    #[serde(default)]
    pub not_sealed: Option<String>,
}

/// What recomputing a stretch of the chain found.
#[derive(Debug, Clone, Deserialize)]
pub struct Stretch {
    pub checked: i64,
    /// The last seal that was looked at, and its hash in hex.
    pub last: i64,
    pub previous: Option<String>,
    pub problem_count: i64,
    pub problems: Vec<LedgerProblem>,
}

/// Problems that are named one by one.
const NAMED: usize = 100;

impl Verification {
    pub fn is_intact(&self) -> bool {
        self.problem_count == 0
    }

    pub(crate) fn report(&mut self, problem: LedgerProblem) {
        self.problem_count += 1;
        self.problems.push(problem);
    }

    /// Puts what the stretches found before what the rest did.
    pub(crate) fn add(&mut self, count: i64, mut problems: Vec<LedgerProblem>) {
        self.problem_count += count;
        problems.append(&mut self.problems);
        problems.truncate(NAMED);
        self.problems = problems;
    }
}
