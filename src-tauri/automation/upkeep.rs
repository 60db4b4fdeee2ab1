//! What every desk does in the background, whether it sends or not: writes the words that wait for leads.status, and seals the
//! ledger. Several desks may do so at once; whoever comes second finds nothing left.

use std::time::Duration;

use super::outbox;
use crate::{
    db::{Database, ledger, stage},
    error::{Code, Result},
};

const EVERY: Duration = Duration::from_secs(10);
/// Ledger rows sealed in one go: some thirty milliseconds, which no action notices.
const SEAL_STEP: i32 = 1_000;

/// Goes on until dropped or aborted.
pub async fn keep(database: Database) {
    loop {
        if let Err(error) = write_words(&database).await {
            tracing::debug!(code = ?error.code, "the outbox was not drained");
        }
        match seal(&database).await {
            // A login that may only look leaves it to the others.
            Err(error) if !matches!(error.code, Code::NoOperator | Code::ReadOnly | Code::NoPermission) => {
                tracing::debug!(code = ?error.code, "the ledger was not sealed");
            }
            _ => {}
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Looks through the reader first, so that an idle desk holds no third connection.
async fn write_words(database: &Database) -> Result<()> {
    if stage::any(&mut database.reader().await?).await? {
        outbox::drain(database).await?;
    }
    Ok(())
}

async fn seal(database: &Database) -> Result<()> {
    loop {
        let step = ledger::seal(&mut database.writer().await?, SEAL_STEP).await?;
        if step.busy || !step.more {
            return Ok(());
        }
    }
}
