//! What a setting of an operator may be: the one table that reading and writing settings share.

use serde_json::Value;

use super::{
    hours::{ClockTime, Hours},
    phone,
};
use crate::error::{Code, Error, Result};

/// The shape of one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    Switch,
    /// A whole number, ends included.
    Number {
        least: u32,
        most: u32,
    },
    /// As `Number`; null takes the setting away.
    NumberOrNull {
        least: u32,
        most: u32,
    },
    /// 0 to 1.
    Share,
    /// Days of the week without repeats, 0 = Sunday to 6 = Saturday; at least one.
    Days,
    /// `HH:MM`, to `24:00`.
    Clock,
    /// `{start, end}`, start before end; with `zone` also `timezone`.
    Hours {
        zone: bool,
    },
    /// The IANA name of a zone. Only the form: whether it exists is the database's to say.
    Zone,
    /// ISO 3166 alpha-2, with a numbering plan.
    Region,
}

/// Every setting that this program reads and a script may set, by `column.key.key` in `user_queue_settings`.
pub const RULES: &[(&str, Rule)] = &[
    ("work_days.work_days", Rule::Days),
    ("work_days.business_hours", Rule::Hours { zone: true }),
    ("work_days.business_hours.start", Rule::Clock),
    ("work_days.business_hours.end", Rule::Clock),
    ("work_days.business_hours.timezone", Rule::Zone),
    ("processing_targets.target_leads_per_month", Rule::Number { least: 0, most: 1_000_000 }),
    ("processing_targets.target_leads_per_work_day", Rule::Number { least: 0, most: 100_000 }),
    ("processing_targets.override_daily_target", Rule::NumberOrNull { least: 0, most: 100_000 }),
    ("processing_targets.max_daily_capacity", Rule::Number { least: 0, most: 100_000 }),
    ("processing_targets.weekend_processing.enabled", Rule::Switch),
    ("processing_targets.weekend_processing.reduced_target_percentage", Rule::Number { least: 0, most: 100 }),
    ("advanced.quiet_hours", Rule::Hours { zone: false }),
    ("advanced.quiet_hours.start", Rule::Clock),
    ("advanced.quiet_hours.end", Rule::Clock),
    ("advanced.rate_limiting.messages_per_hour", Rule::Number { least: 0, most: 100_000 }),
    ("advanced.rate_limiting.messages_per_day", Rule::Number { least: 0, most: 1_000_000 }),
    ("advanced.batch_processing.enabled", Rule::Switch),
    ("advanced.batch_processing.batch_size", Rule::Number { least: 1, most: 1_000 }),
    ("advanced.batch_processing.batch_delay_seconds", Rule::Number { least: 0, most: 3_600 }),
    ("advanced.cool_down_hours", Rule::Number { least: 0, most: 8_760 }),
    ("advanced.phone_region", Rule::Region),
    ("advanced.priority_scoring.weights.heat_score", Rule::Share),
    ("advanced.priority_scoring.weights.bant_score", Rule::Share),
    ("advanced.priority_scoring.weights.days_since_contact", Rule::Share),
];

/// Whether `value` may be stored at `path`. A leaf of an `{start, end}` pair is judged alone: whoever stores it asks
/// again with the merged pair, so that start stays before end.
pub fn validate(path: &str, value: &Value) -> Result<()> {
    let Some((_, rule)) = RULES.iter().find(|(known, _)| *known == path) else {
        let known: Vec<&str> = RULES.iter().map(|(known, _)| *known).collect();
        let hint = format!("Settings that can be set: {}.", known.join(", "));
        return Err(Error::new(Code::BadInput, format!("There is no setting {path}. Nothing was changed."))
            .hint(hint)
            .field(path));
    };
    if rule.holds(value) {
        return Ok(());
    }
    let message = format!("{path} cannot be set to that. Nothing was changed.");
    Err(Error::new(Code::BadInput, message).hint(format!("It must be {}.", rule.expects())).field(path))
}

impl Rule {
    /// The rule of a path in [`RULES`].
    pub(super) fn of(path: &str) -> Option<Rule> {
        RULES.iter().find(|(known, _)| *known == path).map(|(_, rule)| *rule)
    }

    pub fn holds(self, value: &Value) -> bool {
        match self {
            Rule::Switch => value.is_boolean(),
            Rule::Number { least, most } => whole(value).is_some_and(|n| (least..=most).contains(&n)),
            Rule::NumberOrNull { least, most } => value.is_null() || Rule::Number { least, most }.holds(value),
            Rule::Share => value.as_f64().is_some_and(|n| (0.0..=1.0).contains(&n)),
            Rule::Days => days(value).is_some(),
            Rule::Clock => clock(value).is_some(),
            Rule::Hours { zone } => hours(value, zone),
            Rule::Zone => value.as_str().is_some_and(is_zone_name),
            Rule::Region => value.as_str().is_some_and(phone::is_region),
        }
    }

    /// The end of a sentence that begins with "It must be".
    pub fn expects(self) -> String {
        match self {
            Rule::Switch => "true or false".to_owned(),
            Rule::Number { least, most } => format!("a whole number from {least} to {most}"),
            Rule::NumberOrNull { least, most } => format!("a whole number from {least} to {most}, or null"),
            Rule::Share => "a number from 0 to 1".to_owned(),
            Rule::Days => "a list of different days, 0 (Sunday) to 6 (Saturday), such as [0,1,2,3,4]".to_owned(),
            Rule::Clock => "a time such as \"09:00\", at the latest \"24:00\"".to_owned(),
            Rule::Hours { zone: false } => "{\"start\":\"09:00\",\"end\":\"20:00\"} with the start before the end".to_owned(),
            Rule::Hours { zone: true } => {
                "{\"start\":\"09:00\",\"end\":\"17:00\",\"timezone\":\"Asia/Jerusalem\"} with the start before the end; \
                 the timezone may be left out"
                    .to_owned()
            }
            Rule::Zone => "the name of a time zone such as \"Asia/Jerusalem\"".to_owned(),
            Rule::Region => "the two capital letters of a country, such as \"IL\"".to_owned(),
        }
    }
}

/// A whole number that fits, also when JSON wrote it as `45.0`.
pub(super) fn whole(value: &Value) -> Option<u32> {
    let n = value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(n))?;
    Some(n as u32)
}

pub(super) fn days(value: &Value) -> Option<Vec<u8>> {
    let mut days: Vec<u8> =
        value.as_array()?.iter().map(|day| whole(day).and_then(|day| u8::try_from(day).ok())).collect::<Option<_>>()?;
    days.sort_unstable();
    let sane = !days.is_empty() && days.iter().all(|day| *day <= 6) && days.windows(2).all(|pair| pair[0] != pair[1]);
    sane.then_some(days)
}

pub(super) fn clock(value: &Value) -> Option<ClockTime> {
    ClockTime::parse(value.as_str()?)
}

fn hours(value: &Value, zone: bool) -> bool {
    let Some(object) = value.as_object() else { return false };
    let known = |key: &String| key == "start" || key == "end" || (zone && key == "timezone");
    let time = |key| object.get(key).and_then(clock);
    object.keys().all(known)
        && time("start").zip(time("end")).is_some_and(|(start, end)| Hours::new(start, end).is_some())
        && object.get("timezone").is_none_or(|name| Rule::Zone.holds(name))
}

/// Letters, digits and `/ _ + -`, as in all names of the IANA database; never a blank one.
fn is_zone_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c))
}
