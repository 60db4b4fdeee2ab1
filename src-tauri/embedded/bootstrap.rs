//! What the superuser does before everyone else: the roles as they are on Supabase, ours, and the database.

use std::{fs, future::Future, path::Path, time::Duration};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use super::{Embedded, Role, home::Credentials, server::failed};
use crate::error::Result;

const ROLES: &str = include_str!("../sql/bootstrap/roles.sql");
const DATA_DIRECTORY: &str = include_str!("../sql/bootstrap/data_directory.sql");
const PASSWORD_INPUTS: &str = include_str!("../sql/bootstrap/password_inputs.sql");
const PASSWORD: &str = include_str!("../sql/bootstrap/password.sql");
const DATABASE_EXISTS: &str = include_str!("../sql/bootstrap/database_exists.sql");
const CREATE_DATABASE: &str = include_str!("../sql/bootstrap/create_database.sql");
const DROP_DATABASE: &str = include_str!("../sql/bootstrap/drop_database.sql");
const OWN_PUBLIC: &str = include_str!("../sql/bootstrap/own_public.sql");

/// Makes what is missing. It runs at every start, so that a start that broke off is made good by the next.
pub fn run(embedded: &Embedded) -> Result<()> {
    block_on(async {
        let mut session = connect(superuser(embedded).database("postgres")).await?;
        sqlx::raw_sql(ROLES).execute(&mut session).await?;
        if let Some(credentials) = &embedded.credentials {
            for role in Role::ALL {
                set_password(&mut session, role, credentials).await?;
            }
        }
        if !sqlx::query_scalar(DATABASE_EXISTS).fetch_one(&mut session).await? {
            sqlx::raw_sql(CREATE_DATABASE).execute(&mut session).await?;
        }
        session.close().await?;
        own_public(embedded).await
    })
    .map_err(|error: sqlx::Error| failed("The database server could not be set up", &error.to_string()))
}

pub fn recreate_database(embedded: &Embedded) -> Result<()> {
    block_on(async {
        let mut session = connect(superuser(embedded).database("postgres")).await?;
        sqlx::raw_sql(DROP_DATABASE).execute(&mut session).await?;
        sqlx::raw_sql(CREATE_DATABASE).execute(&mut session).await?;
        session.close().await?;
        own_public(embedded).await
    })
    .map_err(|error: sqlx::Error| failed("The database could not be emptied", &error.to_string()))
}

/// Whether the server behind this port knows our password and serves this data directory.
pub fn is_ours(port: u16, credentials: &Credentials, data: &Path) -> bool {
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .database("postgres")
        .username(Role::Superuser.name())
        .password(credentials.of(Role::Superuser));
    let served: std::result::Result<String, sqlx::Error> = block_on(async {
        let mut session = connect(options).await?;
        sqlx::query_scalar(DATA_DIRECTORY).fetch_one(&mut session).await
    });
    served.is_ok_and(|served| fs::canonicalize(served).ok() == fs::canonicalize(data).ok())
}

fn superuser(embedded: &Embedded) -> PgConnectOptions {
    embedded.connect_options(Role::Superuser).application_name("queue-desk bootstrap")
}

async fn connect(options: PgConnectOptions) -> sqlx::Result<PgConnection> {
    let session = tokio::time::timeout(Duration::from_secs(10), PgConnection::connect_with(&options));
    session.await.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
}

/// The password travels as a parameter, never as SQL text of ours.
async fn set_password(session: &mut PgConnection, role: Role, credentials: &Credentials) -> sqlx::Result<()> {
    sqlx::query(PASSWORD_INPUTS).bind(role.name()).bind(credentials.of(role)).execute(&mut *session).await?;
    sqlx::raw_sql(PASSWORD).execute(session).await?;
    Ok(())
}

async fn own_public(embedded: &Embedded) -> sqlx::Result<()> {
    let mut session = connect(superuser(embedded)).await?;
    sqlx::raw_sql(OWN_PUBLIC).execute(&mut session).await?;
    session.close().await
}

/// Runs a few statements to their end, on a thread and a runtime of their own: the caller may be a plain thread or a
/// worker of any runtime.
fn block_on<T: Send>(work: impl Future<Output = sqlx::Result<T>> + Send) -> sqlx::Result<T> {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work));
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
