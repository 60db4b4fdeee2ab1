//! `metrics`: the figures of a range of days.

use std::fmt::Write;

use chrono::NaiveDate;

use super::{args::Args, finish, print};
use crate::{
    action::{Desk, metrics as action},
    error::Result,
    model::metrics::{Metrics, MetricsFilter},
};

/// So many days, or from and to.
type Range = (Option<u32>, Option<NaiveDate>, Option<NaiveDate>);

pub async fn run(args: &Args, desk: &Desk, range: Range, operator: Option<&str>, write: bool) -> Result<u8> {
    let (days, from, to) = range;
    let operator = match operator {
        Some(named) => Some(desk.operator(named, "operator").await?),
        None => None,
    };
    let found = action::figures(desk, &MetricsFilter { days, from, to, operator }).await?;
    if write {
        return Ok(finish(args, &action::write(desk, found.from, found.to).await?));
    }
    print(args, &found, || text(&found));
    Ok(0)
}

fn text(metrics: &Metrics) -> String {
    let (now, before) = (&metrics.totals, &metrics.before.figures);
    let days = |from: NaiveDate, to: NaiveDate| if from == to { from.to_string() } else { format!("{from} to {to}") };
    let until = if metrics.before.whole { "" } else { ", up to the same hour" };
    let mut out = format!("{} ({})", days(metrics.from, metrics.to), metrics.zone);
    let _ = write!(out, ", beside {}{until}", days(metrics.before.from, metrics.before.to));
    if metrics.sample {
        out.push_str("\nSample database: every send is a dry run, nobody received anything.");
    }
    let mut line = |name: &str, is: String, was: String| {
        let _ = write!(out, "\n  {name:<22}{is:>8}{was:>10}");
    };
    for (name, is, was) in [
        ("sent", now.sent, before.sent),
        ("  delivered", now.delivered, before.delivered),
        ("  read", now.read, before.read),
        ("failed", now.failed, before.failed),
        ("unknown, to settle", now.unknown, before.unknown),
        ("cancelled", now.cancelled, before.cancelled),
    ] {
        line(name, is.to_string(), was.to_string());
    }
    line("wait, half", minutes(now.wait_half), minutes(before.wait_half));
    line("wait, 95 of 100", minutes(now.wait_most), minutes(before.wait_most));
    let _ = write!(out, "\n\n  {:<18}{:>8}{:>8}{:>8}{:>8}{:>8}", "", "sent", "failed", "unknown", "held", "planned");
    for bar in &metrics.bars {
        let figures = [bar.sent, bar.failed, bar.unknown, bar.held, bar.planned];
        if figures.iter().any(|n| *n > 0) {
            let _ = write!(out, "\n  {:<18}", bar.local);
            for n in figures {
                let _ = write!(out, "{n:>8}");
            }
        }
    }
    for operator in &metrics.operators {
        let (used, reserved, cap) = (operator.used, operator.reserved, operator.cap);
        let _ =
            write!(out, "\n  {}: {} sent; today {used} of {cap}, {reserved} reserved", operator.name, operator.sent);
    }
    for waiting in &metrics.waiting {
        let (name, why) =
            (waiting.name.as_deref().unwrap_or("nobody"), waiting.reason.as_deref().unwrap_or("may go now"));
        let _ = write!(
            out,
            "\n  {name} has {} due, the oldest since {} ({why})",
            waiting.count,
            waiting.since.format("%Y-%m-%d %H:%M UTC")
        );
    }
    for failure in &metrics.failures {
        let again = if failure.retryable { ", may be tried again" } else { "" };
        let _ = write!(out, "\n  failed {:>6}  {}{again}", failure.count, failure.code);
    }
    if metrics.hidden > 0 {
        let _ = write!(out, "\n  {} more are not yours to see and are not counted.", metrics.hidden);
    }
    out
}

fn minutes(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "-".to_owned(), |s| format!("{:.0} min", s / 60.0))
}
