//! The figures of the days, and the CRM's own table of them.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Conn;
use crate::{
    error::Result,
    model::{
        metrics::{Metrics, MetricsFilter},
        receipt::Receipt,
    },
    sql,
};

pub async fn figures(conn: &mut Conn, filter: &MetricsFilter) -> Result<Metrics> {
    let days = filter.days.map(|days| i32::try_from(days).unwrap_or(i32::MAX));
    let query = sqlx::query_scalar(sql!("metrics/figures")).bind(days);
    conn.json(query.bind(filter.from).bind(filter.to).bind(filter.operator)).await
}

/// Because a person asked.
pub async fn write(conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> Result<Receipt> {
    conn.receipt("write_figures", sqlx::query_scalar(sql!("metrics/write")).bind(from).bind(to)).await
}

/// What a look after the CRM's figures did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Kept {
    /// Another desk is at it.
    pub busy: bool,
    /// Operators' days looked at, and rows that were different.
    pub days: u32,
    pub written: u32,
}

pub async fn keep(conn: &mut Conn) -> Result<Kept> {
    conn.json(sqlx::query_scalar(sql!("metrics/keep"))).await
}
