//! The list of operators, and which login is whom.

use sqlx::types::Json;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{
        login::LiveDesks,
        operator::{OperatorLogin, OperatorRow},
        receipt::Receipt,
    },
    sql,
};

#[derive(sqlx::FromRow)]
struct Row {
    user_id: Uuid,
    name: String,
    active: bool,
    logins: Json<Vec<OperatorLogin>>,
    used_today: i32,
    capacity_today: Option<i32>,
    waiting: i32,
}

pub async fn list(conn: &mut Conn) -> Result<Vec<OperatorRow>> {
    let rows: Vec<Row> = conn.rows(sqlx::query_as(sql!("operator/list"))).await?;
    let operator = |row: Row| OperatorRow {
        user_id: row.user_id,
        name: row.name,
        active: row.active,
        logins: row.logins.0,
        used_today: row.used_today,
        capacity_today: row.capacity_today,
        waiting: row.waiting,
    };
    Ok(rows.into_iter().map(operator).collect())
}

pub async fn add(
    conn: &mut Conn,
    user: Uuid,
    name: &str,
    login: Option<&str>,
    admin: bool,
    runner: bool,
) -> Result<Receipt> {
    let query = sqlx::query_scalar(sql!("operator/add")).bind(user).bind(name).bind(login);
    conn.receipt("operator_add", query.bind(admin).bind(runner)).await
}

pub async fn deactivate(conn: &mut Conn, user: Uuid) -> Result<Receipt> {
    conn.receipt("operator_deactivate", sqlx::query_scalar(sql!("operator/deactivate")).bind(user)).await
}

pub async fn desks(conn: &mut Conn) -> Result<LiveDesks> {
    conn.json(sqlx::query_scalar(sql!("operator/desks"))).await
}
