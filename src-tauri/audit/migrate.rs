//! Brings a database to what this version needs: each step once, remembered in `queue_desk.migration_step`, resumable after
//! being killed anywhere, safe when two admins press at once. What is there already, by whoever's hand, is adopted.

mod keys;
mod preview;
mod remove;
pub mod rights;
mod run;
mod script;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde::Serialize;
use sqlx::PgConnection;
use ts_rs::TS;

pub use self::{
    preview::{look, preview},
    remove::{Removed, remove},
    script::{save_script, script, write as write_script},
};
use super::steps::{GRANTS, Kind, OPTIONAL, STEPS, Step};
use crate::{
    db::migrate as db,
    error::{Code, Error, Result},
};

/// How long to wait for another migration of the same database.
const LOCK_PATIENCE: Duration = Duration::from_secs(60);

/// How a migration is done.
pub struct Wish<'a> {
    /// Settle rows that point nowhere even where they are suspiciously many.
    pub force: bool,
    /// Names of [`OPTIONAL`] steps.
    pub with: &'a [String],
    /// How long one lock is tried for, 200 ms at a time, before the migration stops and says who holds it.
    pub patience: Duration,
    /// Told before each step and after each batch.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Looked at between steps and batches; what is done stays done.
    pub cancelled: &'a AtomicBool,
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl Default for Wish<'_> {
    fn default() -> Self {
        Self { force: false, with: &[], patience: Duration::from_secs(60), progress: &|_| {}, cancelled: &NEVER }
    }
}

impl Wish<'_> {
    fn go_on(&self) -> Result<()> {
        match self.cancelled.load(Ordering::Relaxed) {
            false => Ok(()),
            true => {
                Err(Error::new(Code::Cancelled, "The migration was stopped. What is done stays done, and is whole.")
                    .hint("Run migrate again: it goes on from here."))
            }
        }
    }
}

/// Where a migration is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Progress {
    pub step: String,
    /// 1 is the first.
    pub number: usize,
    pub of: usize,
    /// What it is at: a table, a column; empty at the beginning of a step.
    pub place: String,
    /// Rows settled there so far.
    pub rows: i64,
}

/// What a step would do, or did.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StepReport {
    pub id: &'static str,
    pub kind: &'static str,
    /// `pending`, `changed` (a function whose text is newer), `done`, `adopted` (found done by hand), `applied`, `refused` (partly).
    pub state: &'static str,
}

/// What a migration did, or would.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Migration {
    /// The CRM's tables are made too, because the database is empty.
    pub creates_crm: bool,
    pub steps: Vec<StepReport>,
    /// What could not be done, and why; everything else is.
    pub refused: Vec<Refused>,
    /// Rows before and after, table by table. Empty where no table was looked at.
    pub balance: Vec<Balance>,
    pub receipt_id: Option<String>,
    pub ledger_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, PartialEq, Eq, TS)]
pub struct Refused {
    pub object: String,
    pub reason: String,
}

/// The rows of one table. `before - moved + by_others = after`: others write while we work.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, TS)]
pub struct Balance {
    pub table: String,
    pub before: i64,
    pub moved: i64,
    pub nulled: i64,
    pub mapped: i64,
    pub after: i64,
    pub by_others: i64,
}

impl Migration {
    pub fn pending(&self) -> usize {
        self.steps.iter().filter(|s| matches!(s.state, "pending" | "changed")).count()
    }
}

/// Which steps are missing here. Writes nothing.
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
    Ok(Migration { creates_crm, steps, refused: Vec::new(), balance: Vec::new(), receipt_id: None, ledger_id: None })
}

/// Applies what is missing, with patience and without force.
pub async fn apply(conn: &mut PgConnection) -> Result<Migration> {
    apply_as(conn, &Wish::default()).await
}

/// Applies what is missing. Refuses a database that holds other tables than the CRM's.
pub async fn apply_as(conn: &mut PgConnection, wish: &Wish<'_>) -> Result<Migration> {
    let optional = optional(wish)?;
    let creates_crm = needs_crm(conn).await?;
    if !db::may_create(conn).await? {
        return Err(Error::new(
            Code::NoPermission,
            "This login may not create schemas in this database. Nothing was changed.",
        )
        .hint("Migrate as the owner of the database (on Supabase: postgres), or hand its owner the SQL: migrate --script FILE."));
    }
    lock(conn).await?;
    let applied = run::all(conn, creates_crm, &optional, wish).await;
    let unlocked = db::unlock(conn).await;
    let applied = applied?;
    unlocked.map(|()| applied)
}

fn optional(wish: &Wish<'_>) -> Result<Vec<&'static Step>> {
    let find = |name: &String| OPTIONAL.iter().find(|s| s.id.ends_with(&format!("/{name}")));
    let known = || OPTIONAL.iter().filter_map(|s| s.id.rsplit('/').next()).collect::<Vec<_>>().join(", ");
    let steps = wish.with.iter().map(|name| {
        find(name).ok_or_else(|| {
            Error::new(Code::BadInput, "There is no optional step of this name. Nothing was changed.")
                .field("with")
                .hint(format!("There are: {}.", known()))
        })
    });
    steps.collect()
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
    let known = db::steps(conn).await?;
    let done = |step: &Step| known.iter().any(|k| k.id == step.id && k.state == "done");
    let half_made = known.iter().any(|k| k.id.starts_with("crm/")) && !STEPS.iter().filter(|s| s.is_crm()).all(done);
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
