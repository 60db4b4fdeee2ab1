//! Taking out of a CRM what we put into it.

use std::io::Write;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection};

use super::error::failed;
use crate::{
    error::{Code, Error, Result},
    sql,
};

/// What stands against it.
#[derive(Debug, FromRow)]
pub struct Removable {
    pub database: String,
    pub undecided: i64,
    pub running: i64,
    pub foreign_objects: Vec<String>,
}

/// One statement that the catalogue made.
#[derive(Debug, FromRow)]
pub struct Statement {
    pub sql: String,
    /// It cannot run in a transaction.
    pub alone: bool,
}

pub async fn removable(conn: &mut PgConnection) -> Result<Removable> {
    sqlx::query_as(sql!("migrate/removable")).fetch_one(conn).await.map_err(failed)
}

pub async fn removal(conn: &mut PgConnection) -> Result<Vec<Statement>> {
    sqlx::query_as(sql!("migrate/removal")).fetch_all(conn).await.map_err(failed)
}

/// Runs one, or gives its locks up after 100 ms each.
pub async fn run(conn: &mut PgConnection, statement: &Statement) -> Result<()> {
    let sql = || AssertSqlSafe(statement.sql.clone());
    if statement.alone {
        super::migrate::take_your_time(conn).await?;
        return sqlx::raw_sql(sql()).execute(conn).await.map(|_| ()).map_err(failed);
    }
    let mut tx = conn.begin().await.map_err(failed)?;
    super::keys::set_timeouts(&mut tx).await?;
    sqlx::raw_sql(sql()).execute(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// Writes the ledger and the quarantine, one JSON document a line; returns how many.
pub async fn keep(conn: &mut PgConnection, mut out: impl Write) -> Result<u64> {
    let mut tx = conn.begin().await.map_err(failed)?;
    super::migrate::whole_truth(&mut tx).await?;
    let mut lines = 0;
    {
        let mut rows = sqlx::query_scalar::<_, String>(sql!("migrate/keep")).fetch(&mut *tx);
        while let Some(line) = rows.try_next().await.map_err(failed)? {
            let written = writeln!(out, "{line}");
            written.map_err(|e| {
                Error::new(
                    Code::FileFailed,
                    format!("The copy could not be written ({}). Nothing was removed.", e.kind()),
                )
                .hint("Give another file to --keep.")
            })?;
            lines += 1;
        }
    }
    tx.commit().await.map_err(failed)?;
    Ok(lines)
}

pub async fn drop_schema(conn: &mut PgConnection) -> Result<()> {
    let mut tx = conn.begin().await.map_err(failed)?;
    super::keys::set_timeouts(&mut tx).await?;
    sqlx::raw_sql(sql!("migrate/drop_schema")).execute(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

pub async fn drop_group(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(sql!("migrate/drop_group")).execute(conn).await.map(|_| ()).map_err(failed)
}
