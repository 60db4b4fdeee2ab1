//! Times of day as the settings write them: `09:00` to `24:00`, on the wall clock of whatever zone is meant.

use std::fmt;

/// A minute of the day, 00:00 to 24:00. 24:00 is the end of the day, which `chrono::NaiveTime` cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(u16);

/// From `start` until just before `end`, on one day: `start` is earlier than `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    start: ClockTime,
    end: ClockTime,
}

impl ClockTime {
    /// `H:MM` or `HH:MM`, with `:00` seconds allowed because a Postgres `time` prints them.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, rest) = text.trim().split_once(':')?;
        let minute = rest.strip_suffix(":00").unwrap_or(rest);
        let is_number = |part: &str, digits| digits >= part.len() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(hour, 2) || !is_number(minute, 2) || minute.len() != 2 {
            return None;
        }
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        let minutes = hour * 60 + minute;
        (minute < 60 && minutes <= 24 * 60).then_some(Self(minutes))
    }

    /// Minutes since midnight on the wall clock, 0 to 1440.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Hours {
    /// Nothing when `start` is not earlier than `end`: hours never run over midnight.
    pub fn new(start: ClockTime, end: ClockTime) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whole hours, for defaults that are known to be right.
    pub(super) const fn whole(start: u16, end: u16) -> Self {
        assert!(start < end && end <= 24);
        Self { start: ClockTime(start * 60), end: ClockTime(end * 60) }
    }

    pub fn start(self) -> ClockTime {
        self.start
    }

    pub fn end(self) -> ClockTime {
        self.end
    }
}
