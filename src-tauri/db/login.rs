//! Making and closing the database logins of operators.

use sqlx::FromRow;
use uuid::Uuid;

use super::Conn;
use crate::{
    error::Result,
    model::{
        login::{LoginClosing, LoginRenewal},
        receipt::Receipt,
    },
    sql,
};

/// Why this session may make no logins; none: it may.
pub async fn obstacle(conn: &mut Conn) -> Result<Option<String>> {
    conn.scalar(sqlx::query_scalar(sql!("login/obstacle"))).await
}

/// The statements, with this verifier; without one, for showing.
pub async fn script(conn: &mut Conn, login: &str, verifier: Option<&str>) -> Result<Vec<String>> {
    conn.scalar(sqlx::query_scalar(sql!("login/script")).bind(login).bind(verifier)).await
}

pub async fn create(
    conn: &mut Conn,
    user: Uuid,
    name: &str,
    login: &str,
    verifier: &str,
    admin: bool,
    runner: bool,
) -> Result<Receipt> {
    let query = sqlx::query_scalar(sql!("login/create")).bind(user).bind(name).bind(login).bind(verifier);
    conn.receipt("operator_add", query.bind(admin).bind(runner)).await
}

pub async fn close_script(conn: &mut Conn, user: Uuid) -> Result<Vec<LoginClosing>> {
    conn.rows(sqlx::query_as(sql!("login/close_script")).bind(user)).await
}

/// Sessions that ended, and those that go on.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Ended {
    pub ended: i32,
    pub still_open: i32,
}

/// `open`: their password is another one now; else only of logins that may not log in any more.
pub async fn end_sessions(conn: &mut Conn, logins: &[&str], open: bool) -> Result<Ended> {
    conn.row(sqlx::query_as(sql!("login/end_sessions")).bind(logins).bind(open)).await
}

/// With this verifier; without one, for showing.
pub async fn renew_script(conn: &mut Conn, login: &str, verifier: Option<&str>) -> Result<LoginRenewal> {
    conn.row(sqlx::query_as(sql!("login/renew_script")).bind(login).bind(verifier)).await
}

pub async fn renew(conn: &mut Conn, login: &str, verifier: &str, reopen: bool) -> Result<Receipt> {
    let query = sqlx::query_scalar(sql!("login/renew")).bind(login).bind(verifier).bind(reopen);
    conn.receipt("operator_renew", query).await
}

pub async fn close(conn: &mut Conn, user: Uuid) -> Result<Receipt> {
    conn.receipt("operator_deactivate", sqlx::query_scalar(sql!("login/close")).bind(user)).await
}
