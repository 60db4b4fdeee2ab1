//! The command line.

use std::process::ExitCode;

use queue_desk::{cli, connect, log};
use tracing::level_filters::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
    log::start(LevelFilter::ERROR, connect::folder_path().as_deref());
    ExitCode::from(match cli::read_args() {
        Ok(args) => cli::run(args).await,
        Err(code) => code,
    })
}
