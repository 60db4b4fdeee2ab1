//! The words of the command line about operators, and what it says of them, their logins and who is connected.

use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

use clap::Subcommand;
use uuid::Uuid;

use super::text::words;
use crate::model::{
    erase::{EraseLead, ErasePreview},
    login::{LiveDesk, LiveDesks, LiveRun, LoginClosing, LoginRenewal, LoginScript},
    operator::OperatorRow,
};

#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    List,
    /// Make a user of the CRM an operator, or change one; admins only.
    Add {
        /// An id of auth.users.
        user: Uuid,
        #[arg(long)]
        name: String,
        /// A database login: an existing one, or with --create-login a new one.
        #[arg(long)]
        login: Option<String>,
        /// Make the login. Its password is the first line of --password-file, else in QUEUE_DESK_NEW_PASSWORD.
        #[arg(long, requires = "login")]
        create_login: bool,
        /// Where the new login's password is; `-` reads standard input.
        #[arg(long, value_name = "FILE", requires = "create_login")]
        password_file: Option<PathBuf>,
        /// Print the SQL that would make the login, and do nothing.
        #[arg(long, requires = "create_login")]
        dry_run: bool,
        /// The login may change settings and act for others.
        #[arg(long, requires = "login")]
        admin: bool,
        /// The login may send everybody's messages.
        #[arg(long, requires = "login")]
        runner: bool,
    },
    /// Retire an operator (name or id); their messages are held; admins only.
    Deactivate {
        operator: String,
        /// Close their database logins too, and end what is connected with them.
        #[arg(long)]
        close_login: bool,
        /// Print the SQL that would close the logins, and do nothing.
        #[arg(long, requires = "close_login")]
        dry_run: bool,
    },
    /// Give an operator's login a new password; what is connected with it is ended; admins only.
    Renew {
        /// The database login.
        login: String,
        /// It was closed: open it again, and make its operator one again.
        #[arg(long)]
        reopen: bool,
        /// Where the new password is; `-` reads standard input. Else in QUEUE_DESK_NEW_PASSWORD.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Print the SQL that would do it, and do nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Who is connected with a Queue Desk now, and which runs are open; admins only.
    Desks,
}

pub fn operators(operators: &[OperatorRow]) -> String {
    let line = |operator: &OperatorRow| {
        let logins: Vec<String> = operator
            .logins
            .iter()
            .map(|l| {
                let rights = [(l.admin, " admin"), (l.runner, " runner"), (!l.active, " inactive")];
                let rights: String = rights.iter().filter(|(has, _)| *has).map(|(_, word)| *word).collect();
                format!("{}{rights}", l.login)
            })
            .collect();
        let capacity = operator.capacity_today.map_or("no limit".to_owned(), |n| n.to_string());
        format!(
            "{}  {}{}  today {} of {capacity}, {} waiting  [{}]",
            operator.user_id,
            operator.name,
            if operator.active { "" } else { " (inactive)" },
            operator.used_today,
            operator.waiting,
            logins.join(", ")
        )
    };
    match operators {
        [] => "There are no operators.".to_owned(),
        some => some.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

/// The statements as a script; what stands in the way is a comment.
pub fn login_script(script: &LoginScript) -> String {
    let mut out = script.statements.iter().map(|s| format!("{s};")).collect::<Vec<_>>().join("\n");
    if let Some(obstacle) = &script.obstacle {
        let _ = write!(out, "\n-- Your login may not run this: {}.", words(obstacle));
    }
    out
}

pub fn login_closing(closing: &[LoginClosing]) -> String {
    let line = |login: &LoginClosing| match &login.obstacle {
        None => format!("{};", login.statement),
        Some(obstacle) => format!("-- {}  (stays open: {})", login.statement, words(obstacle)),
    };
    match closing {
        [] => "-- No login of this operator may log in.".to_owned(),
        some => some.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

pub fn login_renewal(renewal: &LoginRenewal) -> String {
    let mut out = format!("{};", renewal.statement);
    if renewal.closed {
        out.push_str("\n-- The login is closed: --reopen opens it again.");
    }
    if let Some(obstacle) = &renewal.obstacle {
        let _ = write!(out, "\n-- Your login may not run this: {}.", words(obstacle));
    }
    out
}

pub fn desks(live: &LiveDesks) -> String {
    let ago = |seconds: Option<i64>| match seconds {
        None => "since ?".to_owned(),
        Some(s) if s < 120 => format!("for {s} s"),
        Some(s) if s < 7200 => format!("for {} min", s / 60),
        Some(s) => format!("for {} h", s / 3600),
    };
    let desk = |desk: &LiveDesk| {
        let who = desk.operator.as_deref().unwrap_or(if desk.mapped { "no operator" } else { "NOBODY'S LOGIN" });
        let me = if desk.mine { ", this one" } else { "" };
        format!(
            "{who}  [{}]  {} {}  {}, {} connections{me}",
            desk.login,
            desk.program.as_deref().unwrap_or("desk"),
            desk.version.as_deref().unwrap_or("?"),
            ago(desk.seconds),
            desk.connections
        )
    };
    let run = |run: &LiveRun| {
        let whose = if run.everybody { "everybody" } else { run.operator.as_deref().unwrap_or("?") };
        let state = match (run.silent, run.stopping) {
            (true, _) => ", SILENT",
            (_, true) => ", stopping",
            _ => "",
        };
        format!(
            "run {} of {} for {whose}: {}, {} claimed, {} sent, heartbeat {} s ago{state}",
            run.run_id, run.login, run.sender, run.claimed, run.sent, run.heartbeat_seconds
        )
    };
    let mut lines: Vec<String> = live.desks.iter().map(desk).collect();
    if !live.known {
        lines.push("Who is connected is not known: the server does not show its sessions.".to_owned());
    }
    lines.extend(live.runs.iter().map(run));
    if live.runs.is_empty() {
        lines.push("No run is open.".to_owned());
    }
    lines.join("\n")
}

/// `only`: of the named lead alone.
pub fn erasing(preview: &ErasePreview, only: bool) -> String {
    let leads: Vec<&EraseLead> = preview.leads.iter().filter(|lead| lead.named || !only).collect();
    let sum = |count: fn(&EraseLead) -> i32| leads.iter().map(|lead| count(lead)).sum::<i32>();
    let mut out = format!(
        "Would erase {} leads, {} messages ({} wait and are cancelled), {} jobs, {} rows in quarantine. Nothing was written.",
        leads.len(),
        sum(|lead| lead.messages),
        sum(|lead| lead.waiting),
        sum(|lead| lead.jobs),
        sum(|lead| lead.quarantined)
    );
    for lead in &leads {
        let name =
            if lead.access { lead.name.as_deref().unwrap_or("(no name)") } else { "(of a client that you do not see)" };
        let _ = write!(out, "\n  lead      {}  {name}{}", lead.lead_id, if lead.named { "" } else { ", same phone" });
        if lead.begun {
            out.push_str(", begun before and cut short");
        }
    }
    let _ = write!(out, "\n  blanked   {}", preview.columns.join(", "));
    for left in &preview.left_columns {
        let _ = write!(out, "\n  left      {} ({})", left.column, words(&left.reason));
    }
    let meant = |id: Option<Uuid>| id.is_none_or(|id| leads.iter().any(|lead| lead.lead_id == id));
    let mut elsewhere: BTreeMap<(&str, &str), Option<i64>> = BTreeMap::new();
    for rows in preview.elsewhere.iter().filter(|rows| meant(rows.lead_id)) {
        let all = elsewhere.entry((&rows.table, &rows.column)).or_insert(Some(0));
        *all = all.zip(rows.rows).map(|(all, more)| all + more);
    }
    for ((table, column), rows) in elsewhere {
        let rows = rows.map_or("an unknown number of".to_owned(), |n| n.to_string());
        let _ = write!(out, "\n  not ours  {table}: {rows} rows by {column}");
    }
    let _ = write!(out, "\n  stays     {} rows of the ledger (ids and words)", sum(|lead| lead.ledger_rows));
    let typed_reasons = sum(|lead| lead.typed_reasons);
    if typed_reasons > 0 {
        let _ =
            write!(out, "; somebody typed a reason for {} of these actions, and the ledger keeps it", typed_reasons);
    }
    out.push_str(match preview.by_phone {
        true => "\n  stays     an opt-out by the salted hash of the phone, so that nobody writes to the person again",
        false => "\n  stays     an opt-out of the lead alone: it has no valid phone",
    });
    let on_the_wire = sum(|lead| lead.on_the_wire);
    if on_the_wire > 0 {
        let _ = write!(out, "\n  first     {on_the_wire} messages are on the wire: try when they are settled");
    }
    out
}
