//! The figures of the days: counted, saved as a file, and written into the CRM's own table.

use std::path::Path;

use chrono::NaiveDate;

use super::Desk;
use crate::{
    db::metrics as db,
    error::{Code, Error, Result},
    model::{
        metrics::{Metrics, MetricsFilter},
        receipt::Receipt,
    },
    transfer::{
        figures,
        file::{Draft, failed},
    },
};

/// One statement. `not_migrated` where there are no deliveries to count; `no_operator` for a login that is nobody's.
pub async fn figures(desk: &Desk, filter: &MetricsFilter) -> Result<Metrics> {
    let conn = &mut desk.database.reader().await?;
    if desk.database.is_plain(conn).await? {
        return Err(not_migrated("The figures are counted from Queue Desk's own deliveries."));
    }
    Ok(db::figures(conn, filter).await?.judged())
}

/// The bars as a CSV file for a spreadsheet, a column for each operator. It appears whole or not at all.
pub fn save(metrics: &Metrics, path: &Path) -> Result<()> {
    let draft = figures::write(metrics, Draft::create(path)?).map_err(|e| failed(path, &e))?;
    draft.finish()
}

/// Writes `public.queue_performance_metrics` of these local days, each operator's own; both days are included.
pub async fn write(desk: &Desk, from: NaiveDate, to: NaiveDate) -> Result<Receipt> {
    if desk.database.is_plain(&mut desk.database.reader().await?).await? {
        return Err(not_migrated("The figures are written from Queue Desk's own deliveries. Nothing was written."));
    }
    db::write(&mut desk.database.writer().await?, from, to).await
}

fn not_migrated(message: &str) -> Error {
    Error::new(Code::NotMigrated, message).hint("Ask your admin to set this database up: Schema.")
}
