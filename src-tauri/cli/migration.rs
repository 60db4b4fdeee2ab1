//! `migrate`: show, apply, write down, take out again.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    args::{Args, Command},
    print, stop,
};
use crate::{
    audit::migrate::{self, Migration, Progress, Removed, Wish},
    connect::Connected,
    error::{Code, Error, Result},
    model::preview::Preview,
};

pub async fn run(args: &Args, connected: &Connected) -> Result<u8> {
    let Command::Migrate { plan, apply, remove, script, force, with, patience, confirm, keep } = &args.command else {
        unreachable!("called for migrate")
    };
    if [*plan, *apply, *remove, script.is_some()].iter().filter(|asked| **asked).count() != 1 {
        return Err(Error::new(Code::BadInput, "Say what to do with the steps: one of four. Nothing was done.")
            .field("plan")
            .hint("Use --plan, --apply, --script FILE or --remove."));
    }
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = cancelled.clone();
    let waiting = tokio::spawn(async move {
        stop::told().await;
        eprintln!("Stopping after this batch. What is done stays done.");
        flag.store(true, Ordering::Relaxed);
        stop::told().await;
        std::process::exit(2);
    });
    let told = |p: Progress| eprintln!("{}", progress(&p));
    let wish = Wish {
        force: *force,
        with,
        patience: Duration::from_secs(*patience),
        progress: if args.json { &|_| {} } else { &told },
        cancelled: &cancelled,
    };
    let mut owner = connected.owner().await?;
    let code = if *plan {
        let preview = migrate::preview(&mut owner).await?;
        print(args, &preview, || planned(&preview));
        0
    } else if *apply {
        let migration = migrate::apply_as(&mut owner, &wish).await?;
        print(args, &migration, || applied(&migration));
        u8::from(!migration.refused.is_empty())
    } else if let Some(file) = script {
        let text = migrate::script(&mut owner).await?;
        migrate::save_script(&text, file)?;
        print(args, &serde_json::json!({ "script": file, "bytes": text.len() }), || {
            format!(
                "{} was written. Run it in the SQL editor, then: queue-desk check, and queue-desk migrate --apply.",
                file.display()
            )
        });
        0
    } else {
        let removed =
            migrate::remove(&mut owner, confirm.as_deref().unwrap_or_default(), keep.as_deref(), &wish).await?;
        print(args, &removed, || taken_out(&removed));
        0
    };
    waiting.abort();
    Ok(code)
}

fn progress(p: &Progress) -> String {
    let rows = if p.rows > 0 { format!(", {} rows", p.rows) } else { String::new() };
    let place = if p.place.is_empty() { String::new() } else { format!(" {}", p.place) };
    format!("{:>3}/{}  {}{place}{rows}", p.number, p.of, p.step)
}

fn planned(preview: &Preview) -> String {
    let mut out = String::new();
    let pending: Vec<_> = preview.steps.iter().filter(|s| s.state != "done").collect();
    for step in &pending {
        let _ = writeln!(out, "{:<8}  {:<10}  {}", step.state, step.kind, step.id);
        for lock in &step.locks {
            let _ = writeln!(
                out,
                "{:>24}  {} (about {} rows, {})",
                lock.mode.to_lowercase(),
                lock.table,
                lock.rows,
                size(lock.bytes)
            );
        }
        if let Some(reason) = &step.may_not {
            let _ = writeln!(out, "{:>24}  {reason}: use --script FILE", "may not");
        }
    }
    for key in preview.keys.iter().filter(|k| !k.whole) {
        let _ = write!(out, "{:<8}  key         {}.{} -> {}", key.state, key.child, key.col, key.parent);
        if let Some(orphans) = key.orphans.filter(|n| *n > 0) {
            let _ = write!(
                out,
                ": {orphans} of {} rows point nowhere ({})",
                key.pointing.unwrap_or(0),
                key.action.replace('_', " ")
            );
            if let Some(recent) = key.recent.filter(|n| *n > 0) {
                let _ = write!(out, ", {recent} of them written in the last 24 h: such writes will fail");
            }
        }
        if !key.indexed {
            out.push_str("; an index is built");
        }
        out.push('\n');
        if let Some(reason) = &key.refused {
            let _ = writeln!(out, "{:>24}  {reason}", "refused");
        }
    }
    if let Some(why) = &preview.keys_not_known {
        let _ = writeln!(out, "not known: the references of the CRM: {why}");
    }
    for blocker in &preview.blockers {
        let what = match blocker.locks.join(", ") {
            none if none.is_empty() => "a long transaction".to_owned(),
            locks => locks,
        };
        let _ = writeln!(
            out,
            "in the way: {what}: session {} ({} {}, {}), open for {} s, makes {} others wait",
            blocker.pid, blocker.login, blocker.program, blocker.state, blocker.seconds, blocker.makes_wait
        );
    }
    if let Some(why) = &preview.ask_admin {
        let _ = writeln!(out, "may not: {why} Ask its owner, or use --script FILE");
    }
    for name in &preview.left_alone {
        let _ = writeln!(out, "left alone: {name} is not ours");
    }
    let _ = write!(out, "{} of {} steps are pending. Nothing was changed.", pending.len(), preview.steps.len());
    out
}

fn size(bytes: i64) -> String {
    match bytes {
        0..1_048_576 => format!("{} kB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

fn applied(migration: &Migration) -> String {
    let mut out = String::new();
    for step in migration.steps.iter().filter(|s| s.state != "done") {
        let _ = writeln!(out, "{:<8}  {:<10}  {}", step.state, step.kind, step.id);
    }
    for line in migration.balance.iter().filter(|b| b.moved + b.nulled + b.mapped + b.by_others.abs() > 0) {
        let _ = write!(
            out,
            "{}: {} rows - {} moved to quarantine {:+} by others = {}",
            line.table, line.before, line.moved, line.by_others, line.after
        );
        let _ = writeln!(out, "; {} references nulled, {} words mapped", line.nulled, line.mapped);
    }
    for refused in &migration.refused {
        let _ = writeln!(out, "refused   {}: {}", refused.object, refused.reason);
    }
    if let Some(receipt) = &migration.receipt_id {
        let _ = writeln!(out, "receipt   {receipt}, ledger row {}", migration.ledger_id.as_deref().unwrap_or("-"));
    }
    let done = migration.steps.iter().filter(|s| matches!(s.state, "applied" | "adopted")).count();
    let before = migration.steps.iter().filter(|s| s.state == "done").count();
    let _ = write!(
        out,
        "{done} steps applied, {before} were done already, {} references refused.",
        migration.refused.len()
    );
    out
}

fn taken_out(removed: &Removed) -> String {
    let mut out = removed.statements.join("\n");
    if let Some(lines) = removed.kept {
        let _ = write!(out, "\n{lines} lines of ledger and quarantine were copied.");
    }
    out.push_str("\nNothing of Queue Desk is left in this database.");
    out
}
