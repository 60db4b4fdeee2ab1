//! The references of the CRM: what each needs, and the statements that give it. The statements come from the database's own catalogue
//! (migrations/queue_desk/0017_keys.sql), which quotes every name.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection};
use uuid::Uuid;

use super::error::failed;
use crate::{audit::steps::Step, error::Result, sql};

/// One reference, and what there is of it.
#[derive(Debug, Clone, FromRow)]
pub struct Edge {
    pub child: String,
    pub col: String,
    pub parent: String,
    pub on_delete: String,
    /// What becomes of a row that points nowhere: `moved` or `fk_nulled`.
    pub action: String,
    /// Why no key is possible here.
    pub cannot: Option<String>,
    /// Why this login may not make it.
    pub may_not: Option<String>,
    pub key: Option<String>,
    pub valid: Option<bool>,
    pub indexed: bool,
    pub half_index: Option<String>,
    /// A trigger of the CRM may call out for each row that is changed.
    pub one_by_one: bool,
    pub rows: i64,
    pub bytes: i64,
    pub drop_index_sql: Option<String>,
    pub index_sql: Option<String>,
    pub add_sql: Option<String>,
    pub comment_sql: Option<String>,
    pub validate_sql: Option<String>,
    pub count_sql: Option<String>,
}

#[derive(Debug, Clone, FromRow)]
pub struct Orphans {
    pub pointing: i64,
    pub orphans: i64,
    pub parent_has_rows: bool,
    /// Of the last 24 hours, where rows know their age: what the CRM writes now, and could not write any more.
    pub recent: Option<i64>,
}

pub async fn edges(conn: &mut PgConnection, step: &Step) -> Result<Vec<Edge>> {
    sqlx::query_as(step.sql).fetch_all(conn).await.map_err(failed)
}

/// Counts over all rows, or is refused: what row security hides must not count as missing.
pub async fn orphans(conn: &mut PgConnection, edge: &Edge) -> Result<Orphans> {
    let mut tx = conn.begin().await.map_err(failed)?;
    super::migrate::whole_truth(&mut tx).await?;
    let counted = sqlx::query_as(trusted(edge.count_sql.as_deref())).fetch_one(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(counted)
}

/// The index of the child column, outside a transaction. What an interrupted try left is dropped first.
pub async fn build_index(conn: &mut PgConnection, edge: &Edge) -> Result<()> {
    super::migrate::take_your_time(conn).await?;
    if edge.half_index.is_some() {
        sqlx::raw_sql(trusted(edge.drop_index_sql.as_deref())).execute(&mut *conn).await.map_err(failed)?;
    }
    sqlx::raw_sql(trusted(edge.index_sql.as_deref())).execute(conn).await.map(|_| ()).map_err(failed)
}

/// For a transaction that locks two tables one after the other.
pub async fn set_timeouts(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(sql!("migrate/set_key_timeouts")).execute(conn).await.map(|_| ()).map_err(failed)
}

/// The key, not valid yet: new rows are judged from here on.
pub async fn add(conn: &mut PgConnection, edge: &Edge) -> Result<()> {
    let mut tx = conn.begin().await.map_err(failed)?;
    set_timeouts(&mut tx).await?;
    sqlx::raw_sql(trusted(edge.add_sql.as_deref())).execute(&mut *tx).await.map_err(failed)?;
    sqlx::raw_sql(trusted(edge.comment_sql.as_deref())).execute(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// Compares the old rows with the parent. Nobody waits for it.
pub async fn validate(conn: &mut PgConnection, edge: &Edge) -> Result<()> {
    let mut tx = conn.begin().await.map_err(failed)?;
    super::migrate::set_timeouts(&mut tx).await?;
    sqlx::raw_sql(trusted(edge.validate_sql.as_deref())).execute(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// One batch: `{found, settled, last, held}`. Each call is a transaction of its own.
pub async fn settle(
    conn: &mut PgConnection,
    step: &Step,
    edges: &Value,
    edge: &Edge,
    run: Uuid,
    limit: i32,
    after: Option<&str>,
) -> Result<Value> {
    let mut tx = conn.begin().await.map_err(failed)?;
    super::migrate::set_timeouts(&mut tx).await?;
    let query = sqlx::query_scalar(sql!("migrate/settle")).bind(edges).bind(&edge.child).bind(&edge.col).bind(step.id);
    let settled = query.bind(run).bind(limit).bind(after).fetch_one(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(settled)
}

/// Statements of 0017_keys.sql: every name in them was quoted by the server.
fn trusted(sql: Option<&str>) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.unwrap_or_default().to_owned())
}
