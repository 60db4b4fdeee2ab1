//! What is asked on a held connection, and what becomes of it when no answer comes.

use std::time::Duration;

use serde::de::DeserializeOwned;
use sqlx::{
    FromRow, Postgres,
    postgres::PgRow,
    query::{Query, QueryAs, QueryScalar},
};

use super::{Args, Conn, error};
use crate::{
    error::{Code, Error, Result},
    sql,
};

/// The server gives a statement 30 s (session/set_up_*): who says nothing for longer than this is not there any more.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(40);

impl Conn {
    /// Runs a statement that returns one jsonb.
    pub(crate) async fn json<T>(&mut self, query: QueryScalar<'_, Postgres, sqlx::types::Json<T>, Args>) -> Result<T>
    where
        T: DeserializeOwned + Send + Unpin + 'static,
    {
        let result = answered(query.fetch_one(self.inner().await?)).await;
        Ok(self.judge(result)?.0)
    }

    pub(crate) async fn scalar<T>(&mut self, query: QueryScalar<'_, Postgres, T, Args>) -> Result<T>
    where
        T: Send + Unpin,
        (T,): for<'r> FromRow<'r, PgRow>,
    {
        let result = answered(query.fetch_one(self.inner().await?)).await;
        self.judge(result)
    }

    pub(crate) async fn rows<T>(&mut self, query: QueryAs<'_, Postgres, T, Args>) -> Result<Vec<T>>
    where
        T: Send + Unpin + for<'r> FromRow<'r, PgRow>,
    {
        let result = answered(query.fetch_all(self.inner().await?)).await;
        self.judge(result)
    }

    pub(crate) async fn row<T>(&mut self, query: QueryAs<'_, Postgres, T, Args>) -> Result<T>
    where
        T: Send + Unpin + for<'r> FromRow<'r, PgRow>,
    {
        let result = answered(query.fetch_one(self.inner().await?)).await;
        self.judge(result)
    }

    /// A statement without parameters, in the simple protocol: one flight also the first time, where a prepared one takes two.
    pub(crate) async fn first_row<T>(&mut self, sql: &'static str) -> Result<T>
    where
        T: Send + Unpin + for<'r> FromRow<'r, PgRow>,
    {
        let result = answered(sqlx::raw_sql(sql).fetch_one(self.inner().await?)).await;
        let row = self.judge(result)?;
        T::from_row(&row).map_err(error::failed)
    }

    pub(crate) async fn execute(&mut self, query: Query<'_, Postgres, Args>) -> Result<()> {
        let result = answered(query.execute(self.inner().await?)).await;
        self.judge(result).map(|_| ())
    }

    async fn run(&mut self, sql: &'static str) -> Result<()> {
        let result = answered(sqlx::raw_sql(sql).execute(self.inner().await?)).await;
        self.judge(result).map(|_| ())
    }

    /// Several statements that see one snapshot and write nothing. Ends with [`Conn::end`]; dropped before, the connection is replaced.
    pub(crate) async fn begin_snapshot(&mut self) -> Result<()> {
        self.in_snapshot = true;
        self.run(sql!("session/begin_snapshot")).await
    }

    /// The same, which nobody waits for but the next user of this connection.
    pub(crate) fn end_behind(mut self) {
        tokio::spawn(async move {
            if let Err(error) = self.end().await {
                tracing::debug!(code = ?error.code, "a snapshot was left with its connection");
            }
        });
    }

    pub(crate) async fn end(&mut self) -> Result<()> {
        self.run(sql!("session/end")).await?;
        self.in_snapshot = false;
        Ok(())
    }

    /// Forgets a connection that broke, or that an error left inside a transaction, and puts the error into words.
    pub(crate) fn judge<T>(&mut self, result: sqlx::Result<T>) -> Result<T> {
        self.asking = false;
        result.map_err(|e| {
            if error::is_broken(&e) {
                *self.slot = None;
            }
            match error::failed(e) {
                // What only reads cannot have been done by half.
                e if self.held.read_only && e.code == Code::CommitInDoubt => {
                    Error::new(Code::ConnectionLost, "The connection to the database was lost while it was read.")
                }
                e => e,
            }
        })
    }
}

/// No answer in [`ANSWER_TIMEOUT`] is a connection that broke.
async fn answered<T>(asked: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let silent = |_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(ANSWER_TIMEOUT, asked).await.unwrap_or_else(silent)
}
