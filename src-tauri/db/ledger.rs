//! Sealing, verifying and reading the ledger.

use serde::Deserialize;
use sqlx::{Executor, PgConnection, types::Json};
use uuid::Uuid;

use super::{Conn, error::failed};
use crate::{
    error::Result,
    model::{
        ledger::{LedgerRow, Stretch, Verification},
        ledger_page::{LedgerEntry, LedgerFilter, LedgerState},
    },
    sql,
};

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Sealed {
    pub sealed: i32,
    /// Somebody else is sealing.
    pub busy: bool,
    /// There may be more to seal now.
    pub more: bool,
}

pub async fn seal(conn: &mut Conn, max: i32) -> Result<Sealed> {
    conn.json(sqlx::query_scalar(sql!("ledger/seal")).bind(max)).await
}

/// The next read may take minutes. For a connection of its own.
pub async fn patience(conn: &mut PgConnection) -> Result<()> {
    conn.execute(sqlx::raw_sql(sql!("ledger/patience"))).await.map(drop).map_err(failed)
}

/// What follows sees one moment, until the connection is closed.
pub async fn begin(conn: &mut PgConnection) -> Result<()> {
    conn.execute(sqlx::raw_sql(sql!("ledger/begin"))).await.map(drop).map_err(failed)
}

pub async fn last_seal(conn: &mut PgConnection) -> Result<i64> {
    sqlx::query_scalar(sql!("ledger/last_seal")).fetch_one(conn).await.map_err(failed)
}

/// The seals behind `after`, whose hash is `previous` in hex.
pub async fn verify_seals(conn: &mut PgConnection, after: i64, previous: Option<&str>, most: i32) -> Result<Stretch> {
    let query = sqlx::query_scalar(sql!("ledger/verify_seals")).bind(after).bind(previous).bind(most);
    let found: Json<Stretch> = query.fetch_one(conn).await.map_err(failed)?;
    Ok(found.0)
}

pub async fn verify_rest(conn: &mut PgConnection) -> Result<Verification> {
    let found: Json<Verification> =
        sqlx::query_scalar(sql!("ledger/verify_rest")).fetch_one(conn).await.map_err(failed)?;
    Ok(found.0)
}

/// In hex; none where the chain does not reach so far.
pub async fn hash_at(conn: &mut PgConnection, seq: i64) -> Result<Option<String>> {
    sqlx::query_scalar(sql!("ledger/hash_at")).bind(seq).fetch_optional(conn).await.map_err(failed)
}

pub async fn database(conn: &mut PgConnection) -> Result<String> {
    sqlx::query_scalar(sql!("ledger/database")).fetch_one(conn).await.map_err(failed)
}

pub async fn show(conn: &mut Conn, lead: Option<Uuid>, receipt: Option<Uuid>, last: i64) -> Result<Vec<LedgerRow>> {
    conn.rows(sqlx::query_as(sql!("ledger/show")).bind(lead).bind(receipt).bind(last)).await
}

/// Newest first, below row `after`.
pub async fn page(conn: &mut Conn, filter: &LedgerFilter, after: Option<i64>, limit: i64) -> Result<Vec<LedgerEntry>> {
    let query = sqlx::query_as(sql!("ledger/page")).bind(filter.lead).bind(filter.who.as_deref());
    let query = query.bind(filter.action.as_deref()).bind(filter.kind.map(|kind| kind.word()));
    conn.rows(query.bind(filter.from).bind(filter.until).bind(filter.receipt).bind(after).bind(limit)).await
}

pub async fn state(conn: &mut Conn) -> Result<LedgerState> {
    conn.row(sqlx::query_as(sql!("ledger/state"))).await
}
