//! What every desk does in the background, whether it sends or not: writes the words that wait for leads.status, and seals the
//! ledger, keeps the CRM's daily figures. Several desks may do so at once; whoever comes second finds nothing left.

use std::time::Duration;

use super::outbox;
use crate::{
    db::{Database, ledger, metrics, stage},
    error::{Code, Result},
};

const EVERY: Duration = Duration::from_secs(10);
/// Ledger rows sealed in one go: some thirty milliseconds, which no action notices.
const SEAL_STEP: i32 = 1_000;
/// Rounds between two looks after the CRM's daily figures: twenty minutes. The first is a minute after the start.
const FIGURES: (u32, u32) = (6, 120);

/// Goes on until dropped or aborted.
pub async fn keep(database: Database) {
    for round in 0_u32.. {
        if round % FIGURES.1 == FIGURES.0 {
            write_figures(&database).await;
        }
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

/// The CRM's own table of the days; what failed is tried again with the next look, and holds up nothing.
pub async fn write_figures(database: &Database) {
    let kept = match database.writer().await {
        Ok(mut conn) => metrics::keep(&mut conn).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(kept) if kept.written > 0 => {
            tracing::debug!(days = kept.days, written = kept.written, "the daily figures were written")
        }
        Ok(_) => {}
        Err(error) => tracing::debug!(code = ?error.code, "the daily figures were not written"),
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
