//! The window. `--embedded` (the default), `--url` or DATABASE_URL name the database.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser;
use queue_desk::{config::Wish, shell};

#[derive(Debug, Parser)]
#[command(name = "queue-desk-window", version)]
struct Args {
    /// The database, without a password (that goes into DATABASE_URL or PGPASSFILE).
    #[arg(long, conflicts_with = "embedded")]
    url: Option<String>,
    /// The Postgres that comes with Queue Desk.
    #[arg(long)]
    embedded: bool,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("QUEUE_DESK_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .init();
    let args = Args::parse();
    match shell::run(&Wish { url: args.url, profile: None, embedded: args.embedded }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
