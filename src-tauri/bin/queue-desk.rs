//! The command line.

use std::process::ExitCode;

use queue_desk::{cli, log};
use tracing::level_filters::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
    log::start(LevelFilter::ERROR);
    ExitCode::from(match cli::read_args() {
        Ok(args) => cli::run(args).await,
        Err(code) => code,
    })
}
