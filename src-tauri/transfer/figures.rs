//! The figures of the days as a CSV file for a spreadsheet: a row for each hour or day, a column for what each operator sent.

use std::io::{self, Write};

use super::csv::safe;
use crate::model::metrics::{Bar, Metrics};

const COLUMNS: [&str; 9] = [
    "begins_local",
    "begins_utc",
    "sent",
    "failed",
    "unknown",
    "held",
    "planned",
    "wait_half_minutes",
    "wait_95_percent_minutes",
];

/// Local times are those of the figures' zone; an hour that the clock repeats is there twice, told apart by its UTC.
pub fn write<W: Write>(metrics: &Metrics, mut out: W) -> io::Result<W> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    let sent = if metrics.sample { "dry_run_by" } else { "sent_by" };
    let names = metrics.operators.iter().map(|operator| format!("{sent} {}", operator.name));
    csv.write_record(COLUMNS.map(str::to_owned).into_iter().chain(names).map(|name| safe(&name).into_owned()))?;
    for (n, bar) in metrics.bars.iter().enumerate() {
        let by =
            metrics.operators.iter().map(|operator| operator.spark.get(n).copied().unwrap_or_default().to_string());
        csv.write_record(cells(bar).into_iter().chain(by))?;
    }
    csv.into_inner().map_err(|unfinished| unfinished.into_error())
}

fn cells(bar: &Bar) -> [String; 9] {
    let minutes = |seconds: Option<f64>| seconds.map(|s| format!("{:.1}", s / 60.0)).unwrap_or_default();
    [
        bar.local.clone(),
        bar.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        bar.sent.to_string(),
        bar.failed.to_string(),
        bar.unknown.to_string(),
        bar.held.to_string(),
        bar.planned.to_string(),
        minutes(bar.wait_half),
        minutes(bar.wait_most),
    ]
}
