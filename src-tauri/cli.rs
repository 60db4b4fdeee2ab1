//! The headless twin of every action. Its flags, exit codes and `--json` shapes are a contract: 0 done (also when nothing had to
//! change), 1 refused or partly failed, 2 could not, 3 no connection. With `--json` standard output holds the receipt and nothing
//! else; errors go to standard error, as JSON too.

mod args;
mod metrics;
mod migration;
mod people;
mod profile;
mod stop;
mod text;
mod verb;

use std::{
    io::Write,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use clap::Parser;
use serde::Serialize;

pub use self::args::Args;
use self::args::{Command, FailOn, LedgerCommand, QuarantineCommand, ReportFormat, SenderName, SettingsCommand};
use crate::{
    action::{self, Desk},
    audit::{migrate, report, sarif},
    automation::{self, Control, RunOptions, Until, upkeep},
    connect::{self, Connected},
    embedded::Home,
    error::{Code, Error, Result},
    feed, log,
    model::{connection::ProbeState, finding::Status, page::Filter, receipt::Receipt},
    sample::{self, SampleOptions},
    sender::{Sender, dry_run::DryRun},
};

/// The words of this process's command line; else the exit code, once help was printed or the refusal told.
pub fn read_args() -> std::result::Result<Args, u8> {
    Args::try_parse().map_err(|refused| match std::env::args().any(|word| word == "--json") && refused.use_stderr() {
        true => tell(&text::not_understood(&refused), true),
        false => {
            let _ = refused.print();
            u8::try_from(refused.exit_code()).unwrap_or(2)
        }
    })
}

/// Runs one command and returns the exit code.
pub async fn run(args: Args) -> u8 {
    match execute(&args).await {
        Ok(code) => code,
        Err(error) => {
            tracing::warn!(code = ?error.code, "the command failed");
            tell(&error, args.json)
        }
    }
}

/// Says the error on standard error and returns its exit code.
fn tell(error: &Error, json: bool) -> u8 {
    match json {
        true => eprintln!("{}", serde_json::to_string(error).unwrap_or_else(|_| error.to_string())),
        false => eprintln!("{error} [{}]", text::code(error.code)),
    }
    exit_code(error)
}

async fn execute(args: &Args) -> Result<u8> {
    if let Command::Profile { command } = &args.command {
        return profile::run(args, command);
    }
    let wish = args.wish();
    let target = match &wish.profile {
        Some(name) => profile::target(name).await?,
        None => wish.target()?,
    };
    let connected = Connected::open(target).await?;
    let code = command(args, &connected).await;
    if let Some(embedded) = connected.embedded {
        crate::connect::blocking(move || embedded.stop()).await?;
    }
    code
}

async fn command(args: &Args, connected: &Connected) -> Result<u8> {
    match &args.command {
        Command::Migrate { .. } => return migration::run(args, connected).await,
        Command::Probe => return Ok(probe(args, connected).await),
        Command::Check { fail_on, format } => return check(args, connected, *fail_on, *format).await,
        Command::Sample { leads, seed, reset } => return make_sample(args, connected, *leads, *seed, *reset).await,
        _ => connected.set_up().await?,
    }
    let mut desk = connected.desk(connected.refuse_transaction_pooler().await?).await?;
    // Where nothing can be remembered, it works all the same.
    if let Ok(home) = Home::from_env()
        && let Ok(folder) = home.ready()
    {
        connected.remember(&desk, folder);
    }
    if let Some(operator) = &args.acting_as {
        desk = desk.acting_as(operator).await?;
    }
    let receipt = match &args.command {
        Command::Prepare { date, dry_run, leads } => {
            let plan = action::prepare::preview(&desk, *date, leads.as_deref()).await?;
            if *dry_run {
                print(args, &plan, || text::plan(&plan));
                return Ok(0);
            }
            // Nobody saw the preview, so what changed in the moment between is simply left out.
            action::prepare::apply(&desk, &plan, true).await?
        }
        Command::Run { once, drain, sender, batch } => {
            run_automation(args, &desk, *once, *drain, *sender, *batch).await?
        }
        Command::Take { lead, reason } => action::take::take(&desk, *lead, None, reason.as_deref()).await?,
        Command::Release { lead, reason } => action::take::release(&desk, *lead, reason.as_deref()).await?,
        Command::Undo { receipt } => action::undo::undo(&desk, *receipt).await?,
        Command::Stop { reason } => action::stop::stop_everything(&desk, reason.as_deref()).await?,
        Command::Verb(verb) => return verb::run(args, &desk, verb).await,
        Command::Export { out, preset, lane } => return export(args, &desk, out, *preset, lane.clone()).await,
        Command::Metrics { days, from, to, operator, write } => {
            return metrics::run(args, &desk, (*days, *from, *to), operator.as_deref(), *write).await;
        }
        Command::Ledger { command } => return ledger(args, &desk, command).await,
        Command::Quarantine { command } => match command {
            QuarantineCommand::List { all, before, last } => {
                let rows = action::quarantine::list(&desk, !all, *before, *last).await?;
                print(args, &rows, || text::quarantine(&rows));
                return Ok(0);
            }
            QuarantineCommand::Restore { ids, all } => {
                action::quarantine::restore(&desk, (!all).then_some(ids.as_slice())).await?
            }
            QuarantineCommand::Keep { ids, all } => {
                action::quarantine::keep(&desk, (!all).then_some(ids.as_slice())).await?
            }
        },
        Command::Settings { command } => match command {
            SettingsCommand::Get { path } => {
                let value = action::setting::get(&desk, path.as_deref().unwrap_or_default()).await?;
                say(&if args.json {
                    value.to_string()
                } else {
                    serde_json::to_string_pretty(&value).unwrap_or_default()
                });
                return Ok(0);
            }
            SettingsCommand::Set { path, value } => {
                // `09:00` and `Asia/Jerusalem` need no quotes; everything that is JSON is taken as JSON.
                let value = serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::String(value.clone()));
                action::setting::set(&desk, path, &value).await?
            }
        },
        Command::Clock { to } => {
            let now = action::session::move_sample_clock(&desk, *to).await?;
            print(args, &serde_json::json!({ "now": now }), || format!("The sample clock now says {now}."));
            return Ok(0);
        }
        Command::Session => {
            let session = action::session::session(&desk).await?;
            print(args, &session, || text::session(&session));
            return Ok(0);
        }
        Command::Watch => {
            let json = args.json;
            tokio::select! {
                () = feed::follow(desk.database.clone(), |news| say(&text::news(&news, json))) => {}
                () = stop::told() => {}
            }
            return Ok(0);
        }
        Command::Migrate { .. }
        | Command::Check { .. }
        | Command::Sample { .. }
        | Command::Profile { .. }
        | Command::Probe => {
            unreachable!("handled above")
        }
    };
    Ok(finish(args, &receipt))
}

/// Tells each step as it is known; with `--json` all of them at the end.
async fn probe(args: &Args, connected: &Connected) -> u8 {
    let json = args.json;
    let found = connect::probe::run(&connected.server(), &|line| {
        if !json {
            say(&text::probe_line(line));
        }
    })
    .await;
    print(args, &found, || text::probe_verdict(&found));
    match &found.problem {
        Some(problem) => exit_code(problem),
        None if found.lines.iter().any(|line| line.state == ProbeState::Failed) => 1,
        None if found.lines.iter().any(|line| line.state == ProbeState::Unknown) => 2,
        None => 0,
    }
}

/// Looks and writes nothing, so it works on every database: empty, not migrated, migrated.
async fn check(args: &Args, connected: &Connected, fail_on: FailOn, format: ReportFormat) -> Result<u8> {
    let report = connected.checking()?.run().await?;
    say(&match format {
        ReportFormat::Sarif => sarif::sarif(&report),
        _ if args.json || format == ReportFormat::Json => report::json(&report),
        _ => report::text(&report),
    });
    Ok(match report.verdict(fail_on.into()) {
        Status::Pass => 0,
        Status::Fail => 1,
        Status::Unknown => 2,
    })
}

async fn ledger(args: &Args, desk: &Desk, command: &LedgerCommand) -> Result<u8> {
    match command {
        LedgerCommand::Verify => {
            let heads = Home::from_env()?.ready()?.join("heads.json");
            let watch = action::ledger::Watch { progress: &|_| {}, cancelled: &Default::default() };
            let found = action::ledger::verify(desk, &heads, &watch).await?;
            print(args, &found, || text::verification(&found));
            Ok(u8::from(!found.is_intact()))
        }
        LedgerCommand::Show { lead, receipt, last } => {
            let rows = action::ledger::show(desk, *lead, *receipt, *last).await?;
            print(args, &rows, || text::ledger(&rows));
            Ok(0)
        }
    }
}

async fn make_sample(args: &Args, connected: &Connected, leads: u32, seed: u64, reset: bool) -> Result<u8> {
    let mut owner = connected.owner().await?;
    if let Some(embedded) = &connected.embedded {
        if reset {
            drop(owner);
            tokio::task::block_in_place(|| embedded.recreate_database())?;
            owner = connected.owner().await?;
        }
        migrate::apply(&mut owner).await?;
    }
    let options =
        SampleOptions { leads, seed, reset: reset && connected.embedded.is_none(), map_login: connected.desk_login() };
    let receipt = sample::generate(&mut owner, &options).await?;
    Ok(finish(args, &receipt))
}

async fn run_automation(
    args: &Args,
    desk: &Desk,
    once: bool,
    drain: bool,
    sender: SenderName,
    batch: Option<u32>,
) -> Result<Receipt> {
    let sender: Box<dyn Sender> = match sender {
        SenderName::DryRun => Box::new(DryRun),
        // The same word as the database's own refusal, which a real sender will meet.
        _ if action::session::session(desk).await?.sample => {
            return Err(Error::new(
                Code::SenderRefused,
                "This is a sample database: only the dry run may work here. Nothing was sent.",
            )
            .field("sender")
            .hint("Use --sender dry-run."));
        }
        SenderName::Whatsapp => {
            return Err(Error::not_available_yet("The WhatsApp sender")
                .field("sender")
                .hint("Use --sender dry-run on a sample database."));
        }
        SenderName::Webhook => {
            return Err(Error::not_available_yet("The webhook sender")
                .field("sender")
                .hint("Use --sender dry-run on a sample database."));
        }
    };
    let until = match (once, drain) {
        (true, true) => {
            return Err(Error::new(Code::BadInput, "--once and --drain exclude each other. Nothing was done.")
                .field("drain")
                .hint("Use --once for one batch, or --drain until nothing is due."));
        }
        (true, false) => Until::OneBatch,
        (false, true) => Until::Drained,
        (false, false) => Until::Stopped,
    };
    let control = Control::default();
    let stopper = control.clone();
    let waiting = tokio::spawn(async move {
        stop::told().await;
        eprintln!("Stopping after what is on the wire. Once more to quit at once.");
        stopper.stop();
        stop::told().await;
        std::process::exit(2);
    });
    let (started, database) = (control.clone(), desk.database.clone());
    let keeping = tokio::spawn(async move {
        // A login that may not run leaves nothing behind, not even a seal.
        if started.started().await {
            upkeep::keep(database).await;
        }
    });
    let json = args.json;
    let receipt = automation::run(desk, sender.as_ref(), &RunOptions { until, batch }, &control, &|status| {
        if !json {
            eprintln!("{}", text::progress(&status));
        }
    })
    .await;
    waiting.abort();
    keeping.abort();
    receipt
}

async fn export(
    args: &Args,
    desk: &Desk,
    out: &Path,
    preset: crate::transfer::csv::Preset,
    lane: Option<String>,
) -> Result<u8> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = cancelled.clone();
    let waiting = tokio::spawn(async move {
        stop::told().await;
        flag.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let watch = action::export::Watch { progress: &|_| {}, cancelled: &cancelled };
    let filter = Filter { lane, ..Filter::default() };
    let to_stdout = out == Path::new("-");
    let receipt = match to_stdout {
        true => action::export::to_stream(desk, &filter, preset, std::io::stdout(), &watch).await,
        false => action::export::to_file(desk, &filter, preset, out, &watch).await,
    };
    waiting.abort();
    let receipt = receipt?;
    if to_stdout {
        // Standard output is the file; the receipt goes beside it.
        eprintln!(
            "{}",
            if args.json { serde_json::to_string(&receipt).unwrap_or_default() } else { text::receipt(&receipt) }
        );
        return Ok(u8::from(receipt.is_refused_or_partly_failed()));
    }
    Ok(finish(args, &receipt))
}

fn finish(args: &Args, receipt: &Receipt) -> u8 {
    log::receipt(receipt);
    print(args, receipt, || text::receipt(receipt));
    u8::from(receipt.is_refused_or_partly_failed())
}

fn print<T: Serialize>(args: &Args, value: &T, text: impl FnOnce() -> String) {
    say(&if args.json { serde_json::to_string(value).unwrap_or_default() } else { text() });
}

/// A reader that left early (`| head`) is no reason to fail: what was asked is done.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn exit_code(error: &Error) -> u8 {
    match error.code {
        Code::NoConnection | Code::WrongPassword | Code::TlsFailed => 3,
        Code::ConnectionLost | Code::PoolerTransactionMode => 3,
        Code::KeychainUnavailable | Code::KeychainLocked => 3,
        Code::NoBinaries | Code::PortTaken | Code::DataVersion | Code::FolderNotWritable | Code::ServerFailed => 3,
        Code::NoOperator
        | Code::ReadOnly
        | Code::NoPermission
        | Code::PlanStale
        | Code::SenderRefused
        | Code::SampleRefused => 1,
        _ => 2,
    }
}
