//! Chance that can be repeated.

use chrono::{DateTime, Duration, Utc};
use uuid::{Builder, Uuid};

/// One stream of decisions. Streams with different names are independent, so that a change in one leaves the others alone.
pub struct Dice(fastrand::Rng);

impl Dice {
    pub fn new(stream: &str, seed: u64, resets: i32) -> Self {
        // FNV-1a over everything that the stream depends on.
        let bytes = stream.bytes().chain(seed.to_le_bytes()).chain(resets.to_le_bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Self(fastrand::Rng::with_seed(hash))
    }

    pub fn id(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.fill(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    pub fn percent(&mut self, chance: f64) -> bool {
        self.0.f64() * 100.0 < chance
    }

    /// Both ends included.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        self.0.i32(low..=high)
    }

    /// 0 to 1, two decimals.
    pub fn share(&mut self) -> f64 {
        f64::from(self.between(0, 100)) / 100.0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.0.usize(..from.len())]
    }

    pub fn weighted<T: Copy>(&mut self, table: &[(u32, T)]) -> T {
        let total: u32 = table.iter().map(|(weight, _)| weight).sum();
        let mut left = self.0.u32(..total);
        for &(weight, value) in table {
            if left < weight {
                return value;
            }
            left -= weight;
        }
        unreachable!("the draw is below the sum of the weights")
    }

    /// A moment in working hours, `days` days before `today`.
    pub fn working_moment(&mut self, today: DateTime<Utc>, days: i32) -> DateTime<Utc> {
        today - Duration::days(days.into()) + Duration::minutes(self.between(9 * 60, 17 * 60 + 59).into())
    }
}
