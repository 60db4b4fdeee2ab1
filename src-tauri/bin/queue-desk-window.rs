//! The window. `--embedded`, `--profile`, `--url` or DATABASE_URL name the database; else it goes where it was last.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser;
use queue_desk::{config::Wish, connect, log, shell, terminal};
use tracing::level_filters::LevelFilter;

#[derive(Debug, Parser)]
#[command(name = "queue-desk-window", version)]
struct Args {
    /// The database, without a password (that goes into DATABASE_URL or PGPASSFILE).
    #[arg(long, conflicts_with_all = ["profile", "embedded"])]
    url: Option<String>,
    /// A saved connection.
    #[arg(long, conflicts_with = "embedded")]
    profile: Option<String>,
    /// The Postgres that comes with Queue Desk.
    #[arg(long)]
    embedded: bool,
}

fn main() -> ExitCode {
    terminal::share();
    let args = Args::parse();
    log::start(LevelFilter::WARN, connect::folder_path().as_deref());
    match shell::run(&Wish { url: args.url, profile: args.profile, embedded: args.embedded }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            shell::dialog::say(&error);
            ExitCode::from(2)
        }
    }
}
