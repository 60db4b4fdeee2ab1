//! Pages of the messages grid and the counts around it.

use sqlx::FromRow;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{
        message::MessageRow,
        page::{Counts, Filter},
    },
    sql,
};

/// Where a page ended: the sort key of its last row.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Cursor {
    pub grp: i32,
    /// As the database writes it; it may be infinite.
    pub at: String,
    pub id: Uuid,
}

/// A row and where it stands in the order.
#[derive(Debug, Clone, FromRow)]
pub struct PlacedRow {
    #[sqlx(flatten)]
    pub row: MessageRow,
    pub grp: i32,
    /// As the database writes it; it may be infinite.
    pub at: String,
}

pub async fn page(conn: &mut Conn, filter: &Filter, after: Option<Cursor>, limit: i64) -> Result<Vec<PlacedRow>> {
    let query = sqlx::query_as(sql!("message/page"))
        .bind(filter.lane.as_deref())
        .bind(filter.operator)
        .bind(filter.search.as_deref());
    let query = query
        .bind(after.as_ref().map(|a| a.grp))
        .bind(after.as_ref().map(|a| a.at.as_str()))
        .bind(after.as_ref().map(|a| a.id))
        .bind(limit)
        .bind(filter.reason.as_deref());
    conn.rows(query).await
}

pub async fn counts(conn: &mut Conn) -> Result<Counts> {
    conn.json(sqlx::query_scalar(sql!("message/counts"))).await
}
