//! Pause and resume: everybody, an operator, a client, a lead or a template.

use chrono::{DateTime, Utc};

use super::Desk;
use crate::{
    db::pause as db,
    error::Result,
    model::{pause::PauseRow, receipt::Receipt},
};

/// What is paused now.
pub async fn pauses(desk: &Desk) -> Result<Vec<PauseRow>> {
    db::list(&mut desk.database.reader().await?).await
}

/// Automation goes on with the rest, and by itself at `until`. Never makes a pause shorter.
pub async fn pause(
    desk: &Desk,
    scope: &str,
    subject: Option<&str>,
    until: Option<DateTime<Utc>>,
    reason: Option<&str>,
) -> Result<Receipt> {
    db::pause(&mut desk.database.writer().await?, scope, subject, until, desk.as_user, reason).await
}

/// Lifts a pause; of `all` a stop too, after which no automation starts by itself.
pub async fn resume(desk: &Desk, scope: &str, subject: Option<&str>, reason: Option<&str>) -> Result<Receipt> {
    db::resume(&mut desk.database.writer().await?, scope, subject, desk.as_user, reason).await
}
