//! What the schema check reads. One transaction that cannot write sees one moment; a statement that the database refuses is an
//! answer (the reason why something is unknown), only a lost connection ends the check.

mod rows;

use std::time::Duration;

use serde_json::Value;
use sqlx::{
    Connection, FromRow, PgConnection, Postgres, Row,
    postgres::{PgArguments, PgConnectOptions, PgRow},
    query::QueryAs,
};

pub use self::rows::*;
use super::error;
use crate::{
    error::{Code, Error, Result},
    model::preview::Blocker,
    sql,
};

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub sqlstate: String,
    /// For people: no value of a row is quoted.
    pub reason: String,
}

impl Refusal {
    /// The table or schema that was asked for does not exist.
    pub fn is_missing(&self) -> bool {
        matches!(self.sqlstate.as_str(), "42P01" | "3F000")
    }

    /// It was given too little time.
    pub fn is_too_slow(&self) -> bool {
        self.sqlstate == "57014"
    }

    /// The value does not fit its type: a word outside an enum or a domain.
    pub fn is_value(&self) -> bool {
        matches!(self.sqlstate.as_str(), "22P02" | "23514" | "22001")
    }
}

type Answer<T> = Result<std::result::Result<T, Refusal>>;

/// How long two connections may be compared.
const COMPARING: Duration = Duration::from_secs(10);
/// How long a question may wait while the other connection holds a backend: a pooler without another one would never answer it.
const MEANWHILE: Duration = Duration::from_secs(2);

/// Whether a connection is served by more than one backend, or two that are open at once by the same: only a transaction pooler does that.
/// Nothing was set on `conn` yet ([`super::open_bare`], which says its `first` process), and nothing is left behind on a backend that others
/// use next.
///
/// # Errors
/// `NoConnection` where there is no second connection, or no answer in ten seconds.
pub async fn shares_backends(conn: &mut PgConnection, first: i32, options: &PgConnectOptions) -> Result<bool> {
    tokio::time::timeout(COMPARING, compare(conn, first, options)).await.unwrap_or_else(|_| {
        let message = format!("A second connection got no answer within {} s.", COMPARING.as_secs());
        Err(Error::new(Code::NoConnection, message).hint("Each desk needs two: a pooler may have none left."))
    })
}

async fn compare(conn: &mut PgConnection, first: i32, options: &PgConnectOptions) -> Result<bool> {
    // A pooler that goes around its backends gives another one already now; the second connection comes about meanwhile.
    let (now, second) = tokio::join!(backend(conn), super::open::unasked(options));
    if now? != first {
        return Ok(true);
    }
    let mut second = second?;
    let other = super::open::hold(&mut second).await?;
    let mut shared = other == first;
    // The backend of the first may have been taken by somebody else meanwhile: then its next answer comes from another one.
    for _ in 0..2 {
        if shared {
            break;
        }
        let again = backend(conn);
        tokio::pin!(again);
        shared = match tokio::time::timeout(MEANWHILE, &mut again).await {
            Ok(again) => again? != first,
            Err(_) => {
                sqlx::raw_sql(sql!("check/let_go")).execute(&mut second).await.map_err(error::failed)?;
                again.await? != first
            }
        };
    }
    // Best effort: the server notices a closed socket by itself, and ends what it held.
    if shared {
        let _ = sqlx::raw_sql(sql!("check/let_go")).execute(&mut second).await;
    }
    let _ = second.close().await;
    Ok(shared)
}

/// Asked without a prepared statement, which would stay with the backend.
async fn backend(conn: &mut PgConnection) -> Result<i32> {
    let row = sqlx::raw_sql(sql!("check/backend")).fetch_one(conn).await.map_err(error::failed)?;
    row.try_get(0).map_err(error::failed)
}

/// The database at one moment. Dropped, the connection rolls back when it closes: nothing was written.
pub struct Snapshot<'c>(&'c mut PgConnection);

impl<'c> Snapshot<'c> {
    pub async fn begin(conn: &'c mut PgConnection) -> Result<Self> {
        sqlx::raw_sql(sql!("check/begin")).execute(&mut *conn).await.map_err(error::failed)?;
        Ok(Self(conn))
    }

    /// From here on, what row security would cut down is refused.
    pub async fn all_rows(&mut self) -> Result<()> {
        sqlx::raw_sql(sql!("check/all_rows")).execute(&mut *self.0).await.map(|_| ()).map_err(error::failed)
    }

    pub async fn heading(&mut self) -> Result<Heading> {
        sqlx::query_as(sql!("check/heading")).fetch_one(&mut *self.0).await.map_err(error::failed)
    }

    pub async fn findings(&mut self, sql: &'static str) -> Answer<Vec<FindingRow>> {
        self.ask(sqlx::query_as(sql)).await
    }

    /// How long each statement that follows may take.
    pub async fn patience(&mut self, patience: Duration) -> Result<()> {
        sqlx::raw_sql(sql!("check/forget")).execute(&mut *self.0).await.map_err(error::failed)?;
        let set = sqlx::query(sql!("check/patience")).bind(format!("{}ms", patience.as_millis()));
        set.execute(&mut *self.0).await.map_err(error::failed)?;
        sqlx::raw_sql(sql!("check/looking")).execute(&mut *self.0).await.map(|_| ()).map_err(error::failed)
    }

    /// The same for a file that takes the contract.
    pub async fn findings_of(&mut self, sql: &'static str, contract: &Value) -> Answer<Vec<FindingRow>> {
        self.ask(sqlx::query_as(sql).bind(contract)).await
    }

    pub async fn login(&mut self, acting: &str) -> Answer<Vec<FindingRow>> {
        self.ask(sqlx::query_as(sql!("check/login")).bind(acting)).await
    }

    pub async fn tables(&mut self, contract: &Value) -> Answer<Vec<Table>> {
        self.ask(sqlx::query_as(sql!("check/tables")).bind(contract)).await
    }

    pub async fn keys(&mut self, contract: &Value) -> Answer<Vec<Edge>> {
        self.ask(sqlx::query_as(sql!("check/keys")).bind(contract)).await
    }

    pub async fn vocabulary(&mut self, contract: &Value) -> Answer<Vec<Vocabulary>> {
        self.ask(sqlx::query_as(sql!("check/vocabulary")).bind(contract)).await
    }

    /// The words in a column, the most frequent first, by a statement of [`Vocabulary::words_sql`].
    pub async fn word_counts(&mut self, words_sql: &str) -> Answer<Vec<WordCount>> {
        self.ask(sqlx::query_as(trusted(words_sql))).await
    }

    pub async fn loose_checks(&mut self, contract: &Value) -> Answer<Vec<LooseCheck>> {
        self.ask(sqlx::query_as(sql!("check/loose_checks")).bind(contract)).await
    }

    pub async fn restorable(&mut self, contract: &Value) -> Answer<Vec<Restorable>> {
        self.ask(sqlx::query_as(sql!("check/restorable")).bind(contract)).await
    }

    pub async fn functions(&mut self) -> Answer<Vec<Function>> {
        self.ask(sqlx::query_as(sql!("check/functions"))).await
    }

    pub async fn relations(&mut self) -> Answer<Vec<Relation>> {
        self.ask(sqlx::query_as(sql!("check/relations"))).await
    }

    pub async fn made(&mut self) -> Answer<Vec<Made>> {
        self.ask(sqlx::query_as(sql!("check/made"))).await
    }

    /// The newest seals, and the one that this desk saw last: its place and its hash.
    pub async fn chain(&mut self, newest: i64, seen: Option<(i64, &str)>) -> Answer<Vec<FindingRow>> {
        let query = sqlx::query_as(sql!("check/chain")).bind(newest);
        self.ask(query.bind(seen.map(|s| s.0)).bind(seen.map(|s| s.1.to_owned()))).await
    }

    pub async fn words(&mut self) -> Answer<Vec<Place>> {
        self.ask(sqlx::query_as(sql!("check/words"))).await
    }

    pub async fn stages(&mut self) -> Answer<Vec<Stage>> {
        self.ask(sqlx::query_as(sql!("check/stages"))).await
    }

    pub async fn steps(&mut self) -> Answer<Vec<KnownStep>> {
        self.ask(sqlx::query_as(sql!("check/steps"))).await
    }

    /// How many rows a statement of [`Table::count_sql`] counts.
    pub async fn count(&mut self, count_sql: &str) -> Answer<i64> {
        let rows: Answer<Vec<(i64,)>> = self.ask(sqlx::query_as(trusted(count_sql))).await;
        Ok(rows?.map(|rows| rows.first().map_or(0, |r| r.0)))
    }

    pub async fn edge_count(&mut self, count_sql: &str) -> Answer<Vec<EdgeCount>> {
        self.ask(sqlx::query_as(trusted(count_sql))).await
    }

    /// The keys of up to five rows.
    pub async fn sample(&mut self, list_sql: &str) -> Answer<Vec<String>> {
        let limited = format!("{list_sql} order by 1 limit 5");
        let rows: Answer<Vec<(String,)>> = self.ask(sqlx::query_as(trusted(&limited))).await;
        Ok(rows?.map(|rows| rows.into_iter().map(|r| r.0).collect()))
    }

    /// Sessions that would stand against these locks.
    pub async fn blockers(&mut self, locks: &[(&str, &str)]) -> Answer<Vec<Blocker>> {
        let (tables, modes): (Vec<&str>, Vec<&str>) = locks.iter().copied().unzip();
        self.ask(sqlx::query_as(sql!("check/blockers")).bind(tables).bind(modes)).await
    }

    pub async fn try_words(&mut self, try_sql: &str, words: &[String]) -> Answer<Vec<Tried>> {
        self.ask(sqlx::query_as(trusted(try_sql)).bind(words.to_vec())).await
    }

    async fn ask<T>(&mut self, query: QueryAs<'_, Postgres, T, PgArguments>) -> Answer<Vec<T>>
    where
        T: Send + Unpin + for<'r> FromRow<'r, PgRow>,
    {
        match query.fetch_all(&mut *self.0).await {
            Ok(rows) => Ok(Ok(rows)),
            Err(sqlx::Error::Database(e)) if !error::is_broken_state(e.code().as_deref()) => {
                sqlx::raw_sql(sql!("check/again")).execute(&mut *self.0).await.map_err(error::failed)?;
                Ok(Err(refusal(e.code().as_deref().unwrap_or_default(), e.message())))
            }
            Err(e) => Err(error::failed(e)),
        }
    }
}

/// Statements that sql/check built with `format` and `%I`: every name in them is quoted by the server.
fn trusted(sql: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(sql.to_owned())
}

fn refusal(sqlstate: &str, message: &str) -> Refusal {
    let reason = match sqlstate {
        "42501" if message.contains("row-level security") => "row security hides rows from this login".to_owned(),
        "42501" => format!("this login may not look: {message}"),
        "42P01" | "3F000" | "42703" | "42883" => format!("it is not there: {message}"),
        "57014" => "it took too long".to_owned(),
        "55P03" => "somebody else holds a lock on it".to_owned(),
        // The message may quote a row.
        state => format!("the database answered SQLSTATE {state}"),
    };
    Refusal { sqlstate: sqlstate.to_owned(), reason }
}
