//! The rows of an export, streamed.

use futures_util::stream::BoxStream;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Conn, error::failed};
use crate::{
    error::Result,
    model::{page::Filter, receipt::Receipt},
    sql,
    transfer::columns::ExportRow,
};

/// `plain`: of a CRM without our schema.
pub async fn count(conn: &mut PgConnection, filter: &Filter, plain: bool) -> Result<u64> {
    let sql = if plain { sql!("export/count_plain") } else { sql!("export/count") };
    let query = sqlx::query_scalar::<_, i64>(sql)
        .bind(filter.lane.as_deref())
        .bind(filter.operator)
        .bind(filter.search.as_deref())
        .bind(filter.reason.as_deref());
    Ok(query.fetch_one(conn).await.map_err(failed)?.unsigned_abs())
}

/// `plain`: of a CRM without our schema; what only that knows is none.
pub fn rows<'c>(conn: &'c mut PgConnection, filter: &'c Filter, plain: bool) -> BoxStream<'c, sqlx::Result<ExportRow>> {
    let sql = if plain { sql!("export/rows_plain") } else { sql!("export/rows") };
    sqlx::query_as(sql)
        .bind(filter.lane.as_deref())
        .bind(filter.operator)
        .bind(filter.search.as_deref())
        .bind(filter.reason.as_deref())
        .fetch(conn)
}

pub async fn record(conn: &mut Conn, as_user: Option<Uuid>, rows: u32, detail: &Value) -> Result<Receipt> {
    let rows = i32::try_from(rows).unwrap_or(i32::MAX);
    conn.receipt("export", sqlx::query_scalar(sql!("export/record")).bind(as_user).bind(rows).bind(detail)).await
}
