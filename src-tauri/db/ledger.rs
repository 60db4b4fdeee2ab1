//! Sealing, verifying and reading the ledger.

use serde::Deserialize;
use sqlx::{Executor, PgConnection, types::Json};
use uuid::Uuid;

use super::{Conn, error::failed};
use crate::{
    error::Result,
    model::ledger::{LedgerRow, Verification},
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

/// On a connection of its own, because it may take minutes.
pub async fn verify(conn: &mut PgConnection) -> Result<Verification> {
    conn.execute(sqlx::raw_sql(sql!("ledger/patience"))).await.map_err(failed)?;
    let found: Json<Verification> = sqlx::query_scalar(sql!("ledger/verify")).fetch_one(conn).await.map_err(failed)?;
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
