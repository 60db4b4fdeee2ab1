//! One throwaway server for all tests, one database for each: a copy of a template that holds the CRM's tables and our
//! migrations, and no rows.

use std::sync::{LazyLock, OnceLock};

use queue_desk::{
    action::Desk,
    audit::migrate,
    db::Database,
    embedded::{Embedded, Role},
    model::connection::{Environment, Guard},
};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

/// Tests and Tauri's commands share one runtime, so that a test may block on a command's answer.
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime");
    #[cfg(feature = "desktop")]
    tauri::async_runtime::set(runtime.handle().clone());
    runtime
});

/// Logins beside `desk`; `read_only` is a desk whose sessions may not write, `unmapped` belongs to no operator.
const LOGINS: &str = "
    create role desk_2 login in role queue_desk_operator; create role desk_3 login in role queue_desk_operator;
    create role runner login in role queue_desk_operator; create role unmapped login in role queue_desk_operator;
    create role retired login in role queue_desk_operator;
    create role read_only login in role queue_desk_operator; alter role read_only set default_transaction_read_only = on;
    create role stranger login;";

static SERVER: OnceLock<Embedded> = OnceLock::new();

/// Runs a test.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}

fn server() -> &'static Embedded {
    SERVER.get_or_init(|| {
        // In a thread of its own: it blocks, and the caller may be inside the runtime.
        std::thread::spawn(|| {
            let server = Embedded::throwaway().expect("a server for the tests");
            RUNTIME.block_on(furnish(&server));
            server
        })
        .join()
        .expect("the server started")
    })
}

/// The logins of the tests, the CRM's tables and ours.
pub async fn furnish(server: &Embedded) {
    let mut admin = connect(server.connect_options(Role::Superuser)).await;
    sqlx::raw_sql(LOGINS).execute(&mut admin).await.expect("the tests' logins");
    let mut owner = connect(server.connect_options(Role::Owner)).await;
    migrate::apply(&mut owner).await.expect("the migrations");
}

pub async fn connect(options: PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(&options).await.expect("a connection")
}

/// A database of one test's own, dropped at its end.
pub struct TestDatabase {
    name: String,
    /// On a server of the test's own; none: on the one for all tests.
    port: Option<u16>,
}

impl TestDatabase {
    /// The CRM and our schema, without rows.
    pub async fn new() -> Self {
        Self::copy_of(queue_desk::embedded::DATABASE).await
    }

    /// Nothing at all.
    pub async fn empty() -> Self {
        Self::copy_of("template0").await
    }

    /// A CRM as a file of tests/fixtures says: the project, the CRM's own tables, then these files.
    pub async fn fixture(files: &[&str]) -> Self {
        let database = Self::copy_of("template0").await;
        super::fixture::load(&database, files).await;
        database
    }

    /// The desk's database on another throwaway server, which ends with that server.
    pub fn at(port: u16) -> Self {
        Self { name: queue_desk::embedded::DATABASE.to_owned(), port: Some(port) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A copy of this one, rows and all; nobody may be connected to it.
    pub async fn copy(&self) -> Self {
        Self::copy_of(&self.name).await
    }

    async fn copy_of(template: &str) -> Self {
        let name = format!("t_{}", uuid::Uuid::new_v4().simple());
        let mut admin = connect(server().connect_options(Role::Superuser).database("postgres")).await;
        let create = format!("create database {name} template {template} owner postgres strategy file_copy");
        // Two tests may copy the template at once, and a copy needs it for itself.
        for _ in 0..200 {
            match sqlx::raw_sql(sqlx::AssertSqlSafe(create.clone())).execute(&mut admin).await {
                Ok(_) => {
                    let mut owner = connect(server().connect_options(Role::Superuser).database(&name)).await;
                    sqlx::raw_sql("alter schema public owner to postgres")
                        .execute(&mut owner)
                        .await
                        .expect("public is the owner's");
                    return Self { name, port: None };
                }
                Err(e) if e.as_database_error().and_then(|e| e.code()).as_deref() == Some("55006") => {
                    tokio::time::sleep(std::time::Duration::from_millis(25)).await;
                }
                Err(e) => panic!("no database for the test: {e}"),
            }
        }
        panic!("the template was busy for too long");
    }

    /// How this login connects; the test server asks for no password.
    pub fn options(&self, login: &str) -> PgConnectOptions {
        let options = server().connect_options(Role::Desk).username(login).database(&self.name);
        self.port.map_or(options.clone(), |port| options.port(port))
    }

    /// `postgresql://login@127.0.0.1:port/name`, for the command line.
    pub fn url(&self, login: &str) -> String {
        format!("postgresql://{login}@127.0.0.1:{}/{}?sslmode=disable", self.options(login).get_port(), self.name)
    }

    /// A raw session, for looking at rows and for breaking things.
    pub async fn session(&self, login: &str) -> PgConnection {
        connect(self.options(login)).await
    }

    /// Owns everything, is bound by no row security.
    pub async fn owner(&self) -> PgConnection {
        self.session(Role::Owner.name()).await
    }

    /// Ends every session of this login here, as a server that restarts would.
    pub async fn cut(&self, login: &str) {
        let mut admin = connect(server().connect_options(Role::Superuser).database(&self.name)).await;
        let cut = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1 and datname = current_database()";
        sqlx::query(cut).bind(login).execute(&mut admin).await.expect("the sessions end");
    }

    /// A desk of this login, as the app has it.
    pub async fn desk(&self, login: &str) -> Desk {
        self.desk_through(login, self.options(login).get_port()).await
    }

    /// The same, over another port of this computer.
    pub async fn desk_through(&self, login: &str, port: u16) -> Desk {
        let database = Database::connect(self.options(login).port(port)).await.expect("a desk connects");
        Desk {
            database,
            name: self.name.clone(),
            embedded: false,
            environment: Environment::Production,
            guard: Guard::Silent,
            as_user: None,
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if self.port.is_some() {
            return;
        }
        let name = std::mem::take(&mut self.name);
        let _ = std::thread::spawn(move || {
            RUNTIME.block_on(async {
                let mut admin = connect(server().connect_options(Role::Superuser).database("postgres")).await;
                let drop = format!("drop database if exists {name} with (force)");
                let _ = sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut admin).await;
            });
        })
        .join();
    }
}

/// One value, as the owner sees it.
pub async fn value<T>(conn: &mut PgConnection, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap_or_else(|e| panic!("{sql}: {e}"))
}
