//! The figures of a range of days: what was sent, what went wrong, how long it waited.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What is counted. Empty: today, everything that the login may see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct MetricsFilter {
    /// So many days up to today, at most 366; excludes `from` and `to`.
    pub days: Option<u32>,
    /// Local days, both included; none is today.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub operator: Option<Uuid>,
}

/// All of the page, read at one moment. Days and hours are local ones of `zone`: the operator's that was asked for, else the caller's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Metrics {
    pub at: DateTime<Utc>,
    /// IANA name.
    pub zone: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub today: NaiveDate,
    /// Simulated deliveries count here, and nobody received anything.
    pub sample: bool,
    /// The bars are hours of one day; else days.
    pub hourly: bool,
    /// When the last bar ends.
    pub ends_at: DateTime<Utc>,
    pub totals: Figures,
    pub before: Before,
    /// Hours of one day (23 or 25 where the clock changes) or days, without gaps.
    pub bars: Vec<Bar>,
    pub operators: Vec<OperatorFigures>,
    /// What is due now, by operator; who waits longest first.
    pub waiting: Vec<Waiting>,
    /// Most frequent first.
    pub failures: Vec<Failure>,
    /// Attempts of these days that this login may not see; they are counted nowhere.
    pub hidden: u32,
}

/// Messages by their last attempt. Waits are seconds from the slot to the dispatch, of what was sent; none: nothing was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Figures {
    /// With the delivered ones.
    pub sent: u32,
    pub delivered: u32,
    pub read: u32,
    pub failed: u32,
    /// Nobody knows yet; a person settles them.
    pub unknown: u32,
    /// Messages cancelled in these days.
    pub cancelled: u32,
    pub wait_half: Option<f64>,
    /// 95 of 100 waited no longer.
    pub wait_most: Option<f64>,
}

/// The days that the range is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Before {
    #[serde(flatten)]
    #[ts(flatten)]
    pub figures: Figures,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Counted up to here: the same hour as now, where the range holds today.
    pub until: DateTime<Utc>,
    pub whole: bool,
}

/// An hour or a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Bar {
    pub at: DateTime<Utc>,
    /// Its beginning on the wall there: `2026-11-24 14:00`, of a day `2026-11-24`.
    pub local: String,
    pub sent: u32,
    pub failed: u32,
    pub unknown: u32,
    /// Due then, and held now.
    pub held: u32,
    /// Has its slot then; what may go this moment stands at now.
    pub planned: u32,
    pub wait_half: Option<f64>,
    pub wait_most: Option<f64>,
}

/// `used`, `reserved` and `cap` are of the operator's own today, whatever the range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OperatorFigures {
    pub user_id: Uuid,
    pub name: String,
    pub active: bool,
    pub used: u32,
    pub reserved: u32,
    pub cap: u32,
    pub sent: u32,
    pub failed: u32,
    /// What was sent in each bar.
    pub spark: Vec<u32>,
}

/// The due messages of one operator that have not gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Waiting {
    pub user_id: Uuid,
    pub name: Option<String>,
    pub count: u32,
    /// The slot of the oldest.
    pub since: DateTime<Utc>,
    /// Half of them have waited longer, seconds.
    pub half: Option<f64>,
    /// Why the oldest waits, by the gate; none: it may go.
    pub reason: Option<String>,
    pub detail: Option<String>,
    pub next_at: Option<DateTime<Utc>>,
}

/// What failed for the same reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Failure {
    /// The provider's code, or a word of ours.
    pub code: String,
    pub count: u32,
    /// Trying again may help: the provider was busy, or a person said that it was not sent.
    #[serde(default)]
    pub retryable: bool,
}

/// Codes of the WhatsApp Cloud API that say "later" rather than "no", and our own words of that kind.
const RETRYABLE: [&str; 15] = [
    "1",
    "2",
    "4",
    "80007",
    "130429",
    "131000",
    "131016",
    "131048",
    "131056",
    "131057",
    "132069",
    "provider_busy",
    "rate_limited",
    "timeout",
    "resolved_not_sent",
];

impl Metrics {
    /// Says of each failure whether trying again may help: the database knows the codes, not what they mean.
    pub fn judged(mut self) -> Self {
        for failure in &mut self.failures {
            failure.retryable = RETRYABLE.contains(&failure.code.as_str());
        }
        self
    }

    /// How many of the failed may be tried again.
    pub fn retryable(&self) -> u32 {
        self.failures.iter().filter(|failure| failure.retryable).map(|failure| failure.count).sum()
    }
}
