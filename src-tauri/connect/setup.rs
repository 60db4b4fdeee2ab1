//! Setting a database up from the window: what would be done, who may, and doing it step by step.

use std::sync::atomic::AtomicBool;

use sqlx::postgres::PgConnectOptions;

use crate::{
    audit::{
        migrate::{self, Progress, Wish},
        steps::STEPS,
    },
    db::{self, connect as ask},
    error::{Code, Error, Result},
    model::connection::{SetupPlan, SetupProgress, SetupStep},
};

/// What a set-up would do here, and whether this login may. Writes nothing.
///
/// # Errors
/// `NoTables` where the database holds something else, `NewerDatabase`, and those of connecting.
pub async fn plan(options: &PgConnectOptions) -> Result<SetupPlan> {
    let mut conn = db::open(options, true).await?;
    let plan = look(&mut conn, options).await;
    db::close(conn).await;
    plan
}

async fn look(conn: &mut sqlx::PgConnection, options: &PgConnectOptions) -> Result<SetupPlan> {
    let migration = migrate::plan(conn).await?;
    let (role, state) = (ask::role(conn).await?, db::migrate::state(conn).await?);
    let steps: Vec<SetupStep> = migration
        .steps
        .iter()
        .map(|step| {
            let text = STEPS.iter().find(|s| s.id == step.id).map_or("", |s| s.sql);
            let (makes, locks) = about(text);
            SetupStep { id: step.id.into(), kind: step.kind.into(), state: step.state.into(), makes, locks }
        })
        .collect();
    let pending = migration.pending();
    Ok(SetupPlan {
        database: format!("{}/{}", options.get_host(), options.get_database().unwrap_or(options.get_username())),
        login: role.login.clone(),
        creates_crm: migration.creates_crm,
        steps,
        pending: u32::try_from(pending).unwrap_or(u32::MAX),
        ask_admin: (pending > 0).then(|| refused(&role, migration.creates_crm, state.read_only)).flatten(),
    })
}

/// Does what [`plan`] showed, telling of each step before it begins. Stopped between two steps it says `cancelled`; what is done stays
/// done, and the next set-up goes on from there.
///
/// # Errors
/// Those of [`migrate::apply_as`].
pub async fn apply(
    options: &PgConnectOptions,
    progress: &(dyn Fn(SetupProgress) + Send + Sync),
    cancelled: &AtomicBool,
) -> Result<SetupPlan> {
    let before = plan(options).await?;
    if let Some(why) = before.ask_admin {
        return Err(Error::new(Code::NoPermission, format!("{why} Nothing was changed."))
            .hint("Ask your admin to set the database up, as its owner (on Supabase: postgres)."));
    }
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let told = |at: Progress| {
        progress(SetupProgress { done: small(at.number.saturating_sub(1)), of: small(at.of), step: Some(at.step) });
    };
    let mut conn = db::open(options, false).await?;
    let wish = Wish { progress: &told, cancelled, ..Wish::default() };
    let applied = migrate::apply_as(&mut conn, &wish).await;
    db::close(conn).await;
    let of = small(applied?.steps.len());
    progress(SetupProgress { done: of, of, step: None });
    plan(options).await
}

/// Why this login may not set the database up; none: it may.
pub fn refused(role: &ask::Role, empty: bool, read_only: bool) -> Option<String> {
    let login = &role.login;
    if read_only {
        return Some(format!("The server or the login {login} is read only."));
    }
    if role.superuser {
        return None;
    }
    if !role.may_create_schemas || (empty && !role.may_create_tables) {
        return Some(format!("The login {login} may not create schemas or tables in this database."));
    }
    if !empty && role.owns_crm != Some(true) {
        return Some(format!("The login {login} does not own the CRM's tables."));
    }
    if !role.has_group && !role.may_create_roles {
        return Some(format!("The login {login} may not create the role queue_desk_operator."));
    }
    None
}

/// What a step's own file says first: what it makes, and which locks it takes.
fn about(sql: &str) -> (String, Option<String>) {
    let lines = sql.lines().map_while(|line| line.strip_prefix("--")).map(str::trim);
    let text = lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    match text.split_once("Locks: ") {
        Some((makes, locks)) => (makes.trim().to_owned(), Some(locks.trim().to_owned())),
        None => (text, None),
    }
}
