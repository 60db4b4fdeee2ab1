//! What the command line says to people.

use std::fmt::Write;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{
    error::{Code, Error},
    feed::News,
    model::{
        connection::{DatabaseIs, Probe, ProbeLine, ProbeState, Profile},
        feed::Loss,
        ledger::{LedgerRow, Tampering, Verification},
        pause::PauseRow,
        plan::Plan,
        quarantine::Quarantined,
        receipt::Receipt,
        run::RunStatus,
        session::{DatabaseState, ReadOnlyReason, Session},
    },
};

/// The code as it is on the wire.
pub fn code(code: Code) -> String {
    serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

pub fn profiles(profiles: &[Profile]) -> String {
    if profiles.is_empty() {
        return "No connection is saved.".to_owned();
    }
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().replace('_', " ");
    let lines = profiles.iter().map(|profile| {
        let (environment, guard) = (serde_json::json!(profile.environment), serde_json::json!(profile.guard));
        let keychain = if profile.in_keychain { ", password in the keychain" } else { "" };
        format!("{}\n  {}  {}, {}{keychain}", profile.title(), profile.account(), word(environment), word(guard))
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn receipt(receipt: &Receipt) -> String {
    let mut out = match receipt.changed {
        0 => format!("{}: nothing changed, {} asked.", receipt.action, receipt.asked),
        changed => format!("{}: {changed} changed, {} asked.", receipt.action, receipt.asked),
    };
    for skipped in &receipt.skipped {
        let _ = write!(out, "\n  left out  {:>6}  {}", skipped.count, words(&skipped.reason));
    }
    for failed in receipt.failed.iter().take(10) {
        let _ = write!(out, "\n  failed    {}: {}", failed.id, failed.reason);
    }
    if receipt.failed.len() > 10 {
        let _ = write!(out, "\n  and {} more failed", receipt.failed.len() - 10);
    }
    if let Some(owner) = receipt.detail.get("owner_name").and_then(|v| v.as_str()) {
        let _ = write!(out, "\n  owner     {owner}");
    }
    if receipt.detail.get("simulated").and_then(serde_json::Value::as_bool) == Some(true) {
        out.push_str("\n  dry run   nobody received anything");
    }
    if receipt.detail.get("found_in_ledger").is_some() {
        out.push_str("\n  ledger    the connection broke before the answer; the ledger shows that it was done");
    }
    let _ = write!(out, "\n  receipt   {}", receipt.receipt_id);
    if let Some(ledger) = &receipt.ledger_id {
        let _ = write!(out, ", ledger row {ledger}");
    }
    out
}

/// `messages, leads`, the new mode, or a receipt; as JSON `{topics}`, `{feed}` or `{settled}`.
pub fn news(news: &News, json: bool) -> String {
    let word = |value: serde_json::Value| value.as_str().map(str::to_owned).unwrap_or_default();
    match news {
        News::Changed(topics) if json => serde_json::json!({ "topics": topics }).to_string(),
        News::Status(status) if json => serde_json::json!({ "feed": status }).to_string(),
        News::Settled(settled) if json => serde_json::json!({ "settled": settled }).to_string(),
        News::Settled(settled) => match &settled.receipt {
            Some(done) => receipt(done),
            None => format!("{}: the ledger shows that nothing was done.", settled.verb),
        },
        News::Changed(topics) => {
            topics.iter().map(|topic| word(serde_json::json!(topic))).collect::<Vec<_>>().join(", ")
        }
        News::Status(status) => {
            let because = status.because.map(|because| format!(" ({})", words(&word(serde_json::json!(because)))));
            let lost = status.loss.as_ref().map(|loss| format!("\n-- {}", lost(loss))).unwrap_or_default();
            format!("-- {}{}{lost}", word(serde_json::json!(status.mode)), because.unwrap_or_default())
        }
    }
}

fn lost(loss: &Loss) -> String {
    format!(
        "The database went back to an earlier state: {}{} ledger rows that this desk saw are gone, {} messages that it sent were put back. {}",
        loss.rows,
        if loss.or_more { " or more" } else { "" },
        loss.put_back,
        if loss.stopped { "Everything was stopped." } else { "Tell an operator to stop everything." }
    )
}

pub fn plan(plan: &Plan) -> String {
    let mut out = format!(
        "A plan for {} on {} ({}): {} of {} leads. Nothing was written.",
        plan.operator,
        plan.day,
        plan.zone,
        plan.items.len(),
        plan.candidates
    );
    if let (Some(first), Some(last)) = (plan.items.first(), plan.items.last()) {
        let _ = write!(
            out,
            "\n  first {} UTC, last {} UTC",
            first.slot.format("%Y-%m-%d %H:%M:%S"),
            last.slot.format("%H:%M:%S")
        );
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for lead in &plan.left_out {
        match reasons.iter_mut().find(|(reason, _)| *reason == lead.reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((&lead.reason, 1)),
        }
    }
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    for (reason, count) in reasons {
        let _ = write!(out, "\n  left out  {count:>6}  {}", words(reason));
    }
    out
}

pub fn progress(status: &RunStatus) -> String {
    let t = &status.totals;
    format!(
        "claimed {}, sent {}, failed {}, unknown {}, given back {}, cancelled {}",
        t.claimed, t.sent, t.failed, t.unknown, t.returned, t.cancelled
    )
}

pub fn session(session: &Session) -> String {
    let state = match session.database {
        DatabaseState::Empty => "no CRM tables",
        DatabaseState::NotMigrated => "the CRM, not migrated",
        DatabaseState::Ready if session.sample => "ready (sample)",
        DatabaseState::Ready => "ready",
    };
    let who = session.operator.as_ref().map_or("no operator", |o| o.name.as_str());
    format!(
        "{}: {state}. Login {} is {who}{}.",
        session.name,
        session.login,
        match session.read_only_reason {
            None => String::new(),
            Some(ReadOnlyReason::Chosen) => "opened to look, not act".to_owned(),
            Some(ReadOnlyReason::AppTooOld) => format!(
                ", read only: this is version {}, and the database asks for {} or newer",
                session.app_version,
                session.min_app_version.as_deref().unwrap_or("a newer one")
            ),
            Some(ReadOnlyReason::Standby) =>
                ", read only: this is a read replica, connect to the primary to act".to_owned(),
            Some(_) => ", read only".to_owned(),
        }
    )
}

pub fn pauses(pauses: &[PauseRow]) -> String {
    let line = |pause: &PauseRow| {
        let what = pause.subject_name.as_deref().or(pause.subject.as_deref()).unwrap_or("everybody");
        let until = pause
            .until
            .map_or("until somebody resumes".to_owned(), |at| format!("until {} UTC", at.format("%Y-%m-%d %H:%M:%S")));
        let by = pause.by_name.as_deref().map(|name| format!(", by {name}")).unwrap_or_default();
        let reason = pause.reason.as_deref().map(|r| format!("  ({r})")).unwrap_or_default();
        format!("{:<8}  {what}  {until}{by}{reason}", pause.scope)
    };
    match pauses {
        [] => "Nothing is paused.".to_owned(),
        some => some.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

/// `ok       tcp      Port 5432 answers. (3 ms)`
pub fn probe_line(line: &ProbeLine) -> String {
    let word = |value: Result<serde_json::Value, _>| {
        value.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let (state, step) = (word(serde_json::to_value(line.state)), word(serde_json::to_value(line.step)));
    let mut out = format!("{state:<8}  {step:<8}  {}", line.words);
    if let Some(ms) = line.ms {
        let _ = write!(out, " ({ms} ms)");
    }
    if let (Some(hint), true) = (&line.hint, line.state != ProbeState::Ok) {
        let _ = write!(out, "\n{:<8}  {:<8}  {hint}", "", "");
    }
    out
}

pub fn probe_verdict(probe: &Probe) -> String {
    let is = match probe.database {
        None => "The database was not reached.",
        Some(DatabaseIs::Empty) => "An empty database: `migrate --plan` shows what would be made.",
        Some(DatabaseIs::Other) => "A database without a CRM.",
        Some(DatabaseIs::NotMigrated) => {
            "A CRM that is not set up for Queue Desk: `migrate --plan` shows what would be added."
        }
        Some(DatabaseIs::Outdated) => "A CRM that an older Queue Desk set up: `migrate --plan` shows what is missing.",
        Some(DatabaseIs::Ready) => "A CRM that is set up for Queue Desk.",
        Some(DatabaseIs::Newer) => "A CRM that a newer Queue Desk set up: look only.",
    };
    match &probe.ask_admin {
        Some(why) => format!("{is} {why} Ask your admin."),
        None => is.to_owned(),
    }
}

/// A command line that was not understood. What was typed is not repeated: it may hold a password.
pub fn not_understood(refused: &clap::Error) -> Error {
    let what = match refused.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "A value is not one of those possible",
        ErrorKind::UnknownArgument => "There is an argument too many, or one that does not exist",
        ErrorKind::InvalidSubcommand => "There is no such command",
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "No command was given",
        ErrorKind::MissingRequiredArgument => "Something is missing",
        ErrorKind::ArgumentConflict => "Two arguments exclude each other",
        _ => "The command line was not understood",
    };
    let error = Error::new(Code::BadInput, format!("{what}. Nothing was done.")).hint("See `queue-desk --help`.");
    // Only for values is it the name of one of our own arguments.
    match (refused.kind(), refused.get(ContextKind::InvalidArg)) {
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(ContextValue::String(name))) => {
            let name = name.split([' ', '=']).next().unwrap_or_default();
            error.field(name.trim_matches(['-', '<', '>', '[', ']']).to_lowercase())
        }
        _ => error,
    }
}

/// `taken_by` -> `taken by`.
pub fn words(reason: &str) -> String {
    reason.replace('_', " ")
}

pub fn verification(found: &Verification) -> String {
    let mut out = match found.problem_count {
        0 => "The ledger is intact".to_owned(),
        1 => "The ledger is NOT intact: 1 problem".to_owned(),
        n => format!("The ledger is NOT intact: {n} problems"),
    };
    let _ = match found.sealed_to {
        Some(at) => write!(
            out,
            ". Sealed to {} UTC: {} of {} rows, {} not yet.",
            at.format("%Y-%m-%d %H:%M:%S"),
            found.sealed,
            found.rows,
            found.unsealed
        ),
        None => write!(out, ". No row was sealed yet, {} wait.", found.unsealed),
    };
    for problem in &found.problems {
        let seq = problem.seq.map(|seq| format!(" at place {seq}")).unwrap_or_default();
        let row = problem.ledger_id.as_deref().map(|id| format!(", row {id}")).unwrap_or_default();
        let _ = write!(out, "\n  problem   {}{seq}{row}", tampering(problem.what));
    }
    if let Some(head) = &found.head {
        let _ = write!(out, "\n  head      {} {}", head.seq, head.hash);
    }
    match &found.remembered {
        Some(seen) => {
            let _ = write!(out, "\n  seen      {} {}", seen.seq, seen.hash);
        }
        None => out.push_str("\n  seen      never before by this computer: a cut made earlier would not show"),
    }
    if found.gaps > 0 {
        let _ = write!(out, "\n  gaps      {} changes could not be written into the ledger", found.gaps);
    }
    if let Some(reason) = &found.not_sealed {
        let _ = write!(out, "\n  not sealed before: {reason}");
    }
    out
}

fn tampering(what: Tampering) -> &'static str {
    match what {
        Tampering::Changed => "a row is not what was sealed",
        Tampering::Deleted => "a sealed row is gone",
        Tampering::MissingSeal => "a seal is gone",
        Tampering::InsertedBehind => "a row has no seal behind the head",
        Tampering::Cut => "the end that this computer saw is gone",
        Tampering::Rewritten => "the chain is not the one that this computer saw",
        Tampering::UnknownVersion => "a row was sealed by a newer program",
    }
}

pub fn ledger(rows: &[LedgerRow]) -> String {
    if rows.is_empty() {
        return "No row of the ledger is like that.".to_owned();
    }
    let line = |row: &LedgerRow| {
        let state = match (&row.from_state, &row.to_state) {
            (None, None) => String::new(),
            (from, to) => format!("  {} -> {}", from.as_deref().unwrap_or("-"), to.as_deref().unwrap_or("-")),
        };
        let who = row.operator.as_deref().unwrap_or(&row.login);
        let id = row.entity_id.as_deref().unwrap_or("-");
        let seal = if row.seq.is_some() { "sealed" } else { "-" };
        let reason = row.reason.as_deref().map(|r| format!("  ({r})")).unwrap_or_default();
        format!(
            "{:>8}  {}  {:<10}  {:<6}  {who}: {} {} {id}{state}{reason}",
            row.id,
            row.at.format("%Y-%m-%d %H:%M:%S"),
            row.actor_kind,
            seal,
            row.action,
            row.entity
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub fn quarantine(rows: &[Quarantined]) -> String {
    if rows.is_empty() {
        return "Nothing is in quarantine that waits for a decision.".to_owned();
    }
    let line = |row: &Quarantined| {
        let state = match (row.state.as_str(), row.restorable) {
            ("open", true) => "can go back",
            ("open", false) => "open",
            (state, _) => state,
        };
        let key =
            row.src_pk.as_object().into_iter().flatten().map(|(_, v)| v.as_str().map_or(v.to_string(), str::to_owned));
        let key = key.collect::<Vec<_>>().join(",");
        format!(
            "{:>8}  {}  {state:<11}  {:<12}  {} {key}  ({})",
            row.id,
            row.at.format("%Y-%m-%d %H:%M:%S"),
            row.action,
            row.src_table,
            row.reasons.join("; ")
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
