//! The moments of a day at which one message each may go.

use chrono::{DateTime, Duration, Utc};

use super::plan::Window;

/// Evenly spaced moments inside the opening hours; each is given away once.
pub struct Slots {
    /// Ascending.
    times: Vec<DateTime<Utc>>,
    /// `free[i]` points towards the first free slot at or after `i`; itself while `i` is free. Paths are halved as they are
    /// walked, so that ten thousand leads after the same slot cost no more than ten thousand steps or so.
    free: Vec<usize>,
}

impl Slots {
    /// Starts when the first window opens, or at the next whole minute after `now` if that is later, and goes on every
    /// `3600 / per_hour` seconds (rounded up, at least 1). Slots closer than that to one in `taken` are not made.
    /// Without a rate (`per_hour` 0) there are none.
    pub fn new(windows: &[Window], now: DateTime<Utc>, per_hour: u32, taken: &[DateTime<Utc>]) -> Self {
        let mut times = Vec::new();
        if per_hour > 0 {
            let step = Duration::seconds(i64::from(3600_u32.div_ceil(per_hour)));
            let mut windows = windows.to_vec();
            windows.sort_by_key(|window| window.opens_at);
            let mut taken = taken.to_vec();
            taken.sort();
            let mut taken = taken.into_iter().peekable();
            let mut next = whole_minute(now);
            for window in windows {
                next = next.max(window.opens_at);
                while next < window.closes_at {
                    if taken.next_if(|at| *at + step <= next).is_some() {
                        continue;
                    }
                    match taken.peek() {
                        Some(at) if next + step > *at => next = *at + step,
                        _ => {
                            times.push(next);
                            next += step;
                        }
                    }
                }
            }
        }
        let free = (0..=times.len()).collect();
        Self { times, free }
    }

    /// True when there never was a slot.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Gives away the first free slot that lies in one of the `allowed` windows.
    pub fn take(&mut self, allowed: &[Window]) -> Option<DateTime<Utc>> {
        let first = allowed.iter().filter_map(|window| self.first_free(window)).min()?;
        self.free[first] = first + 1;
        Some(self.times[first])
    }

    fn first_free(&mut self, window: &Window) -> Option<usize> {
        let mut at = self.times.partition_point(|time| *time < window.opens_at);
        while self.free[at] != at {
            self.free[at] = self.free[self.free[at]];
            at = self.free[at];
        }
        self.times.get(at).filter(|time| **time < window.closes_at).map(|_| at)
    }
}

fn whole_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    let past =
        Duration::nanoseconds(at.timestamp().rem_euclid(60) * 1_000_000_000 + i64::from(at.timestamp_subsec_nanos()));
    if past.is_zero() { at } else { at - past + Duration::minutes(1) }
}
