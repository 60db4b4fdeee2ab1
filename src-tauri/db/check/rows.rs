//! What the statements of sql/check return.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

/// A finding as a file of sql/check returns it; what a file leaves out is empty.
#[derive(Debug, Default, FromRow)]
#[sqlx(default)]
pub struct FindingRow {
    pub id: String,
    pub level: String,
    pub status: String,
    pub object: String,
    pub title: String,
    /// Tells two findings apart that say the same of one object: the name of a policy, of a key.
    pub part: Option<String>,
    pub why: String,
    pub expected: Option<String>,
    pub found: Option<String>,
    pub blocks: Vec<String>,
    pub count: Option<i64>,
    pub counted: Option<String>,
    pub sample: Vec<String>,
    pub sql: Option<String>,
    pub scope: String,
    pub not_checked: Option<String>,
    /// What to do, in words; then the statement, its lock, or the migration step that does it.
    pub fix: Option<String>,
    pub fix_sql: Option<String>,
    pub fix_lock: Option<String>,
    pub fix_step: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct Heading {
    pub database: String,
    pub login: String,
    pub at: DateTime<Utc>,
    /// The CRM's tables are here at all.
    pub has_crm: bool,
    /// The same database, not only the same name.
    pub identity: String,
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
    pub estimated_rows: i64,
    pub has_primary: bool,
    pub has_unique: bool,
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
    /// `user_id -> auth.users (id)`.
    pub arrow: Option<String>,
    /// What the CRM documents, and what the key does.
    pub on_delete: Option<String>,
    pub found_on_delete: Option<String>,
    pub col: String,
    pub parent_col: String,
    pub indexed: bool,
    pub estimated_rows: i64,
    pub count_sql: Option<String>,
    pub list_sql: Option<String>,
    /// Whether the parent holds a row at all.
    pub parent_sql: Option<String>,
    /// Stops at 1001.
    pub bounded_sql: Option<String>,
    /// A hundred times what one page in a hundred holds.
    pub sampled_sql: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct EdgeCount {
    /// Rows without a value.
    pub absent: i64,
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

/// A column with words of a list.
#[derive(Debug, FromRow)]
pub struct Vocabulary {
    pub object: String,
    pub words: Vec<String>,
    pub exists: bool,
    pub wanted_default: Option<String>,
    pub default_text: Option<String>,
    /// The word of the default, if it is a plain one.
    pub default_word: String,
    /// A CHECK, an enum or a domain limits it.
    pub limited: bool,
    pub words_sql: String,
    pub default_sql: Option<String>,
}

#[derive(Debug, FromRow)]
pub struct WordCount {
    pub word: String,
    pub count: i64,
}

#[derive(Debug, FromRow)]
pub struct LooseCheck {
    pub object: String,
    pub name: String,
    pub count_sql: String,
    pub list_sql: String,
    pub fix_sql: String,
}

/// A table of `quarantine` rows, and the statement that counts what can be put back.
#[derive(Debug, FromRow)]
pub struct Restorable {
    pub tab: String,
    pub count_sql: String,
}

#[derive(Debug, FromRow)]
pub struct Function {
    pub object: String,
    pub body: String,
    pub language: String,
    pub arguments: Vec<String>,
    pub trigger_of: Vec<String>,
}

#[derive(Debug, FromRow)]
pub struct Relation {
    pub schema: String,
    pub name: String,
    pub columns: Vec<String>,
}

/// Something of ours that is there: a table with its columns, a function with its text.
#[derive(Debug, FromRow)]
pub struct Made {
    pub kind: String,
    pub name: String,
    pub parts: Vec<String>,
    pub body: Option<String>,
}
