//! Bookkeeping of the migration runner. These take a raw connection: a migration has one of its own.

use sqlx::{Connection, Executor, PgConnection};

use super::error::failed;
use crate::{
    audit::steps::Step,
    error::{Code, Error, Result},
    sql,
};

/// A step as this database remembers it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KnownStep {
    pub id: String,
    pub checksum: String,
    pub state: String,
    /// Some function was applied after the grants were: a run was killed between them.
    pub grants_are_stale: bool,
}

pub async fn state(conn: &mut PgConnection) -> Result<super::session::State> {
    sqlx::query_as(sql!("session/state")).fetch_one(conn).await.map_err(failed)
}

pub async fn prepare_state(conn: &mut PgConnection) -> Result<()> {
    conn.execute(sqlx::raw_sql(sql!("migrate/prepare_state"))).await.map(|_| ()).map_err(failed)
}

/// Empty where nothing was ever migrated.
pub async fn steps(conn: &mut PgConnection) -> Result<Vec<KnownStep>> {
    if !exists(conn, "queue_desk.migration_step").await? {
        return Ok(Vec::new());
    }
    sqlx::query_as(sql!("migrate/steps")).fetch_all(conn).await.map_err(failed)
}

pub async fn begin_step(conn: &mut PgConnection, step: &Step) -> Result<()> {
    let query = sqlx::query(sql!("migrate/begin_step")).bind(step.id).bind(step.kind.word()).bind(step.checksum());
    query.bind(env!("CARGO_PKG_VERSION")).execute(conn).await.map(|_| ()).map_err(failed)
}

pub async fn end_step(conn: &mut PgConnection, step: &Step, error: Option<&str>) -> Result<()> {
    let state = if error.is_some() { "failed" } else { "done" };
    let query = sqlx::query(sql!("migrate/end_step")).bind(step.id).bind(state).bind(error).bind(step.kind.word());
    query.bind(step.checksum()).bind(env!("CARGO_PKG_VERSION")).execute(conn).await.map(|_| ()).map_err(failed)
}

/// The step and its bookkeeping in one transaction: killed in the middle, neither happened.
pub async fn run_in_transaction(conn: &mut PgConnection, step: &Step) -> Result<()> {
    let mut tx = conn.begin().await.map_err(failed)?;
    sqlx::raw_sql(sql!("migrate/set_timeouts")).execute(&mut *tx).await.map_err(failed)?;
    begin_step(&mut tx, step).await?;
    sqlx::raw_sql(step.sql).execute(&mut *tx).await.map_err(failed)?;
    end_step(&mut tx, step, None).await?;
    tx.commit().await.map_err(failed)
}

/// One statement that cannot run in a transaction; it must be safe to repeat. An index that an earlier try left half built is
/// dropped first (IF NOT EXISTS would pass it by), and the new one is asked whether it is whole.
pub async fn run_autocommit(conn: &mut PgConnection, step: &Step) -> Result<()> {
    begin_step(conn, step).await?;
    sqlx::raw_sql(sql!("migrate/take_your_time")).execute(&mut *conn).await.map_err(failed)?;
    let index = step.makes.unwrap_or_default();
    sqlx::query(sql!("migrate/name_index")).bind(index).execute(&mut *conn).await.map_err(failed)?;
    sqlx::raw_sql(sql!("migrate/drop_invalid_index")).execute(&mut *conn).await.map_err(failed)?;
    sqlx::raw_sql(step.sql).execute(&mut *conn).await.map_err(failed)?;
    if !exists(conn, index).await? {
        return Err(Error::new(Code::Busy, format!("{index} was not built to the end.")));
    }
    end_step(conn, step, None).await
}

pub async fn try_lock(conn: &mut PgConnection) -> Result<bool> {
    sqlx::query_scalar(sql!("migrate/lock")).fetch_one(conn).await.map_err(failed)
}

pub async fn unlock(conn: &mut PgConnection) -> Result<()> {
    sqlx::query(sql!("migrate/unlock")).execute(conn).await.map(|_| ()).map_err(failed)
}

pub async fn exists(conn: &mut PgConnection, relation: &str) -> Result<bool> {
    sqlx::query_scalar(sql!("migrate/exists")).bind(relation).fetch_one(conn).await.map_err(failed)
}

pub async fn may_create(conn: &mut PgConnection) -> Result<bool> {
    sqlx::query_scalar(sql!("migrate/rights")).fetch_one(conn).await.map_err(failed)
}
