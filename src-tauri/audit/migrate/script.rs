//! The migration as SQL for an editor, where the login of this computer may not do it: one idempotent script. What it did is found by the
//! next check and adopted by the next migrate.

use std::path::Path;

use serde_json::Value;
use sqlx::{PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use super::{keys, plan};
use crate::{
    audit::steps::{Kind, STEPS, Step},
    db::keys as db,
    error::{Code, Error, Result},
};

const HEAD: &str = include_str!("script/head.sql");
const STEP: &str = include_str!("script/step.sql");
const BATCHED: &str = include_str!("script/batched.sql");
const KEY: &str = include_str!("script/key.sql");
const TAIL: &str = include_str!("script/tail.sql");

/// [`script`] on a connection of its own, which cannot write.
pub async fn write(options: &PgConnectOptions) -> Result<String> {
    let mut conn = crate::db::open(options, true).await?;
    let text = script(&mut conn).await;
    crate::db::close(conn).await;
    text
}

/// Everything that is missing here. Reads and writes nothing in the database.
pub async fn script(conn: &mut PgConnection) -> Result<String> {
    let planned = plan(conn).await?;
    if planned.creates_crm {
        return Err(Error::new(
            Code::BadInput,
            "This database is empty: a script is for a CRM that exists. Nothing was written.",
        )
        .hint("Use migrate --apply here."));
    }
    let run = Uuid::new_v4().to_string();
    let mut out = fill(HEAD, &[("version", env!("CARGO_PKG_VERSION"))]);
    for report in &planned.steps {
        let Some(step) = STEPS.iter().find(|s| s.id == report.id) else { continue };
        match step.kind {
            Kind::Keys => out.push_str(&keys_of(conn, step, &run).await?),
            Kind::Batched => out.push_str(&mark(BATCHED, step, step.sql.trim(), &run)),
            _ if report.state == "done" => {}
            // An editor runs everything in one transaction, where nothing can be built concurrently.
            Kind::Autocommit => out.push_str(&mark(STEP, step, &step.sql.replace(" concurrently", ""), &run)),
            Kind::Tx | Kind::Function | Kind::Pieces => out.push_str(&mark(STEP, step, step.sql, &run)),
        }
    }
    out.push_str(TAIL);
    Ok(out)
}

/// Puts a script into a file.
///
/// # Errors
/// `FileFailed` where it cannot be written.
pub fn save_script(text: &str, file: &Path) -> Result<()> {
    std::fs::write(file, text).map_err(|e| {
        Error::new(
            Code::FileFailed,
            format!("{} could not be written ({}). Nothing was done.", file.display(), e.kind()),
        )
        .field("script")
        .hint("Give a file in a folder that you may write to.")
    })
}

fn mark(template: &str, step: &Step, sql: &str, run: &str) -> String {
    fill(
        template,
        &[
            ("id", step.id),
            ("kind", step.kind.word()),
            ("checksum", &step.checksum()),
            ("version", env!("CARGO_PKG_VERSION")),
            ("run", run),
            ("sql", sql),
        ],
    )
}

async fn keys_of(conn: &mut PgConnection, step: &Step, run: &str) -> Result<String> {
    let edges = db::edges(conn, step).await?;
    let contract: Value = keys::contract(&edges);
    let mut out = String::new();
    for edge in edges.iter().filter(|e| e.cannot.is_none()) {
        let text = |sql: &Option<String>| sql.clone().unwrap_or_default();
        out.push_str(&fill(
            KEY,
            &[
                ("child", &edge.child),
                ("col", &edge.col),
                ("parent", &edge.parent),
                ("id", step.id),
                ("run", run),
                ("contract", &contract.to_string()),
                (
                    "index",
                    &if edge.indexed {
                        String::new()
                    } else {
                        text(&edge.index_sql).replace(" concurrently", "") + ";"
                    },
                ),
                ("add", &text(&edge.add_sql)),
                ("comment", &text(&edge.comment_sql)),
                ("validate", &text(&edge.validate_sql)),
            ],
        ));
    }
    Ok(out + &mark(STEP, step, "", run))
}

/// Puts values into the places `{{name}}` of a template of ours.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}
