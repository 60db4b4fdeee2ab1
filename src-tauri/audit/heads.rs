//! What this desk remembers of each ledger: the end of the chain as it last saw it intact. Whoever cuts the end off together with
//! its seals leaves a chain that verifies; only somebody who remembers the old end can tell.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use crate::{
    error::{Code, Error, Result},
    model::ledger::Head,
    transfer::file::Draft,
};

type Heads = BTreeMap<String, Head>;

/// None when this desk never looked at this database. A file that cannot be read is an error: it may be the trace.
pub fn remembered(file: &Path, database: &str) -> Result<Option<Head>> {
    Ok(read(file)?.remove(database))
}

/// Keeps the head; the other databases' heads stay.
pub fn remember(file: &Path, database: &str, head: &Head) -> Result<()> {
    let mut heads = read(file)?;
    heads.insert(database.to_owned(), head.clone());
    let mut draft = Draft::create(file)?;
    serde_json::to_writer_pretty(&mut draft, &heads).map_err(|e| draft.failed(&e.into()))?;
    draft.finish()
}

fn read(file: &Path) -> Result<Heads> {
    let unreadable = |what: String| {
        Error::new(
            Code::FileFailed,
            format!("What this desk remembers of the ledger cannot be read ({}: {what}).", file.display()),
        )
        .hint("If you know why it is damaged, remove the file: the next look is then the first one.")
    };
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| unreadable(e.to_string())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Heads::new()),
        Err(e) => Err(unreadable(e.kind().to_string())),
    }
}
