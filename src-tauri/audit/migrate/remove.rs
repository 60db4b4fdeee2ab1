//! Takes everything of ours out of a CRM database: policies, triggers, keys, indexes, rights, and at last the schema with the ledger. Safe
//! to run again after being killed anywhere, because the schema goes last and the rest is read from the catalogue.

use std::{fs::File, io::BufWriter, path::Path};

use serde::Serialize;
use sqlx::PgConnection;
use ts_rs::TS;

use super::{
    Wish, lock,
    run::{Work, patiently},
};
use crate::{
    db::{migrate as steps, removal as db},
    error::{Code, Error, Result},
};

#[derive(Debug, Clone, Serialize, TS)]
pub struct Removed {
    /// The statements that were run, in their order.
    pub statements: Vec<String>,
    /// Lines of the copy of ledger and quarantine, where one was asked for.
    pub kept: Option<u64>,
}

/// `confirm` is the name of the database, typed by a person. `keep`: a new file for ledger and quarantine.
pub async fn remove(conn: &mut PgConnection, confirm: &str, keep: Option<&Path>, wish: &Wish<'_>) -> Result<Removed> {
    if !steps::exists(conn, "queue_desk.migration_step").await? {
        return Err(Error::new(Code::NotMigrated, "Nothing of Queue Desk is in this database. Nothing was changed.")
            .hint("Is this the right database?"));
    }
    lock(conn).await?;
    let removed = all(conn, confirm, keep, wish).await;
    let unlocked = steps::unlock(conn).await;
    let removed = removed?;
    unlocked.map(|()| removed)
}

async fn all(conn: &mut PgConnection, confirm: &str, keep: Option<&Path>, wish: &Wish<'_>) -> Result<Removed> {
    refuse(&db::removable(conn).await?, confirm)?;
    let kept = match keep {
        Some(path) => Some(copy(conn, path).await?),
        None => None,
    };
    let mut statements = Vec::new();
    for statement in db::removal(conn).await? {
        patiently(wish, conn, &[], Work::TakeOut(&statement)).await?;
        statements.push(statement.sql);
    }
    patiently(wish, conn, &[], Work::DropSchema).await?;
    statements.push("schema queue_desk".into());
    db::drop_group(conn).await?;
    Ok(Removed { statements, kept })
}

fn refuse(found: &db::Removable, confirm: &str) -> Result<()> {
    if confirm != found.database {
        return Err(Error::new(
            Code::BadInput,
            format!(
                "The removal must be confirmed with the database's name, which is {}. Nothing was changed.",
                found.database
            ),
        )
        .field("confirm")
        .hint("Say --confirm and that name. The ledger goes too: --keep FILE writes a copy first."));
    }
    let refused =
        |what: String, hint: &str| Err(Error::new(Code::BadInput, format!("{what} Nothing was changed.")).hint(hint));
    if found.undecided > 0 {
        return refused(
            format!("{} rows in quarantine were not decided about, and would be lost.", found.undecided),
            "See quarantine list; put them back with quarantine restore, or give them up with quarantine keep.",
        );
    }
    if found.running > 0 {
        return refused(
            format!("{} runs of automation are sending now.", found.running),
            "Stop them first: queue-desk stop.",
        );
    }
    if !found.foreign_objects.is_empty() {
        return refused(
            format!(
                "Others built on schema queue_desk, and it would fall with it: {}.",
                found.foreign_objects.join(", ")
            ),
            "Drop that first, or move it.",
        );
    }
    Ok(())
}

/// Never over a file that is there.
async fn copy(conn: &mut PgConnection, path: &Path) -> Result<u64> {
    let failed = |e: std::io::Error| {
        Error::new(
            Code::FileFailed,
            format!("{} could not be written ({}). Nothing was removed.", path.display(), e.kind()),
        )
        .field("keep")
        .hint("Give a file that does not exist, in a folder that you may write to.")
    };
    let file = File::create_new(path).map_err(failed)?;
    let mut out = BufWriter::new(file);
    let lines = db::keep(conn, &mut out).await?;
    let file = out.into_inner().map_err(|e| failed(e.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(lines)
}
