//! The roles, and a session of one that tries things.

use sqlx::{AssertSqlSafe, PgConnection, Row};

pub const ROLES: &str = include_str!("roles.txt");

/// The id of the row with this letter, as a literal.
pub fn id(letter: char) -> String {
    format!("'00000000-0000-4000-8000-0000000000{:x}'::uuid", letter as u32)
}

pub struct Role {
    pub name: &'static str,
    pub login: &'static str,
    /// What the session says about itself, in each transaction.
    pub says: String,
}

pub fn roles() -> Vec<Role> {
    let claims = |letter: &str| {
        let sub = id(letter.chars().next().expect("a letter")).replace('\'', "").replace("::uuid", "");
        format!("set local request.jwt.claims = '{{\"sub\": \"{sub}\", \"role\": \"service_role\"}}';")
    };
    let role = |line: &'static str| {
        let mut words = line[..46].split_whitespace();
        let (name, login) = (words.next().expect("a name"), words.next().expect("a login"));
        let says = match words.collect::<Vec<_>>().as_slice() {
            ["claims", letter] => claims(letter),
            ["role", role] => format!("set local role {role};"),
            ["role", role, letter] => format!("{} set local role {role};", claims(letter)),
            _ if name == "read_only" => "set local transaction_read_only = on;".to_owned(),
            _ => String::new(),
        };
        Role { name, login, says }
    };
    ROLES.lines().map(role).collect()
}

/// A transaction in which everything that is tried is taken back.
pub struct Tries<'a>(pub &'a mut PgConnection);

impl Tries<'_> {
    pub async fn says(&mut self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *self.0).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// The one value that a statement answers, or the SQLSTATE that refuses it.
    pub async fn asks(&mut self, sql: &str) -> Result<Option<String>, String> {
        self.says("savepoint tried").await;
        let found = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_optional(&mut *self.0).await;
        self.says("rollback to tried").await;
        let row = found.map_err(|e| e.as_database_error().and_then(|e| e.code()).expect("a SQLSTATE").into_owned())?;
        Ok(row.and_then(|row| row.try_get(0).expect("a text")))
    }

    pub async fn may(&mut self, what: &str) -> bool {
        self.asks(&format!("select ({what})::text")).await.expect("an answer").as_deref() == Some("true")
    }
}
/// Begins to be this role: in a session of its own, or with the superuser's in the role's place.
pub async fn enter(tries: &mut Tries<'_>, role: &Role, borrowed: bool) {
    match borrowed {
        true => tries.says(&format!("savepoint entered; set local session authorization {};", role.login)).await,
        false => tries.says("begin").await,
    }
    tries.says(&role.says).await;
}
