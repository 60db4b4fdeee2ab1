//! Brings a database to what this version needs: each step once, remembered in `queue_desk.migration_step`, resumable after
//! being killed anywhere, safe when two admins press at once.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde::Serialize;
use sqlx::PgConnection;

use super::steps::{GRANTS, Kind, STEPS, Step};
use crate::{
    db::migrate as db,
    error::{Code, Error, Result},
};

/// How long to wait for another migration of the same database.
const LOCK_PATIENCE: Duration = Duration::from_secs(60);
/// A step waits this long for a table's lock before it lets the application pass and tries again.
const ATTEMPTS: u32 = 40;

/// What a step would do, or did.
#[derive(Debug, Clone, Serialize)]
pub struct StepReport {
    pub id: &'static str,
    pub kind: &'static str,
    /// `pending`, `changed` (a function whose text is newer), `done`, `adopted` (found done by hand), `applied`.
    pub state: &'static str,
}

/// What `migrate --plan` prints and `--apply` did.
#[derive(Debug, Clone, Serialize)]
pub struct Migration {
    /// The CRM's tables are made too, because the database is empty.
    pub creates_crm: bool,
    pub steps: Vec<StepReport>,
}

impl Migration {
    pub fn pending(&self) -> usize {
        self.steps.iter().filter(|s| matches!(s.state, "pending" | "changed")).count()
    }
}

/// Who watches a migration, and stops it.
pub struct Watch<'a> {
    /// Steps that this run did, and the one that begins; none at the end.
    pub progress: &'a (dyn Fn(usize, Option<&str>) + Send + Sync),
    /// Read between two steps.
    pub cancelled: &'a AtomicBool,
}

/// What is missing here. Writes nothing.
pub async fn plan(conn: &mut PgConnection) -> Result<Migration> {
    let creates_crm = needs_crm(conn).await?;
    let known = db::steps(conn).await?;
    refuse_newer(&known)?;
    let any_function_changed =
        known.iter().any(|k| k.grants_are_stale) || STEPS.iter().any(|s| s.kind == Kind::Function && !done(s, &known));
    let steps = STEPS
        .iter()
        .filter(|s| creates_crm || !s.is_crm() || known.iter().any(|k| k.id == s.id))
        .map(|s| {
            let found = known.iter().find(|k| k.id == s.id && k.state == "done");
            let stale = s.id == GRANTS && any_function_changed;
            let state = match found {
                Some(_) if done(s, &known) && !stale => "done",
                Some(_) if s.kind == Kind::Function => "changed",
                Some(_) => "done",
                None => "pending",
            };
            StepReport { id: s.id, kind: s.kind.word(), state }
        })
        .collect();
    Ok(Migration { creates_crm, steps })
}

/// Applies what is missing. Refuses a database that holds other tables than the CRM's.
pub async fn apply(conn: &mut PgConnection) -> Result<Migration> {
    apply_watched(conn, &Watch { progress: &|_, _| {}, cancelled: &AtomicBool::new(false) }).await
}

/// The same, watched. Stopped between two steps it is `cancelled`: what is done stays done, and the next one goes on from there.
pub async fn apply_watched(conn: &mut PgConnection, watch: &Watch<'_>) -> Result<Migration> {
    let creates_crm = needs_crm(conn).await?;
    if !db::may_create(conn).await? {
        return Err(Error::new(
            Code::NoPermission,
            "This login may not create schemas in this database. Nothing was changed.",
        )
        .hint("Migrate as the owner of the database (on Supabase: postgres)."));
    }
    lock(conn).await?;
    let applied = run(conn, creates_crm, watch).await;
    db::unlock(conn).await?;
    applied
}

async fn run(conn: &mut PgConnection, creates_crm: bool, watch: &Watch<'_>) -> Result<Migration> {
    db::prepare_state(conn).await?;
    let known = db::steps(conn).await?;
    refuse_newer(&known)?;
    let mut functions_changed = known.iter().any(|k| k.grants_are_stale);
    let mut steps: Vec<StepReport> = Vec::new();
    let mut worked = 0;
    for step in STEPS.iter().filter(|s| creates_crm || !s.is_crm()) {
        let stale_grants = step.id == GRANTS && functions_changed;
        let is_done = done(step, &known) && !stale_grants;
        if !is_done {
            if watch.cancelled.load(Ordering::Acquire) {
                return Err(Error::new(
                    Code::Cancelled,
                    format!("Stopped before step {}. The {worked} steps of this run are done and stay.", step.id),
                )
                .hint("Set it up again at any time: it goes on from here."));
            }
            (watch.progress)(worked, Some(step.id));
            worked += 1;
        }
        let state = if is_done {
            "done"
        } else if let Some(relation) = step.makes
            && db::exists(conn, relation).await?
            && !known.iter().any(|k| k.id == step.id)
        {
            db::begin_step(conn, step).await?;
            db::end_step(conn, step, None).await?;
            "adopted"
        } else {
            attempt(conn, step).await?;
            functions_changed |= step.kind == Kind::Function;
            "applied"
        };
        steps.push(StepReport { id: step.id, kind: step.kind.word(), state });
    }
    (watch.progress)(worked, None);
    Ok(Migration { creates_crm, steps })
}

/// Runs one step; a lock that is not free soon is let go and tried again, so that nobody queues up behind us.
async fn attempt(conn: &mut PgConnection, step: &Step) -> Result<()> {
    for attempt in 1.. {
        let result = match step.kind {
            Kind::Autocommit => db::run_autocommit(conn, step).await,
            Kind::Tx | Kind::Function => db::run_in_transaction(conn, step).await,
        };
        match result {
            Ok(()) => break,
            Err(e) if e.retryable && attempt < ATTEMPTS => {
                tracing::info!(step = step.id, attempt, "the lock was not free, trying again");
                tokio::time::sleep(Duration::from_millis(150 + u64::from(attempt % 5) * 90)).await;
            }
            Err(e) => {
                db::end_step(conn, step, Some(&e.message)).await?;
                return Err(Error::new(
                    Code::MigrationFailed,
                    format!("Step {} failed: {} The steps before it are done.", step.id, e.message),
                )
                .hint(
                    e.hint.unwrap_or_else(|| "Mend the cause, then run migrate again: it goes on from here.".into()),
                ));
            }
        }
    }
    Ok(())
}

async fn lock(conn: &mut PgConnection) -> Result<()> {
    let since = Instant::now();
    while !db::try_lock(conn).await? {
        if since.elapsed() > LOCK_PATIENCE {
            return Err(Error::new(
                Code::MigrationLocked,
                "Somebody else is migrating this database. Nothing was changed.",
            )
            .hint("Try again when they are done."));
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}

async fn needs_crm(conn: &mut PgConnection) -> Result<bool> {
    let state = db::state(conn).await?;
    let half_made = db::steps(conn).await?.iter().any(|k| k.id.starts_with("crm/"));
    if state.has_crm && !half_made {
        return Ok(false);
    }
    if state.is_empty || half_made {
        return Ok(true);
    }
    Err(Error::new(
        Code::NoTables,
        "This database has tables, but not those of the CRM (leads, whatsapp_message_queue). Nothing was changed.",
    )
    .hint("Is this the right database? An empty one would be filled with the CRM's tables."))
}

fn done(step: &Step, known: &[db::KnownStep]) -> bool {
    known
        .iter()
        .any(|k| k.id == step.id && k.state == "done" && (step.kind != Kind::Function || k.checksum == step.checksum()))
}

/// A step that this version does not know was made by a newer one: its functions must not be put back to ours.
fn refuse_newer(known: &[db::KnownStep]) -> Result<()> {
    match known.iter().find(|k| k.state == "done" && !STEPS.iter().any(|s| s.id == k.id)) {
        None => Ok(()),
        Some(step) => Err(Error::new(
            Code::NewerDatabase,
            format!("This database was migrated by a newer Queue Desk (step {}). Nothing was changed.", step.id),
        )
        .hint("Install the newer Queue Desk on this computer.")),
    }
}
