//! The command line.

use std::process::ExitCode;

use queue_desk::cli;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("QUEUE_DESK_LOG").unwrap_or_else(|_| "error".into()),
        )
        .init();
    ExitCode::from(match cli::read_args() {
        Ok(args) => cli::run(args).await,
        Err(code) => code,
    })
}
