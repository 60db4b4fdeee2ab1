//! The words of the command line.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Parser, Subcommand, ValueEnum};
use uuid::Uuid;

use super::people::OperatorCommand;
use crate::{config::Wish, model::finding::Level, transfer::csv::Preset};

/// The console for the people who work a WhatsApp message queue on Postgres.
#[derive(Debug, Parser)]
#[command(name = "queue-desk", version, disable_help_subcommand = true)]
pub struct Args {
    /// The database, without a password (that goes into DATABASE_URL or PGPASSFILE).
    #[arg(long, global = true, conflicts_with_all = ["profile", "embedded"])]
    url: Option<String>,
    /// A saved connection (its password comes from the keychain, else from PGPASSFILE).
    #[arg(long, global = true, conflicts_with = "embedded")]
    profile: Option<String>,
    /// The Postgres that comes with Queue Desk.
    #[arg(long, global = true)]
    embedded: bool,
    /// Act for this operator (name or id); needs an admin.
    #[arg(long = "as", global = true, value_name = "OPERATOR")]
    pub acting_as: Option<String>,
    /// Print the receipt as JSON, and nothing else.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    pub fn wish(&self) -> Wish {
        Wish { url: self.url.clone(), profile: self.profile.clone(), embedded: self.embedded }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show or apply what the database lacks.
    Migrate {
        /// Show each step: its SQL, whom it holds up, what stands in its way.
        #[arg(long)]
        plan: bool,
        #[arg(long)]
        apply: bool,
        /// Take everything of ours out again, the ledger too. Needs --confirm.
        #[arg(long)]
        remove: bool,
        /// Write what is missing as one SQL script, for who may run it.
        #[arg(long, value_name = "FILE")]
        script: Option<PathBuf>,
        /// With --apply: settle rows that point nowhere even where they are more than a fifth of a table.
        #[arg(long, requires = "apply")]
        force: bool,
        /// With --apply: an optional step (one_live_message).
        #[arg(long, value_name = "NAME", requires = "apply")]
        with: Vec<String>,
        /// How many seconds one lock is tried for before migrate gives up and says who holds it.
        #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=86_400))]
        patience: u64,
        /// With --remove: the name of the database.
        #[arg(long, value_name = "DATABASE", requires = "remove")]
        confirm: Option<String>,
        /// With --remove: a new file for a copy of the ledger and of what is in quarantine.
        #[arg(long, value_name = "FILE", requires = "remove")]
        keep: Option<PathBuf>,
    },
    /// Rows that migrate took out of the CRM's tables: put them back, or decide that they stay.
    Quarantine {
        #[command(subcommand)]
        command: QuarantineCommand,
    },
    /// Say what is wrong with the database. Exit code: 0 clean, 1 findings, 2 something could not be checked, 3 no connection.
    Check {
        /// The least weight that counts.
        #[arg(long, value_enum, default_value_t = FailOn::Error)]
        fail_on: FailOn,
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Fill a database with invented leads.
    Sample {
        #[arg(long, default_value_t = crate::connect::SAMPLE_LEADS)]
        leads: u32,
        #[arg(long, default_value_t = crate::connect::SAMPLE_SEED)]
        seed: u64,
        /// Throw the old sample away first.
        #[arg(long)]
        reset: bool,
    },
    /// Queue tomorrow's messages.
    Prepare {
        /// The day (YYYY-MM-DD, in the operator's zone); default: the next working day.
        #[arg(long)]
        date: Option<NaiveDate>,
        /// Show the plan and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Only these leads.
        #[arg(long, value_delimiter = ',')]
        leads: Option<Vec<Uuid>>,
    },
    /// Start automation; Ctrl-C stops it after what is on the wire.
    Run {
        /// One batch.
        #[arg(long)]
        once: bool,
        /// Until nothing is due.
        #[arg(long)]
        drain: bool,
        #[arg(long, value_enum, default_value_t = SenderName::DryRun)]
        sender: SenderName,
        /// Messages to claim at once.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=500))]
        batch: Option<u32>,
    },
    /// Take a lead from every automation.
    Take {
        lead: Uuid,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Hand a lead back to the queue.
    Release {
        lead: Uuid,
        #[arg(long)]
        reason: Option<String>,
    },
    #[command(flatten)]
    Verb(Verb),
    /// Take an action back as far as it can be, by its receipt.
    Undo { receipt: Uuid },
    /// Stop everything, on every desk, until somebody resumes.
    Stop {
        #[arg(long)]
        reason: Option<String>,
    },
    /// Write all queue tables to a CSV file.
    Export {
        /// A file, or `-` for standard output (the receipt then goes to standard error).
        #[arg(long)]
        out: PathBuf,
        #[arg(long, value_enum, default_value_t = Preset::Excel)]
        preset: Preset,
        /// Only messages of this lane (queued, held, sending, sent, delivered, failed, unknown, cancelled).
        #[arg(long, value_parser = ["queued", "held", "sending", "sent", "delivered", "failed", "unknown", "cancelled"])]
        lane: Option<String>,
    },
    /// What was sent, what failed, who waits, of a range of days in the operator's zone.
    Metrics {
        /// So many days up to today.
        #[arg(long, conflicts_with_all = ["from", "to"])]
        days: Option<u32>,
        /// The first day (YYYY-MM-DD); default: today.
        #[arg(long)]
        from: Option<NaiveDate>,
        /// The last day; default: today.
        #[arg(long)]
        to: Option<NaiveDate>,
        /// Only this operator's (name or id).
        #[arg(long, value_name = "OPERATOR")]
        operator: Option<String>,
        /// Write the days into the CRM's own table, queue_performance_metrics, and print the receipt.
        #[arg(long, conflicts_with = "operator")]
        write: bool,
    },
    /// Who did what, and whether the record of it is intact.
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// Read or change an operator's settings.
    Settings {
        #[command(subcommand)]
        command: SettingsCommand,
    },
    /// Move the clock of a sample database (default: to when the next message may go).
    Clock {
        #[arg(long)]
        to: Option<DateTime<Utc>>,
    },
    /// The saved connections.
    Profile {
        #[command(subcommand)]
        command: ProfileCommand,
    },
    /// Where this desk is connected, and as whom.
    Session,
    /// Tell what others change, as it happens, until Ctrl-C; with --json a line of JSON each.
    Watch,
    /// Test the way to the database step by step: name, TCP, TLS, login, pooler, rights, tables. Writes nothing. Exit code: 0 all is well,
    /// 1 something failed, 2 something could not be told, 3 it was not reached.
    Probe,
}

/// What people do with messages, leads, pauses and operators beside the great actions.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Cancel messages that wait.
    Cancel {
        #[arg(required = true)]
        ids: Vec<Uuid>,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Queue failed or cancelled messages again.
    Retry {
        #[arg(required = true)]
        ids: Vec<Uuid>,
    },
    /// Another time for messages that wait.
    Reschedule {
        #[arg(required = true)]
        ids: Vec<Uuid>,
        /// For example 2026-12-01T09:00:00Z.
        #[arg(long)]
        at: DateTime<Utc>,
    },
    /// Another place in the order for messages that wait.
    Priority {
        #[arg(required = true)]
        ids: Vec<Uuid>,
        /// 10 goes first, 5 is normal, 1 last.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1..=10))]
        to: i32,
    },
    /// Give messages that wait to another operator.
    Assign {
        #[arg(required = true)]
        ids: Vec<Uuid>,
        /// Name or id.
        #[arg(long, value_name = "OPERATOR")]
        to: String,
    },
    /// Settle messages of which nobody knows whether they were sent.
    Resolve {
        #[arg(required = true)]
        ids: Vec<Uuid>,
        #[arg(long, value_parser = ["sent", "not_sent"])]
        outcome: String,
        #[arg(long)]
        note: Option<String>,
    },
    /// Never write to the person behind this lead again.
    OptOut {
        lead: Uuid,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Erase the person behind this lead for good: name, phone and texts, under every lead with this phone; nobody writes to them again.
    /// Admins only; cannot be undone.
    Erase {
        lead: Uuid,
        /// Say what would be erased and what stays, and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Leave other leads with the same phone alone: they are other people's.
        #[arg(long)]
        only: bool,
    },
    /// Make messages that another program queued ours to send; without ids, all of the operator's.
    Adopt { ids: Vec<Uuid> },
    /// Hold messages back, for a time or until somebody resumes; automation goes on with the rest.
    Pause {
        #[arg(long, default_value = "all", value_parser = SCOPES)]
        scope: String,
        /// The operator (name or id), client, lead (ids) or template (name); none for all.
        #[arg(long)]
        subject: Option<String>,
        /// For example 2026-12-01T09:00:00Z.
        #[arg(long)]
        until: Option<DateTime<Utc>>,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Lift a pause or the stop.
    Resume {
        #[arg(long, default_value = "all", value_parser = SCOPES)]
        scope: String,
        #[arg(long)]
        subject: Option<String>,
        #[arg(long)]
        reason: Option<String>,
    },
    /// What is paused now.
    Pauses,
    /// The people who work the queue, and their logins.
    Operator {
        #[command(subcommand)]
        command: OperatorCommand,
    },
}

const SCOPES: [&str; 5] = ["all", "operator", "client", "lead", "template"];

#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Seal what can be sealed, then recompute the chain and compare it with the end that this computer saw last. Exit code 1 when
    /// something was changed, removed or slipped in.
    Verify,
    /// Print the newest rows.
    Show {
        #[arg(long)]
        lead: Option<Uuid>,
        #[arg(long)]
        receipt: Option<Uuid>,
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=crate::action::ledger::MOST_ROWS))]
        last: i64,
    },
}

#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// Newest first, without what the rows say.
    List {
        /// Those that were decided about, too.
        #[arg(long)]
        all: bool,
        /// Only those before this number.
        #[arg(long, value_name = "ID")]
        before: Option<i64>,
        #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(i32).range(1..=1000))]
        last: i32,
    },
    /// Put rows back where they were. Those whose parent is still missing stay.
    Restore {
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
    /// Decide that rows stay in quarantine.
    Keep {
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Print them; no password is among what is printed.
    List,
}

#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Print a setting, or all of them.
    Get { path: Option<String> },
    /// Change one, for example `work_days.business_hours.end 18:00`.
    Set { path: String, value: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SenderName {
    DryRun,
    Whatsapp,
    Webhook,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Error,
    Warn,
    Info,
}

impl From<FailOn> for Level {
    fn from(word: FailOn) -> Self {
        match word {
            FailOn::Error => Level::Error,
            FailOn::Warn => Level::Warn,
            FailOn::Info => Level::Info,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Text,
    Json,
    Sarif,
}
