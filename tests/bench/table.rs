//! The lines of the report.

use std::time::{Duration, Instant};

/// Prints each case as soon as it is measured.
pub struct Table {
    wanted: Vec<String>,
    printed: bool,
}

impl Table {
    pub fn new(wanted: Vec<String>) -> Self {
        Self { wanted, printed: false }
    }

    /// Whether the case is asked for.
    pub fn wants(&self, case: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|word| case.contains(word.as_str()))
    }

    /// One line: the median and the slowest of ours, the median of the peer, how many times the peer that is.
    pub fn line(&mut self, case: &str, ours: &[Duration], peer: &str, theirs: &[Duration]) {
        if !self.printed {
            println!(
                "{:<58} {:>4} {:>10} {:>10} {:>10} {:>7}  peer",
                "case", "n", "median", "slowest", "peer", "ratio"
            );
            self.printed = true;
        }
        let ratio = median(ours).as_secs_f64() / median(theirs).as_secs_f64();
        println!(
            "{case:<58} {:>4} {:>10} {:>10} {:>10} {ratio:>7.2}  {peer}",
            ours.len(),
            shown(median(ours)),
            shown(*ours.iter().max().unwrap()),
            shown(median(theirs)),
        );
    }

    pub fn end(&self) {
        if !self.printed {
            println!("No case has this name.");
        }
    }
}

/// How long it takes.
pub async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let began = Instant::now();
    let done = work.await;
    (began.elapsed(), done)
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

fn shown(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}
