//! Bookkeeping of the migration runner. These take a raw connection: a migration has one of its own.

use serde_json::Value;
use sqlx::{Connection, Executor, FromRow, PgConnection};
use uuid::Uuid;

use super::error::failed;
use crate::{
    audit::steps::Step,
    error::{Code, Error, Result},
    model::preview::Blocker,
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
    set_timeouts(&mut tx).await?;
    begin_step(&mut tx, step).await?;
    sqlx::raw_sql(step.sql).execute(&mut *tx).await.map_err(failed)?;
    end_step(&mut tx, step, None).await?;
    tx.commit().await.map_err(failed)
}

pub async fn set_timeouts(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(sql!("migrate/set_timeouts")).execute(conn).await.map(|_| ()).map_err(failed)
}

pub async fn take_your_time(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(sql!("migrate/take_your_time")).execute(conn).await.map(|_| ()).map_err(failed)
}

/// For the rest of a transaction.
pub async fn whole_truth(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(sql!("migrate/whole_truth")).execute(conn).await.map(|_| ()).map_err(failed)
}

/// A transaction without bookkeeping: one piece of a step that is safe to repeat.
pub async fn run_piece(conn: &mut PgConnection, piece: &'static str) -> Result<()> {
    let mut tx = conn.begin().await.map_err(failed)?;
    set_timeouts(&mut tx).await?;
    sqlx::raw_sql(piece).execute(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// One batch of a step; returns how many rows it changed.
pub async fn run_batch(conn: &mut PgConnection, step: &Step, run: Uuid) -> Result<i64> {
    let mut tx = conn.begin().await.map_err(failed)?;
    set_timeouts(&mut tx).await?;
    let changed: Option<i32> = sqlx::query_scalar(step.sql).bind(run).fetch_one(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(changed.unwrap_or(0).into())
}

/// [`run_index`] and its bookkeeping.
pub async fn run_autocommit(conn: &mut PgConnection, step: &Step) -> Result<()> {
    begin_step(conn, step).await?;
    run_index(conn, step).await?;
    end_step(conn, step, None).await
}

/// One statement that cannot run in a transaction; it must be safe to repeat. An index that an earlier try left half built is
/// dropped first (IF NOT EXISTS would pass it by), and the new one is asked whether it is whole.
pub async fn run_index(conn: &mut PgConnection, step: &Step) -> Result<()> {
    take_your_time(conn).await?;
    let index = step.makes.unwrap_or_default();
    sqlx::query(sql!("migrate/name_index")).bind(index).execute(&mut *conn).await.map_err(failed)?;
    sqlx::raw_sql(sql!("migrate/drop_invalid_index")).execute(&mut *conn).await.map_err(failed)?;
    sqlx::raw_sql(step.sql).execute(&mut *conn).await.map_err(failed)?;
    match exists(conn, index).await? {
        true => Ok(()),
        false => Err(Error::new(Code::Busy, format!("{index} was not built to the end."))),
    }
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

/// From here on a lock is hardly waited for.
pub async fn glance(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(sql!("migrate/glance")).execute(conn).await.map(|_| ()).map_err(failed)
}

/// Sessions that a step with these locks would wait for.
pub async fn blockers(conn: &mut PgConnection, locks: &[(&str, &str)]) -> Result<Vec<Blocker>> {
    let (tables, modes): (Vec<&str>, Vec<&str>) = locks.iter().copied().unzip();
    let query = sqlx::query_as(sql!("check/blockers")).bind(tables).bind(modes);
    query.fetch_all(conn).await.map_err(failed)
}

#[derive(Debug, Clone, FromRow)]
pub struct Size {
    pub name: String,
    /// The planner's estimate.
    pub rows: i64,
    pub bytes: i64,
    pub owner: String,
    /// This login may alter it.
    pub mine: bool,
}

pub async fn sizes(conn: &mut PgConnection, tables: &[&str]) -> Result<Vec<Size>> {
    sqlx::query_as(sql!("migrate/sizes")).bind(tables).fetch_all(conn).await.map_err(failed)
}

#[derive(Debug, Clone, FromRow)]
pub struct Counted {
    pub name: String,
    pub rows: i64,
}

pub async fn balance(conn: &mut PgConnection) -> Result<Vec<Counted>> {
    let mut tx = conn.begin().await.map_err(failed)?;
    whole_truth(&mut tx).await?;
    let counted = sqlx::query_as(sql!("migrate/balance")).fetch_all(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(counted)
}

#[derive(Debug, Clone, FromRow)]
pub struct Settled {
    pub name: String,
    pub moved: i64,
    pub nulled: i64,
    pub mapped: i64,
}

pub async fn settled(conn: &mut PgConnection, run: Uuid) -> Result<Vec<Settled>> {
    sqlx::query_as(sql!("migrate/settled")).bind(run).fetch_all(conn).await.map_err(failed)
}

/// Returns the receipt.
pub async fn receipt(
    conn: &mut PgConnection,
    asked: i32,
    changed: i32,
    skipped: &Value,
    refused: &Value,
    detail: &Value,
) -> Result<Value> {
    let query = sqlx::query_scalar(sql!("migrate/receipt")).bind(asked).bind(changed);
    query.bind(skipped).bind(refused).bind(detail).fetch_one(conn).await.map_err(failed)
}

pub async fn min_version(conn: &mut PgConnection, version: &str) -> Result<()> {
    sqlx::query(sql!("migrate/min_version")).bind(version).execute(conn).await.map(|_| ()).map_err(failed)
}

/// Relations that look like ours and are not.
pub async fn neighbours(conn: &mut PgConnection) -> Result<Vec<String>> {
    sqlx::query_scalar(sql!("migrate/neighbours")).fetch_all(conn).await.map_err(failed)
}

pub async fn duplicates(conn: &mut PgConnection) -> Result<i64> {
    sqlx::query_scalar(sql!("migrate/duplicates")).fetch_one(conn).await.map_err(failed)
}
