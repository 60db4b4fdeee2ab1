//! Pages of the jobs grid.

use sqlx::FromRow;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::job::{JobFilter, JobRow},
    sql,
};

/// A row and where it stands in the order.
#[derive(Debug, Clone, FromRow)]
pub struct PlacedJob {
    #[sqlx(flatten)]
    pub row: JobRow,
    pub at: Option<String>,
}

pub async fn page(
    conn: &mut Conn,
    filter: &JobFilter,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<PlacedJob>> {
    rows_of(conn, sql!("job/page"), filter, after, limit).await
}

/// The same of a CRM without our schema.
pub async fn page_plain(
    conn: &mut Conn,
    filter: &JobFilter,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<PlacedJob>> {
    rows_of(conn, sql!("job/page_plain"), filter, after, limit).await
}

async fn rows_of(
    conn: &mut Conn,
    sql: &'static str,
    filter: &JobFilter,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<PlacedJob>> {
    let query = sqlx::query_as(sql).bind(filter.state.as_deref()).bind(filter.operator);
    conn.rows(query.bind(after.map(|a| a.0)).bind(after.map(|a| a.1)).bind(limit)).await
}
