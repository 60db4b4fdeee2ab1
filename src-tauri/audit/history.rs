//! What this desk remembers of earlier checks, beside `heads.json`: enough to say what is new and what is gone, and no evidence.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use super::check::Memory;
use crate::{
    error::Result,
    model::finding::{Past, Report},
    transfer::file::Draft,
};

/// Checks of one database that are kept.
const KEPT: usize = 30;

type Histories = BTreeMap<String, Vec<Past>>;

/// Compares the report with the last check of this database and writes it down. A history that cannot be read or written is started anew, or
/// not kept: it is a comfort and no proof.
pub(super) fn keep(memory: &Memory, database: &str, report: &mut Report) {
    let file = memory.folder.join("checks.json");
    let mut histories = read(&file);
    let history = histories.entry(database.to_owned()).or_default();
    report.compare(history.clone());
    history.insert(0, report.past());
    history.truncate(KEPT);
    if let Err(error) = write(&file, &histories) {
        tracing::warn!(code = ?error.code, "the history of checks was not kept");
    }
}

fn read(file: &Path) -> Histories {
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|e| {
            tracing::warn!(line = e.line(), "the history of checks cannot be read; a new one is begun");
            Histories::new()
        }),
        Err(e) => {
            if e.kind() != ErrorKind::NotFound {
                tracing::warn!(kind = ?e.kind(), "the history of checks cannot be read");
            }
            Histories::new()
        }
    }
}

fn write(file: &Path, histories: &Histories) -> Result<()> {
    let mut draft = Draft::create(file)?;
    serde_json::to_writer(&mut draft, histories).map_err(|e| draft.failed(&e.into()))?;
    draft.finish()
}
