//! An operator's settings, read from the JSON of `user_queue_settings` without trusting it.
//!
//! The CRM has written two shapes into those columns (a batch size may be `advanced.batch_processing.batch_size` or
//! `advanced.batch_size`) and people edit them by hand. Unknown keys are ignored and stay in the database; a missing key
//! takes the default that each field names; a value that makes no sense takes it too, and is reported.

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use super::{
    hours::{ClockTime, Hours},
    score::Weights,
    setting_rule::{self, Rule},
};

pub use super::setting_rule::validate;

/// The columns as they are; null, or an operator without a row, is all defaults.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct SettingsRow {
    pub work_days: Option<Value>,
    pub processing_targets: Option<Value>,
    pub advanced: Option<Value>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Messages that a working day aims at: `override_daily_target`, else `target_leads_per_work_day`, else 45.
    pub daily_target: u32,
    /// What share of it a day off aims at, where the operator works on those; default no, 25 % once switched on.
    pub weekend_percentage: Option<u32>,
    /// The most that may go on one day, 200.
    pub max_daily_capacity: u32,
    /// Messages per clock hour, 1000. 0 lets nothing go.
    pub messages_per_hour: u32,
    /// Messages per local day, 10,000. 0 lets nothing go.
    pub messages_per_day: u32,
    /// Messages claimed at once, 50.
    pub batch_size: u32,
    /// Seconds between two batches, 30.
    pub batch_delay_seconds: u32,
    /// Hours for which a lead is left alone after a contact, 72.
    pub cool_down_hours: u32,
    /// Where national phone numbers are at home, `IL`.
    pub phone_region: String,
    /// When a lead may be written to, on the lead's own clock: 09:00 to 20:00. The setting is named after the rest of the day.
    pub quiet_hours: Hours,
    /// When the operator works, in `timezone`: 09:00 to 17:00.
    pub business_hours: Hours,
    /// IANA name, `Asia/Jerusalem`. Not known to exist.
    pub timezone: String,
    /// Ascending, 0 = Sunday to 6 = Saturday; Monday to Friday, the CRM's default.
    pub work_days: Vec<u8>,
    /// Shares of the score, .4 .4 .2.
    pub weights: Weights,
    /// What was stored and not believed.
    pub warnings: Vec<SettingWarning>,
}

/// A stored value that was replaced by its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingWarning {
    /// `column.key.key`.
    pub path: String,
    /// What it should have been, to follow "It must be".
    pub expects: String,
}

impl Settings {
    /// Never fails: what cannot be read is in `warnings`.
    pub fn read(row: &SettingsRow) -> Self {
        let mut reader = Reader { row, warnings: Vec::new() };
        reader.columns();
        let weekend = reader.number("processing_targets.weekend_processing.reduced_target_percentage", 25);
        let per_work_day = reader.number("processing_targets.target_leads_per_work_day", 45);
        Self {
            daily_target: reader.number("processing_targets.override_daily_target", per_work_day),
            weekend_percentage: reader
                .switch("processing_targets.weekend_processing.enabled", false)
                .then_some(weekend),
            max_daily_capacity: reader.number("processing_targets.max_daily_capacity", 200),
            messages_per_hour: reader.number("advanced.rate_limiting.messages_per_hour", 1_000),
            messages_per_day: reader.number("advanced.rate_limiting.messages_per_day", 10_000),
            batch_size: reader.batch_size(),
            batch_delay_seconds: reader.number("advanced.batch_processing.batch_delay_seconds", 30),
            cool_down_hours: reader.number("advanced.cool_down_hours", 72),
            phone_region: reader.text("advanced.phone_region", "IL"),
            quiet_hours: reader.hours("advanced.quiet_hours", Hours::whole(9, 20)),
            business_hours: reader.hours("work_days.business_hours", Hours::whole(9, 17)),
            timezone: reader.text("work_days.business_hours.timezone", "Asia/Jerusalem"),
            work_days: reader.value("work_days.work_days", setting_rule::days).unwrap_or_else(|| vec![1, 2, 3, 4, 5]),
            weights: reader.weights(),
            warnings: reader.warnings,
        }
    }

    /// What `day` (in the operator's zone) aims at, holidays apart: the daily target, its share on a day off (rounded
    /// down; nothing without weekend work), never above the cap.
    pub fn target_on(&self, day: NaiveDate) -> u32 {
        let is_work_day = self.work_days.iter().any(|d| u32::from(*d) == day.weekday().num_days_from_sunday());
        let percentage = if is_work_day { 100 } else { self.weekend_percentage.unwrap_or(0) };
        let target = u64::from(self.daily_target) * u64::from(percentage) / 100;
        u32::try_from(target).unwrap_or(u32::MAX).min(self.max_daily_capacity)
    }
}

struct Reader<'a> {
    row: &'a SettingsRow,
    warnings: Vec<SettingWarning>,
}

impl<'a> Reader<'a> {
    /// A column that is no object at all hides all its keys: say it once, for the column.
    fn columns(&mut self) {
        for column in ["work_days", "processing_targets", "advanced"] {
            if self.column(column).is_some_and(|json| !json.is_object() && !json.is_null()) {
                self.warn(column, "a JSON object".to_owned());
            }
        }
    }

    fn column(&self, name: &str) -> Option<&'a Value> {
        match name {
            "work_days" => self.row.work_days.as_ref(),
            "processing_targets" => self.row.processing_targets.as_ref(),
            _ => self.row.advanced.as_ref(),
        }
    }

    /// The stored value; JSON null is the same as absent.
    fn stored(&self, path: &str) -> Option<&'a Value> {
        let (column, keys) = path.split_once('.')?;
        keys.split('.').try_fold(self.column(column)?, |json, key| json.get(key)).filter(|json| !json.is_null())
    }

    /// What `take` makes of the value, if its rule holds.
    fn value<T>(&mut self, path: &str, take: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        self.value_at(path, Rule::of(path)?, take)
    }

    fn value_at<T>(&mut self, path: &str, rule: Rule, take: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        let stored = self.stored(path)?;
        let taken = take(stored).filter(|_| rule.holds(stored));
        if taken.is_none() {
            self.warn(path, rule.expects());
        }
        taken
    }

    fn number(&mut self, path: &str, default: u32) -> u32 {
        self.value(path, setting_rule::whole).unwrap_or(default)
    }

    fn switch(&mut self, path: &str, default: bool) -> bool {
        self.value(path, Value::as_bool).unwrap_or(default)
    }

    fn text(&mut self, path: &str, default: &str) -> String {
        self.value(path, Value::as_str).unwrap_or(default).to_owned()
    }

    /// The key of the web app's shape is read and not settable: the other one would win over it.
    fn batch_size(&mut self) -> u32 {
        let path = "advanced.batch_processing.batch_size";
        let nested = self.value(path, setting_rule::whole);
        let size = nested.or_else(|| self.value_at("advanced.batch_size", Rule::of(path)?, setting_rule::whole));
        size.unwrap_or(50)
    }

    /// Each end for itself, so that one bad end does not move the other; both again if they are the wrong way round.
    fn hours(&mut self, path: &str, default: Hours) -> Hours {
        let mut end_of = |key: &str, default: ClockTime| {
            self.value(&format!("{path}.{key}"), setting_rule::clock).unwrap_or(default)
        };
        let (start, end) = (end_of("start", default.start()), end_of("end", default.end()));
        Hours::new(start, end).unwrap_or_else(|| {
            self.warn(path, Rule::Hours { zone: false }.expects());
            default
        })
    }

    fn weights(&mut self) -> Weights {
        let default = Weights::default();
        let mut share = |key: &str, default| {
            self.value(&format!("advanced.priority_scoring.weights.{key}"), Value::as_f64).unwrap_or(default)
        };
        Weights {
            heat: share("heat_score", default.heat),
            bant: share("bant_score", default.bant),
            days_since_contact: share("days_since_contact", default.days_since_contact),
        }
    }

    fn warn(&mut self, path: &str, expects: String) {
        self.warnings.push(SettingWarning { path: path.to_owned(), expects });
    }
}
