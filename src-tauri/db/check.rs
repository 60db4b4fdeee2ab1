//! What the schema check reads. One transaction that cannot write sees one moment; a statement that the database refuses is an
//! answer (the reason why something is unknown), only a lost connection ends the check.

use chrono::{DateTime, Utc};
use sqlx::{
    Connection, FromRow, PgConnection, Postgres,
    postgres::{PgArguments, PgConnectOptions, PgRow},
    query::QueryAs,
};

use super::error;
use crate::{error::Result, sql};

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

    /// The value does not fit its type: a word outside an enum or a domain.
    pub fn is_value(&self) -> bool {
        matches!(self.sqlstate.as_str(), "22P02" | "23514" | "22001")
    }
}

/// A finding as a file of sql/check returns it; what a file leaves out is empty.
#[derive(Debug, FromRow)]
#[sqlx(default)]
pub struct FindingRow {
    pub id: String,
    pub level: String,
    pub status: String,
    pub object: String,
    pub title: String,
    pub why: String,
    pub blocks: Vec<String>,
    pub count: Option<i64>,
    pub sample: Vec<String>,
    pub sql: Option<String>,
    pub scope: String,
    pub not_checked: Option<String>,
    pub fix: Option<String>,
}

impl Default for FindingRow {
    fn default() -> Self {
        let text = String::new;
        Self {
            id: text(),
            level: text(),
            status: text(),
            object: text(),
            title: text(),
            why: text(),
            blocks: Vec::new(),
            count: None,
            sample: Vec::new(),
            sql: None,
            scope: text(),
            not_checked: None,
            fix: None,
        }
    }
}

#[derive(Debug, FromRow)]
pub struct Heading {
    pub database: String,
    pub login: String,
    pub at: DateTime<Utc>,
}

#[derive(Debug, FromRow)]
pub struct Table {
    pub object: String,
    pub exists: bool,
    /// The login may count its rows, all or its own.
    pub readable: bool,
    /// Row security cuts the count down.
    pub partial: bool,
    pub wrong: Vec<String>,
    pub loose: Vec<String>,
    pub count_sql: String,
}

#[derive(Debug, FromRow)]
pub struct Edge {
    pub child: String,
    pub object: String,
    pub parent: String,
    /// The CRM documents it; otherwise the database happens to have it.
    pub contract: bool,
    /// Why nothing can be said: a table or column is missing.
    pub cannot: Option<String>,
    /// The key's name, if there is one over these columns.
    pub key: Option<String>,
    pub valid: Option<bool>,
    pub count_sql: Option<String>,
    pub list_sql: Option<String>,
    pub fix: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct EdgeCount {
    pub pointing: i64,
    pub orphans: i64,
    pub parent_has_rows: bool,
}

#[derive(Debug, FromRow)]
pub struct Place {
    pub object: String,
    pub action: String,
    pub words: Vec<String>,
    /// The first legal word is taken; otherwise every word must be legal.
    pub candidates: bool,
    pub cannot: Option<String>,
    pub try_sql: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct Tried {
    pub word: String,
    pub tried: i64,
    pub refused: i64,
    pub on_real_rows: bool,
    pub refused_by: Vec<String>,
}

#[derive(Debug, FromRow)]
pub struct Stage {
    pub action: String,
    pub words: Vec<String>,
}

#[derive(Debug, FromRow)]
pub struct KnownStep {
    pub id: String,
    pub checksum: String,
    pub state: String,
    pub error: Option<String>,
}

type Answer<T> = Result<std::result::Result<T, Refusal>>;

/// Whether two connections that are open at once are served by one backend: only a transaction pooler does that.
pub async fn shares_backends(conn: &mut PgConnection, options: &PgConnectOptions) -> Result<bool> {
    let first: i32 = sqlx::query_scalar(sql!("check/backend")).fetch_one(conn).await.map_err(error::failed)?;
    let mut second = super::open(options, true).await?;
    let mut held = second.begin().await.map_err(error::failed)?;
    let other: i32 = sqlx::query_scalar(sql!("check/backend")).fetch_one(&mut *held).await.map_err(error::failed)?;
    drop(held);
    // Best effort: the server notices a closed socket by itself.
    let _ = second.close().await;
    Ok(first == other)
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

    pub async fn login(&mut self, acting: &str) -> Answer<Vec<FindingRow>> {
        self.ask(sqlx::query_as(sql!("check/login")).bind(acting)).await
    }

    pub async fn tables(&mut self) -> Answer<Vec<Table>> {
        self.ask(sqlx::query_as(sql!("check/tables"))).await
    }

    pub async fn keys(&mut self) -> Answer<Vec<Edge>> {
        self.ask(sqlx::query_as(sql!("check/keys"))).await
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
        "57014" => "it took longer than 30 s".to_owned(),
        "55P03" => "somebody else holds a lock on it".to_owned(),
        // The message may quote a row.
        state => format!("the database answered SQLSTATE {state}"),
    };
    Refusal { sqlstate: sqlstate.to_owned(), reason }
}
