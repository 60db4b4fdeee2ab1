//! Export Queue Data: all queue tables with lead, owner and last delivery, streamed.

use std::{
    io::Write,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use futures_util::TryStreamExt;
use serde_json::json;
use uuid::Uuid;

use super::Desk;
use crate::{
    db::{self, export as rows},
    error::{Code, Error, Result},
    model::{page::Filter, receipt::Receipt},
    transfer::{
        csv::{CsvOut, Preset},
        file::{Draft, failed},
    },
};

/// Rows between two reports of progress.
const STEP: u64 = 500;

/// How far an export is, and how it is told to stop.
pub struct Watch<'a> {
    pub progress: &'a (dyn Fn(Progress) + Send + Sync),
    pub cancelled: &'a AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    pub rows: u64,
    pub total: u64,
}

/// Writes to a file that appears only when it is whole; a failed or cancelled export leaves an older file as it was.
pub async fn to_file(desk: &Desk, filter: &Filter, preset: Preset, path: &Path, watch: &Watch<'_>) -> Result<Receipt> {
    filter.check()?;
    let out = CsvOut::new(Draft::create(path)?, preset).map_err(|e| failed(path, &e))?;
    let mut source = Source::open(desk, filter).await?;
    let (draft, rows) = source.stream(filter, out, watch, |e| failed(path, &e)).await?;
    source.conn.close().await;
    draft.finish()?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    receipt(desk, filter, preset, rows, name).await
}

/// Writes to any stream (the command line's standard output).
pub async fn to_stream(
    desk: &Desk,
    filter: &Filter,
    preset: Preset,
    out: impl Write + Send,
    watch: &Watch<'_>,
) -> Result<Receipt> {
    filter.check()?;
    let broken =
        |e: std::io::Error| Error::new(Code::FileFailed, format!("The output could not be written ({}).", e.kind()));
    // A database that cannot be read is refused before the header is out.
    let mut source = Source::open(desk, filter).await?;
    let out = CsvOut::new(out, preset).map_err(broken)?;
    let (mut out, rows) = source.stream(filter, out, watch, broken).await?;
    source.conn.close().await;
    out.flush().map_err(broken)?;
    receipt(desk, filter, preset, rows, None).await
}

/// Where the rows come from: a connection of its own, so that the grid stays alive meanwhile where there is room for one.
struct Source {
    conn: db::Spare,
    plain: bool,
    total: u64,
}

impl Source {
    async fn open(desk: &Desk, filter: &Filter) -> Result<Self> {
        // Asked before: the reader may be the one that lends its connection.
        let plain = is_plain(desk).await?;
        let mut conn = desk.database.spare().await?;
        let total = rows::count(&mut conn, filter, plain).await?;
        Ok(Self { conn, plain, total })
    }

    /// One snapshot, read only.
    async fn stream<W: Write + Send>(
        &mut self,
        filter: &Filter,
        mut out: CsvOut<W>,
        watch: &Watch<'_>,
        failed: impl Fn(std::io::Error) -> Error + Send + Sync,
    ) -> Result<(W, u64)> {
        let total = self.total;
        (watch.progress)(Progress { rows: 0, total });
        let mut stream = rows::rows(&mut self.conn, filter, self.plain);
        while let Some(row) = stream.try_next().await.map_err(db::error::failed)? {
            if watch.cancelled.load(Ordering::Relaxed) {
                return Err(Error::new(Code::Cancelled, "The export was cancelled. No file was written."));
            }
            out.write(&row).map_err(&failed)?;
            if out.rows().is_multiple_of(STEP) {
                (watch.progress)(Progress { rows: out.rows(), total });
            }
        }
        let rows = out.rows();
        (watch.progress)(Progress { rows, total: rows });
        Ok((out.finish().map_err(failed)?, rows))
    }
}

/// A CRM without our schema is exported too: its own columns.
async fn is_plain(desk: &Desk) -> Result<bool> {
    desk.database.is_plain(&mut desk.database.reader().await?).await
}

/// A ledger row where the login may write one; else a receipt without.
async fn receipt(desk: &Desk, filter: &Filter, preset: Preset, rows: u64, file: Option<String>) -> Result<Receipt> {
    let count = u32::try_from(rows).unwrap_or(u32::MAX);
    let mut detail = json!({ "preset": preset, "file": file, "filter": { "lane": filter.lane, "reason": filter.reason, "operator": filter.operator, "searched": filter.search.is_some() } });
    if rows == 0 {
        detail["empty_because"] = json!(if *filter == Filter::default() { "no_rows" } else { "filter" });
    }
    let mut conn = desk.database.writer().await?;
    match rows::record(&mut conn, desk.as_user, count, &detail).await {
        Ok(receipt) => Ok(receipt),
        Err(e) if matches!(e.code, Code::NoOperator | Code::ReadOnly | Code::NoPermission | Code::NotMigrated) => {
            Ok(Receipt {
                action: "export".into(),
                asked: count,
                changed: count,
                skipped: Vec::new(),
                failed: Vec::new(),
                receipt_id: Uuid::new_v4(),
                ledger_id: None,
                detail,
            })
        }
        Err(e) => Err(e),
    }
}
