//! Writes the sample: one function per statement in `sql/sample`, all in the caller's transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgConnection, query, query_as, query_scalar};
use uuid::Uuid;

use super::World;
use crate::error::{Code, Error, Result};
use crate::model::receipt::Receipt;

/// Rows per statement: large enough that round trips do not count, small enough that no message is huge.
const BATCH: usize = 1_000;

/// What decides whether this database may be filled, and from which day.
#[derive(sqlx::FromRow)]
pub struct Found {
    pub is_sample: bool,
    pub went_live: bool,
    pub sample_resets: i32,
    pub foreign_leads: bool,
    pub filled: bool,
    pub messages: bool,
    pub today: DateTime<Utc>,
}

/// Waits for another sample of the same database; the answer of [`inspect`] holds until commit.
pub async fn lock(tx: &mut PgConnection) -> Result<()> {
    query(include_str!("../sql/sample/lock.sql")).execute(tx).await.map_err(explain)?;
    Ok(())
}

pub async fn inspect(tx: &mut PgConnection) -> Result<Found> {
    query_as(include_str!("../sql/sample/inspect.sql")).fetch_one(tx).await.map_err(explain)
}

/// From here on the triggers write what they see under the action `sample`.
pub async fn begin(tx: &mut PgConnection) -> Result<()> {
    query(include_str!("../sql/sample/begin.sql")).execute(tx).await.map_err(explain)?;
    Ok(())
}

/// Removes the old sample: our tables except the ledger, then the CRM's rows that are ours, children first.
pub async fn empty(tx: &mut PgConnection, resets: i32) -> Result<()> {
    query(include_str!("../sql/sample/truncate_queue_desk.sql")).execute(&mut *tx).await.map_err(explain)?;
    let mut rows = BTreeMap::new();
    for (table, sql) in [
        ("whatsapp_message_queue", include_str!("../sql/sample/delete_messages.sql")),
        ("lead_processing_queue", include_str!("../sql/sample/delete_jobs.sql")),
        ("leads", include_str!("../sql/sample/delete_leads.sql")),
        ("projects", include_str!("../sql/sample/delete_projects.sql")),
        ("clients", include_str!("../sql/sample/delete_clients.sql")),
        ("users", include_str!("../sql/sample/delete_users.sql")),
    ] {
        rows.insert(table, query(sql).execute(&mut *tx).await.map_err(explain)?.rows_affected());
    }
    let detail = serde_json::json!({ "resets": resets, "removed": rows });
    query(include_str!("../sql/sample/log_reset.sql")).bind(detail).execute(tx).await.map_err(explain)?;
    Ok(())
}

/// Returns how many rows went into each table.
pub async fn write(tx: &mut PgConnection, world: &World) -> Result<BTreeMap<&'static str, u64>> {
    let mut rows = BTreeMap::new();
    rows.insert("users", insert(tx, include_str!("../sql/sample/insert_users.sql"), &world.operators).await?);
    rows.insert("operators", insert(tx, include_str!("../sql/sample/insert_operators.sql"), &world.operators).await?);
    rows.insert("profiles", insert(tx, include_str!("../sql/sample/insert_profiles.sql"), &world.profiles).await?);
    rows.insert("clients", insert(tx, include_str!("../sql/sample/insert_clients.sql"), &world.clients).await?);
    rows.insert("projects", insert(tx, include_str!("../sql/sample/insert_projects.sql"), &world.projects).await?);
    rows.insert("client_members", insert(tx, include_str!("../sql/sample/insert_members.sql"), &world.members).await?);
    rows.insert(
        "user_queue_settings",
        insert(tx, include_str!("../sql/sample/insert_settings.sql"), &world.settings).await?,
    );
    rows.insert("leads", insert(tx, include_str!("../sql/sample/insert_leads.sql"), &world.leads).await?);
    rows.insert(
        "whatsapp_message_queue",
        insert(tx, include_str!("../sql/sample/insert_messages.sql"), &world.messages).await?,
    );
    rows.insert("lead_processing_queue", insert(tx, include_str!("../sql/sample/insert_jobs.sql"), &world.jobs).await?);
    rows.insert("lead_gate", insert(tx, include_str!("../sql/sample/insert_gates.sql"), &world.taken).await?);
    rows.insert("opt_out", insert(tx, include_str!("../sql/sample/insert_opt_outs.sql"), &world.opt_outs).await?);
    query(include_str!("../sql/sample/analyze.sql")).execute(tx).await.map_err(explain)?;
    Ok(rows)
}

async fn insert<T: Serialize>(tx: &mut PgConnection, sql: &'static str, rows: &[T]) -> Result<u64> {
    let mut written = 0;
    for batch in rows.chunks(BATCH) {
        written += query(sql).bind(Json(batch)).execute(&mut *tx).await.map_err(explain)?.rows_affected();
    }
    Ok(written)
}

/// Makes the database a sample: from now on `dispatch` refuses every real sender.
pub async fn mark(tx: &mut PgConnection, resets: i32) -> Result<()> {
    query(include_str!("../sql/sample/mark.sql")).bind(resets).execute(tx).await.map_err(explain)?;
    Ok(())
}

pub async fn map_login(tx: &mut PgConnection, db_role: &str, user_id: Uuid) -> Result<()> {
    query(include_str!("../sql/sample/map_login.sql"))
        .bind(db_role)
        .bind(user_id)
        .execute(tx)
        .await
        .map_err(explain)?;
    Ok(())
}

pub async fn write_receipt(tx: &mut PgConnection, asked: u32, changed: u32, detail: Value) -> Result<Receipt> {
    let receipt: Json<Receipt> = query_scalar(include_str!("../sql/sample/write_receipt.sql"))
        .bind(asked as i32)
        .bind(changed as i32)
        .bind(detail)
        .fetch_one(tx)
        .await
        .map_err(explain)?;
    Ok(receipt.0)
}

/// The database's refusal in our words. A failure before the commit leaves nothing behind.
pub fn explain(error: sqlx::Error) -> Error {
    let state = error.as_database_error().and_then(|e| e.code()).map(|code| code.into_owned());
    match (&error, state.as_deref()) {
        (_, Some("3F000" | "42P01" | "42883" | "42703")) => {
            Error::new(Code::NotMigrated, "This database has not been migrated to this version. Nothing was written.")
                .hint("Run `queue-desk migrate --apply` first.")
        }
        (_, Some("42501")) => {
            Error::new(Code::NoPermission, "This login may not fill the database. Nothing was written.")
                .hint("Use the login that ran the migration.")
        }
        (sqlx::Error::Io(_) | sqlx::Error::Protocol(_), _) => {
            Error::new(Code::ConnectionLost, "The connection to the database was lost. Nothing was written.")
        }
        _ => Error::new(Code::Internal, format!("The sample could not be written ({error}). Nothing was changed.")),
    }
}

/// A commit that did not answer may have happened.
pub fn explain_commit(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => Error::new(
            Code::CommitInDoubt,
            "The connection was lost while the sample was committed; it may be there or not.",
        )
        .hint("Run the command again: it says whether the database holds a sample."),
        other => explain(other),
    }
}
