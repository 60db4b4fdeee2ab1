//! The real command line, as a person or a script calls it.

use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sqlx::PgConnection;

/// The built program, without the caller's environment for databases.
pub fn queue_desk(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_queue-desk"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") || name == "DATABASE_URL" || name == "DATABASE_URL_FILE" {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a finished command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Standard output, which must be one JSON document and nothing else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("not one JSON document ({e}): {self:?}"))
    }

    /// The error: one JSON document on standard error, and nothing on standard output.
    pub fn error(&self) -> Value {
        assert_eq!(self.out, "", "standard output stays empty: {self:?}");
        serde_json::from_str(&self.err).unwrap_or_else(|e| panic!("not one JSON document ({e}): {self:?}"))
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// Runs a command with `--json` to its end.
pub fn json(url: &str, args: &[&str]) -> Said {
    let mut all = vec!["--url", url, "--json"];
    all.extend(args);
    queue_desk(&all).output().expect("the command runs").into()
}

/// A hash of every row of every table of ours and of the CRM's: two equal ones mean that nothing was written.
pub async fn everything(conn: &mut PgConnection) -> String {
    sqlx::query_scalar(
        "select coalesce(md5(string_agg(t.name || query_to_xml(format('select * from %s x order by x::text', t.name), true, true, '')::text, '' order by t.name)), 'empty')
         from (select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where c.relkind = 'r' and n.nspname in ('public', 'queue_desk', 'auth')) t",
    )
    .fetch_one(conn)
    .await
    .expect("all rows")
}
