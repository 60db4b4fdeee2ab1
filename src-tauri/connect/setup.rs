//! Setting a database up from the window: what would be done, who may, and doing it step by step.

use std::sync::atomic::AtomicBool;

use sqlx::{PgConnection, postgres::PgConnectOptions};

use crate::{
    audit::{
        migrate::{self, Migration, Progress, Wish, rights},
        steps::{STEPS, Step},
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

async fn look(conn: &mut PgConnection, options: &PgConnectOptions) -> Result<SetupPlan> {
    let migration = migrate::plan(conn).await?;
    let (role, state) = (ask::role(conn).await?, db::migrate::state(conn).await?);
    let steps: Vec<SetupStep> = migration
        .steps
        .iter()
        .map(|step| {
            let of = STEPS.iter().find(|s| s.id == step.id);
            let (makes, locks) = (of.map(Step::what).unwrap_or_default(), of.map(Step::locks_said).unwrap_or_default());
            SetupStep { id: step.id.into(), kind: step.kind.into(), state: step.state.into(), makes, locks }
        })
        .collect();
    let pending = migration.pending();
    Ok(SetupPlan {
        database: format!("{}/{}", options.get_host(), options.get_database().unwrap_or(options.get_username())),
        login: role.login.clone(),
        creates_crm: migration.creates_crm,
        steps,
        pending: small(pending),
        ask_admin: (pending > 0).then(|| rights::refused(&role, migration.creates_crm, state.read_only)).flatten(),
    })
}

/// Does what [`plan`] showed; see [`mend`]. What is left afterwards.
pub async fn apply(options: &PgConnectOptions, progress: Tell<'_>, cancelled: &AtomicBool) -> Result<SetupPlan> {
    mend(options, progress, cancelled).await?;
    plan(options).await
}

/// Where a set-up says how far it is.
pub type Tell<'a> = &'a (dyn Fn(SetupProgress) + Send + Sync);

/// Migrates, telling of each step before it begins and of each batch. Stopped between two of them it says `cancelled`; what is done
/// stays done, and the next one goes on from there.
///
/// # Errors
/// Those of [`migrate::apply_as`].
pub async fn mend(options: &PgConnectOptions, progress: Tell<'_>, cancelled: &AtomicBool) -> Result<Migration> {
    let mut conn = db::open(options, false).await?;
    let done = mend_on(&mut conn, progress, cancelled).await;
    db::close(conn).await;
    done
}

async fn mend_on(conn: &mut PgConnection, progress: Tell<'_>, cancelled: &AtomicBool) -> Result<Migration> {
    let planned = migrate::plan(conn).await?;
    let (role, state) = (ask::role(conn).await?, db::migrate::state(conn).await?);
    if let Some(why) = rights::refused(&role, planned.creates_crm, state.read_only) {
        return Err(Error::new(Code::NoPermission, format!("{why} Nothing was changed."))
            .hint("Ask your admin to do it, as the owner of the database (on Supabase: postgres)."));
    }
    let told = |at: Progress| progress(step_of(at));
    let applied = migrate::apply_as(conn, &Wish { progress: &told, cancelled, ..Wish::default() }).await?;
    let of = small(applied.steps.len());
    progress(SetupProgress { done: of, of, step: None, place: String::new(), rows: 0 });
    Ok(applied)
}

fn step_of(at: Progress) -> SetupProgress {
    let done = small(at.number.saturating_sub(1));
    SetupProgress { done, of: small(at.of), step: Some(at.step), place: at.place, rows: at.rows }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
