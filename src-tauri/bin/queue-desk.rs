//! The command line.

use std::process::ExitCode;

use clap::Parser;
use queue_desk::{cli, log};
use tracing::level_filters::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
    log::start(LevelFilter::ERROR);
    ExitCode::from(cli::run(cli::Args::parse()).await)
}
