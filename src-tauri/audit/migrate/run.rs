//! The steps, one after the other.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Balance, Migration, Progress, Refused, StepReport, Wish, done, keys, refuse_newer};
use crate::{
    audit::steps::{GRANTS, Kind, MIN_APP_VERSION, STEPS, Step},
    db::{
        keys::{self as edges, Edge},
        migrate as db, removal,
    },
    error::{Code, Error, Result},
};

/// One migration under way.
pub struct Run<'a> {
    pub id: Uuid,
    pub wish: &'a Wish<'a>,
    pub refused: Vec<Refused>,
    number: usize,
    of: usize,
}

impl Run<'_> {
    pub fn tell(&self, step: &Step, place: &str, rows: i64) {
        let (number, of) = (self.number, self.of);
        (self.wish.progress)(Progress { step: step.id.into(), number, of, place: place.into(), rows });
    }

    pub async fn patiently(&self, conn: &mut PgConnection, locks: &[(&str, &str)], work: Work<'_>) -> Result<Value> {
        patiently(self.wish, conn, locks, work).await
    }
}

/// What may have to be tried several times. Each is one transaction, or one statement that must be alone, and safe to repeat.
pub enum Work<'a> {
    Step(&'static Step),
    Autocommit(&'static Step),
    /// Without bookkeeping.
    Index(&'static Step),
    Piece(&'static str),
    /// Answers the number of rows.
    Batch(&'static Step, Uuid),
    KeyIndex(&'a Edge),
    AddKey(&'a Edge),
    ValidateKey(&'a Edge),
    /// Answers `{found, settled, last, held}`.
    Settle {
        step: &'static Step,
        contract: &'a Value,
        edge: &'a Edge,
        run: Uuid,
        limit: i32,
        after: Option<&'a str>,
    },
    TakeOut(&'a removal::Statement),
    DropSchema,
}

impl Work<'_> {
    async fn once(&self, conn: &mut PgConnection) -> Result<Value> {
        match self {
            Work::Step(step) => db::run_in_transaction(conn, step).await?,
            Work::Autocommit(step) => db::run_autocommit(conn, step).await?,
            Work::Index(step) => db::run_index(conn, step).await?,
            Work::Piece(sql) => db::run_piece(conn, sql).await?,
            Work::Batch(step, run) => return db::run_batch(conn, step, *run).await.map(Value::from),
            Work::KeyIndex(edge) => edges::build_index(conn, edge).await?,
            Work::AddKey(edge) => edges::add(conn, edge).await?,
            Work::ValidateKey(edge) => edges::validate(conn, edge).await?,
            Work::Settle { step, contract, edge, run, limit, after } => {
                return edges::settle(conn, step, contract, edge, *run, *limit, *after).await;
            }
            Work::TakeOut(statement) => removal::run(conn, statement).await?,
            Work::DropSchema => removal::drop_schema(conn).await?,
        }
        Ok(Value::Null)
    }
}

/// Tries until the lock is free, for 100 to 200 ms at a time: nobody queues up behind us for longer. The pauses differ, so that two
/// who try do not meet again.
pub async fn patiently(
    wish: &Wish<'_>,
    conn: &mut PgConnection,
    locks: &[(&str, &str)],
    work: Work<'_>,
) -> Result<Value> {
    let since = Instant::now();
    loop {
        wish.go_on()?;
        match work.once(conn).await {
            Err(e) if e.code == Code::Busy && since.elapsed() < wish.patience => {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(150..500))).await;
            }
            Err(e) if e.code == Code::Busy => return Err(held(conn, locks, e).await),
            other => return other,
        }
    }
}

/// Names who holds the lock, if it can be seen.
async fn held(conn: &mut PgConnection, locks: &[(&str, &str)], error: Error) -> Error {
    let blockers = db::blockers(conn, locks).await.unwrap_or_default();
    let Some(first) = blockers.iter().find(|b| !b.locks.is_empty()) else { return error };
    let tables: Vec<&str> = first.locks.iter().filter_map(|l| l.split(' ').next()).collect();
    Error::new(
        Code::Busy,
        format!(
            "{} is held by session {} ({} {}, open for {} s) all the time. Nothing was changed by this step.",
            tables.join(", "),
            first.pid,
            first.login,
            first.program,
            first.seconds
        ),
    )
    .hint("End that transaction, or try again when it is over: migrate goes on from here.")
}

pub async fn all(
    conn: &mut PgConnection,
    creates_crm: bool,
    optional: &[&'static Step],
    wish: &Wish<'_>,
) -> Result<Migration> {
    // New tables are empty: there is nothing to count.
    let before = if creates_crm { Vec::new() } else { db::balance(conn).await.map_err(lacking)? };
    db::prepare_state(conn).await?;
    let known = db::steps(conn).await?;
    refuse_newer(&known)?;
    let mut functions_changed = known.iter().any(|k| k.grants_are_stale);
    let wanted: Vec<&Step> =
        STEPS.iter().filter(|s| creates_crm || !s.is_crm()).chain(optional.iter().copied()).collect();
    let mut run = Run { id: Uuid::new_v4(), wish, refused: Vec::new(), number: 0, of: wanted.len() };
    let mut steps = Vec::new();
    for step in wanted {
        run.wish.go_on()?;
        run.number += 1;
        let stale_grants = step.id == GRANTS && functions_changed;
        let was_done = done(step, &known) && !stale_grants;
        let state = if was_done && !step.is_repeated() {
            "done"
        } else if let Some(relation) = step.makes
            && db::exists(conn, relation).await?
            && !known.iter().any(|k| k.id == step.id)
        {
            if STEPS.iter().any(|s| s.id == step.id) {
                db::begin_step(conn, step).await?;
                db::end_step(conn, step, None).await?;
            }
            "adopted"
        } else {
            run.tell(step, "", 0);
            let changed = attempt(conn, step, &mut run, was_done).await?;
            functions_changed |= step.kind == Kind::Function;
            changed
        };
        steps.push(StepReport { id: step.id, kind: step.kind.word(), state });
    }
    db::min_version(conn, MIN_APP_VERSION).await?;
    let balance = balance(conn, before, run.id).await?;
    let mut migration =
        Migration { creates_crm, steps, refused: run.refused, balance, receipt_id: None, ledger_id: None };
    receipt(conn, &mut migration, run.id).await?;
    Ok(migration)
}

/// A CRM without one of its tables is not ours to complete.
fn lacking(error: Error) -> Error {
    match error.code {
        Code::NotMigrated => Error::new(Code::NoTables, error.message)
            .hint("It is a table or column of the CRM, which migrate does not make in a database that has others: see `queue-desk check`."),
        _ => error,
    }
}

/// Runs one step and says what came of it.
async fn attempt(
    conn: &mut PgConnection,
    step: &'static Step,
    run: &mut Run<'_>,
    was_done: bool,
) -> Result<&'static str> {
    let result = match step.kind {
        Kind::Autocommit if step.id.ends_with("/one_live_message") => one_live_message(conn, step, run).await,
        Kind::Autocommit => run.patiently(conn, step.locks, Work::Autocommit(step)).await.map(|_| "applied"),
        Kind::Tx | Kind::Function => run.patiently(conn, step.locks, Work::Step(step)).await.map(|_| "applied"),
        Kind::Pieces => pieces(conn, step, run).await.map(|()| "applied"),
        Kind::Batched => batches(conn, step, run, was_done).await,
        Kind::Keys => keys::mend(conn, step, run, was_done).await,
    };
    match result {
        Ok(state) => Ok(state),
        Err(e) if e.code == Code::Cancelled => Err(e),
        Err(e) => {
            // A disk that is full refuses this too, and the first error is the one to tell.
            let _ = db::end_step(conn, step, Some(&e.message)).await;
            let hint = match e.code {
                Code::NoPermission => "This login may not do it. Hand the SQL to who may: migrate --script FILE, run it there, then migrate again.".into(),
                _ => e.hint.unwrap_or_else(|| "Mend the cause, then run migrate again: it goes on from here.".into()),
            };
            // Of a step in batches, only the last one was taken back.
            let why = e.message.trim_end_matches("Nothing was changed.").trim_end();
            let message = format!(
                "Step {} failed: {why} What it had just begun was taken back; what was done before stays.",
                step.id
            );
            Err(Error::new(Code::MigrationFailed, message).hint(hint))
        }
    }
}

async fn pieces(conn: &mut PgConnection, step: &'static Step, run: &Run<'_>) -> Result<()> {
    db::begin_step(conn, step).await?;
    for piece in step.pieces() {
        run.patiently(conn, step.locks, Work::Piece(piece)).await?;
    }
    db::end_step(conn, step, None).await
}

async fn batches(conn: &mut PgConnection, step: &'static Step, run: &Run<'_>, was_done: bool) -> Result<&'static str> {
    if !was_done {
        db::begin_step(conn, step).await?;
    }
    let mut rows = 0;
    loop {
        let changed = run.patiently(conn, step.locks, Work::Batch(step, run.id)).await?.as_i64().unwrap_or(0);
        if changed == 0 {
            break;
        }
        rows += changed;
        run.tell(step, step.locks.first().map_or("", |l| l.0), rows);
    }
    if !was_done {
        db::end_step(conn, step, None).await?;
    }
    Ok(if was_done && rows == 0 { "done" } else { "applied" })
}

/// The optional unique index. It is not among the steps that a database must have, so nothing is remembered of it.
async fn one_live_message(conn: &mut PgConnection, step: &'static Step, run: &mut Run<'_>) -> Result<&'static str> {
    let leads = db::duplicates(conn).await?;
    if leads > 0 {
        let reason = format!("{leads} leads have several messages on their way; cancel all but one of each first");
        run.refused.push(Refused { object: "public.whatsapp_message_queue".into(), reason });
        return Ok("refused");
    }
    run.patiently(conn, step.locks, Work::Index(step)).await.map(|_| "applied")
}

async fn balance(conn: &mut PgConnection, before: Vec<db::Counted>, run: Uuid) -> Result<Vec<Balance>> {
    if before.is_empty() {
        return Ok(Vec::new());
    }
    let (after, settled) = (db::balance(conn).await?, db::settled(conn, run).await?);
    let line = |(was, is): (db::Counted, db::Counted)| {
        let of = settled.iter().find(|s| s.name == was.name);
        let (moved, nulled, mapped) = of.map_or((0, 0, 0), |s| (s.moved, s.nulled, s.mapped));
        let by_others = is.rows - (was.rows - moved);
        Balance { table: was.name, before: was.rows, moved, nulled, mapped, after: is.rows, by_others }
    };
    Ok(before.into_iter().zip(after).map(line).collect())
}

/// A migration that did something leaves a receipt in the ledger. A new database begins with an empty one.
async fn receipt(conn: &mut PgConnection, migration: &mut Migration, run: Uuid) -> Result<()> {
    let count = |states: &[&str]| migration.steps.iter().filter(|s| states.contains(&s.state)).count();
    let changed = count(&["applied", "adopted"]);
    if migration.creates_crm || changed == 0 && migration.refused.is_empty() {
        return Ok(());
    }
    let done = count(&["done"]);
    let skipped = if done == 0 { json!([]) } else { json!([{ "reason": "done_before", "count": done }]) };
    let failed: Vec<_> = migration.refused.iter().map(|r| json!({ "id": r.object, "reason": r.reason })).collect();
    let detail = json!({ "run_id": run, "balance": migration.balance, "version": env!("CARGO_PKG_VERSION") });
    let (asked, changed) = (small(migration.steps.len()), small(changed));
    let written = db::receipt(conn, asked, changed, &skipped, &json!(failed), &detail).await?;
    let text = |key: &str| written[key].as_str().map(str::to_owned);
    (migration.receipt_id, migration.ledger_id) = (text("receipt_id"), text("ledger_id"));
    Ok(())
}

fn small(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
