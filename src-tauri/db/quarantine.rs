//! Rows that migrate took out of the CRM's tables.

use super::Conn;
use crate::{
    error::Result,
    model::{quarantine::Quarantined, receipt::Receipt},
    sql,
};

pub async fn list(conn: &mut Conn, open_only: bool, before: Option<i64>, limit: i32) -> Result<Vec<Quarantined>> {
    conn.rows(sqlx::query_as(sql!("quarantine/list")).bind(open_only).bind(before).bind(limit)).await
}

pub async fn restore(conn: &mut Conn, ids: Option<&[i64]>) -> Result<Receipt> {
    conn.receipt("quarantine_restore", sqlx::query_scalar(sql!("quarantine/restore")).bind(ids.map(<[i64]>::to_vec)))
        .await
}

pub async fn keep(conn: &mut Conn, ids: Option<&[i64]>) -> Result<Receipt> {
    conn.receipt("quarantine_keep", sqlx::query_scalar(sql!("quarantine/keep")).bind(ids.map(<[i64]>::to_vec))).await
}
