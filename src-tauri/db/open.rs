//! How a connection comes about: what it says at its start, and what is set on it.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, FromRow, PgConnection, Row,
    postgres::{PgConnectOptions, PgRow},
};

use super::{error, session::State};
use crate::{error::Result, sql};

pub(super) const SET_UP_READER: &str = sql!("session/set_up_reader");
pub(super) const SET_UP_WRITER: &str = sql!("session/set_up_writer");

/// What the server calls our connections: the version, the program, and a word that all connections of this process share.
static APPLICATION: LazyLock<String> = LazyLock::new(|| {
    let program =
        std::env::current_exe().ok().and_then(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    let program = if program.is_some_and(|stem| stem.ends_with("window")) { "window" } else { "command" };
    format!("queue-desk/{} {program} {:04x}", env!("CARGO_PKG_VERSION"), fastrand::u16(..))
});

/// A server that does not answer in this time is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection of its own, for what must not share: migrations and the sample generator, as the owner of the schema.
pub async fn open(options: &PgConnectOptions, read_only: bool) -> Result<PgConnection> {
    let set_up = if read_only { SET_UP_READER } else { SET_UP_WRITER };
    Ok(opened(options, set_up).await?.0)
}

/// A connection that nothing was set on yet, and the process of the server that answered on it. Behind a transaction pooler a setting
/// would stay with a backend that others use next, so the kind of the way is found out first.
pub async fn open_bare(options: &PgConnectOptions) -> Result<(PgConnection, i32)> {
    let (conn, said) = opened(options, sql!("check/backend")).await?;
    let process = said.ok_or(sqlx::Error::RowNotFound).and_then(|row| row.try_get(0)).map_err(error::failed)?;
    Ok((conn, process))
}

/// A connection that was asked nothing yet.
pub(super) async fn unasked(options: &PgConnectOptions) -> Result<PgConnection> {
    match tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&ours(options))).await {
        Ok(connected) => connected.map_err(|e| error::connecting(e, options)),
        Err(_) => Err(error::silent(options, CONNECT_TIMEOUT, false)),
    }
}

/// The process of the server that answers, within a transaction that keeps it until it ends.
pub(super) async fn hold(conn: &mut PgConnection) -> Result<i32> {
    let row = sqlx::raw_sql(sql!("check/hold")).fetch_one(conn).await.map_err(error::failed)?;
    row.try_get(0).map_err(error::failed)
}

/// Sets a bare connection up for reading, and asks what the database is: one flight.
pub(super) async fn meet(conn: &mut PgConnection) -> Result<State> {
    let both = sqlx::AssertSqlSafe(format!("{SET_UP_READER};\n{}", super::session::STATE));
    let row = sqlx::raw_sql(both).fetch_one(conn).await.map_err(error::failed)?;
    State::from_row(&row).map_err(error::failed)
}

/// What [`open`] does beyond [`open_bare`].
pub async fn set_up_reader(conn: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(SET_UP_READER).execute(conn).await.map(drop).map_err(error::failed)
}

/// What every connection of ours says at its start. Statements are not logged, however slow: the log is for what happened, and they hold no
/// answer to it. A PgBouncer as it is installed refuses `extra_float_digits`, which is the server's default anyway.
pub(super) fn ours(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().application_name(&APPLICATION).disable_statement_logging().extra_float_digits(None)
}

/// The connection, and the row that the first question was answered with.
pub(super) async fn opened(options: &PgConnectOptions, first: &'static str) -> Result<(PgConnection, Option<PgRow>)> {
    let let_in = AtomicBool::new(false);
    let connect = async {
        let connecting = |e| error::connecting(e, options);
        let mut conn = PgConnection::connect_with(&ours(options)).await.map_err(connecting)?;
        let_in.store(true, Ordering::Relaxed);
        let said = sqlx::raw_sql(first).fetch_optional(&mut conn).await.map_err(connecting)?;
        Ok((conn, said))
    };
    match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
        Ok(connected) => connected,
        Err(_) => Err(error::silent(options, CONNECT_TIMEOUT, let_in.into_inner())),
    }
}

/// Says goodbye, so that the server's log does not call it a broken client.
pub async fn close(conn: PgConnection) {
    let _ = conn.close().await;
}
