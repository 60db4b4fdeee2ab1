//! What stands in a cell: the rows of a table that a session reaches, or what a function answered.

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use super::tries::{Tries, id};

pub struct Table {
    pub name: String,
    /// The rows as JSON, by letter; ours are counted instead.
    pub rows: Vec<(char, String)>,
    pub count: String,
}

impl Table {
    /// All that the matrix is about, as the superuser sees them.
    pub async fn all(conn: &mut PgConnection) -> Vec<Self> {
        let names: Vec<String> = sqlx::query_scalar(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('auth', 'public', 'queue_desk')
             order by schemaname, tablename",
        )
        .fetch_all(&mut *conn)
        .await
        .expect("the tables");
        let mut tables = Vec::new();
        for name in names {
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {name}")))
                .fetch_one(&mut *conn)
                .await
                .expect("a count");
            assert!(count > 0, "{name} has no row: who may read it would not show");
            let mut rows = Vec::new();
            if !name.starts_with("queue_desk.") {
                let sql = format!(
                    "select chr(('x' || right(id::text, 2))::bit(8)::int), to_jsonb(t)::text from {name} t order by 1"
                );
                let found: Vec<(String, String)> =
                    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *conn).await.expect("rows");
                rows = found.into_iter().map(|(letter, row)| (letter.chars().next().expect("a letter"), row)).collect();
            }
            tables.push(Self { name, rows, count: count.to_string() });
        }
        tables
    }

    /// What this session reaches by select, insert, update and delete: letters, or how many; `-` where the verb is refused.
    pub async fn cells(&self, tries: &mut Tries<'_>) -> [String; 4] {
        let Self { name, rows, .. } = self;
        let told = match rows.is_empty() {
            true => "count(*)::text",
            false => "string_agg(chr(('x' || right(id::text, 2))::bit(8)::int), '' order by id)",
        };
        let select = self.cell(tries.asks(&format!("select {told} from {name}")).await);
        let Ok(Some(column)) = tries
            .asks(&format!(
                "select coalesce((select quote_ident(a.attname) from pg_attribute a where a.attrelid = to_regclass('{name}') and a.attnum > 0
                   and not a.attisdropped and has_column_privilege(a.attrelid, a.attnum, 'update') order by a.attnum desc limit 1), '-')"
            ))
            .await
        else {
            // Not even the schema.
            return [select, "-".into(), "-".into(), "-".into()];
        };
        let update = match column.as_str() {
            "-" => column,
            _ => self.cell(
                tries
                    .asks(&format!(
                        "with t as (update {name} set {column} = {column} returning *) select {told} from t"
                    ))
                    .await,
            ),
        };
        if rows.is_empty() {
            let (mut insert, mut delete) = ("-".to_owned(), "-".to_owned());
            if tries.may(&format!("has_any_column_privilege('{name}', 'insert')")).await {
                insert = self.tried(tries.asks(&format!("insert into {name} default values")).await);
            }
            if tries.may(&format!("has_table_privilege('{name}', 'delete')")).await {
                delete = self.tried(tries.asks(&format!("delete from {name}")).await);
            }
            return [select, insert, update, delete];
        }
        let (mut insert, mut delete) = ("-".to_owned(), "-".to_owned());
        if tries.may(&format!("has_any_column_privilege('{name}', 'insert')")).await {
            insert.clear();
            for (letter, row) in rows {
                // A row with the same id: refused by the key where row security let it pass.
                let sql = format!(
                    "insert into {name} select * from jsonb_populate_record(null::{name}, '{}')",
                    row.replace('\'', "''")
                );
                passes(&mut insert, *letter, tries.asks(&sql).await.map(|_| true));
            }
        }
        if tries.may(&format!("has_table_privilege('{name}', 'delete')")).await {
            delete.clear();
            for (letter, _) in rows {
                let sql = format!(
                    "with t as (delete from {name} where id = {} returning *) select nullif(count(*), 0)::text from t",
                    id(*letter)
                );
                passes(&mut delete, *letter, tries.asks(&sql).await.map(|found| found.is_some()));
            }
        }
        [select, or_none(insert), update, or_none(delete)]
    }

    fn cell(&self, found: Result<Option<String>, String>) -> String {
        match found {
            Ok(count) if self.rows.is_empty() => match count {
                Some(count) if count == self.count => "all".to_owned(),
                Some(count) if count != "0" => format!("{count} of {}", self.count),
                _ => "none".to_owned(),
            },
            Ok(letters) => or_none(letters.unwrap_or_default()),
            Err(code) => word(&code),
        }
    }

    fn tried(&self, found: Result<Option<String>, String>) -> String {
        match found {
            Err(code) if !code.starts_with("23") => word(&code),
            _ => "yes".to_owned(),
        }
    }
}

/// Adds the letter of a row that row security let through; the CRM's keys may have refused it afterwards.
pub fn passes(letters: &mut String, letter: char, tried: Result<bool, String>) {
    match tried {
        Ok(true) => letters.push(letter),
        Err(code) if code.starts_with("23") => letters.push(letter),
        Err(code) if code != "42501" => panic!("{code}"),
        _ => {}
    }
}

pub fn or_none(letters: String) -> String {
    if letters.is_empty() { "none".to_owned() } else { letters }
}

/// What a SQLSTATE means for who asked.
pub fn word(code: &str) -> String {
    match code {
        "42501" => "-",
        "QD001" => "no operator",
        "QD002" => "not allowed",
        "QD004" => "not found",
        "QD006" => "sender refused",
        "QD008" => "refused",
        "25006" => "read only",
        other => other,
    }
    .to_owned()
}

/// What a function answered, in a word.
pub fn answer(found: Result<Option<String>, String>) -> String {
    let text = match found {
        Err(code) => return word(&code),
        Ok(None) => return "nothing".to_owned(),
        Ok(Some(text)) if text == "{}" => return "nothing".to_owned(),
        Ok(Some(text)) => text,
    };
    // Ids by their letters.
    let ids: Vec<_> = text
        .trim_matches(['{', '}'])
        .split(',')
        .map(|id| id.strip_prefix("00000000-0000-4000-8000-0000000000"))
        .collect();
    if let Some(letters) = ids.into_iter().collect::<Option<Vec<_>>>() {
        return letters.iter().filter_map(|hex| u8::from_str_radix(hex, 16).ok()).map(char::from).collect();
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(o)) => {
            match (o.get("changed").and_then(Value::as_u64), o.get("skipped"), o.get("settled"), o.get("reason")) {
                (Some(0), Some(skipped), ..) => skipped[0]["reason"].as_str().unwrap_or("nothing").replace('_', " "),
                (Some(_), ..) => "done".to_owned(),
                (_, _, Some(settled), _) => format!("settled {settled}"),
                (.., Some(reason)) => reason.as_str().unwrap_or("?").replace('_', " "),
                _ if o.contains_key("stop") => format!("stop {}", o["stop"]),
                _ if o.contains_key("due") => format!("{} due", o["due"]),
                _ => "yes".to_owned(),
            }
        }
        Ok(Value::Array(rows)) => format!("{} rows", rows.len()),
        _ if text.is_empty() => "yes".to_owned(),
        _ => text.replace('_', " "),
    }
}
