//! The verbs beside the great actions.

use std::path::Path;

use super::{
    args::{Args, Verb},
    finish,
    people::{self, OperatorCommand},
    print, text,
};
use crate::{
    action::{self, Desk},
    error::{Code, Error, Result},
    secrets::{Secret, scram::Verifier},
};

pub async fn run(args: &Args, desk: &Desk, verb: &Verb) -> Result<u8> {
    let receipt = match verb {
        Verb::Cancel { ids, reason } => action::cancel::cancel(desk, ids, reason.as_deref()).await?,
        Verb::Retry { ids } => action::cancel::retry(desk, ids).await?,
        Verb::Reschedule { ids, at } => action::reschedule::reschedule(desk, ids, *at).await?,
        Verb::Priority { ids, to } => action::reschedule::set_priority(desk, ids, *to).await?,
        Verb::Assign { ids, to } => {
            let to = desk.operator(to, "to").await?;
            action::assign::assign(desk, ids, to).await?
        }
        Verb::Resolve { ids, outcome, note } => action::resolve::resolve(desk, ids, outcome, note.as_deref()).await?,
        Verb::OptOut { lead, reason } => action::opt_out::opt_out(desk, *lead, reason.as_deref()).await?,
        Verb::Erase { lead, dry_run, only } => {
            let preview = action::erase::preview(desk, *lead).await?;
            if *dry_run {
                print(args, &preview, || people::erasing(&preview, *only));
                return Ok(0);
            }
            let others = preview.leads.iter().filter(|other| !other.named && !only).map(|other| other.lead_id);
            action::erase::apply(desk, *lead, &others.collect::<Vec<_>>()).await?
        }
        Verb::Adopt { ids } => action::adopt::adopt(desk, Some(ids.as_slice()).filter(|ids| !ids.is_empty())).await?,
        Verb::Pause { scope, subject, until, reason } => {
            let subject = subject_of(desk, scope, subject.as_deref()).await?;
            action::pause::pause(desk, scope, subject.as_deref(), *until, reason.as_deref()).await?
        }
        Verb::Resume { scope, subject, reason } => {
            let subject = subject_of(desk, scope, subject.as_deref()).await?;
            action::pause::resume(desk, scope, subject.as_deref(), reason.as_deref()).await?
        }
        Verb::Pauses => {
            let pauses = action::pause::pauses(desk).await?;
            print(args, &pauses, || text::pauses(&pauses));
            return Ok(0);
        }
        Verb::Operator { command: OperatorCommand::List } => {
            let operators = action::operator::operators(desk).await?;
            print(args, &operators, || people::operators(&operators));
            return Ok(0);
        }
        Verb::Operator { command: OperatorCommand::Desks } => {
            let desks = action::operator::desks(desk).await?;
            print(args, &desks, || people::desks(&desks));
            return Ok(0);
        }
        Verb::Operator {
            command: OperatorCommand::Add { login: Some(login), create_login: true, dry_run: true, .. },
        } => {
            let script = action::login::script(desk, login).await?;
            print(args, &script, || people::login_script(&script));
            return Ok(0);
        }
        Verb::Operator {
            command:
                OperatorCommand::Add {
                    user,
                    name,
                    login: Some(login),
                    create_login: true,
                    password_file,
                    admin,
                    runner,
                    ..
                },
        } => {
            let verifier = Verifier::of(&new_password(password_file.as_deref())?)?;
            action::login::create(desk, *user, name, login, &verifier, *admin, *runner).await?
        }
        Verb::Operator { command: OperatorCommand::Renew { login, dry_run: true, .. } } => {
            let renewal = action::login::renew_script(desk, login).await?;
            print(args, &renewal, || people::login_renewal(&renewal));
            return Ok(0);
        }
        Verb::Operator { command: OperatorCommand::Renew { login, reopen, password_file, .. } } => {
            let verifier = Verifier::of(&new_password(password_file.as_deref())?)?;
            action::login::renew(desk, login, &verifier, *reopen).await?
        }
        Verb::Operator { command: OperatorCommand::Add { user, name, login, admin, runner, .. } } => {
            action::operator::add(desk, *user, name, login.as_deref(), *admin, *runner).await?
        }
        Verb::Operator { command: OperatorCommand::Deactivate { operator, close_login, dry_run } } => {
            // By id also when inactive already: that is no error.
            let user = match operator.parse() {
                Ok(user) => user,
                Err(_) => desk.operator(operator, "operator").await?,
            };
            if *dry_run {
                let closing = action::login::close_script(desk, user).await?;
                print(args, &closing, || people::login_closing(&closing));
                return Ok(0);
            }
            match close_login {
                true => action::login::close(desk, user).await?,
                false => action::operator::deactivate(desk, user).await?,
            }
        }
    };
    Ok(finish(args, &receipt))
}

/// The password of a login that is to be made: never an argument, which every program of this computer may read.
fn new_password(file: Option<&Path>) -> Result<Secret> {
    let missing = |message: &str| {
        Error::new(Code::BadInput, format!("{message} Nothing was changed."))
            .field("password-file")
            .hint("Write it into a file that only you may read, or into QUEUE_DESK_NEW_PASSWORD.")
    };
    let text = match file {
        None => std::env::var("QUEUE_DESK_NEW_PASSWORD").map_err(|_| missing("The new login has no password yet."))?,
        Some(path) if path == Path::new("-") => {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map_err(|_| missing("Standard input could not be read."))?;
            line
        }
        Some(path) => std::fs::read_to_string(path)
            .map_err(|e| missing(&format!("The password file could not be read ({}).", e.kind())))?,
    };
    // Notepad may begin a file with a mark of its own.
    Ok(Secret::new(text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default()))
}

/// An operator may be named; everything else is as it was given.
async fn subject_of(desk: &Desk, scope: &str, subject: Option<&str>) -> Result<Option<String>> {
    match subject {
        Some(name) if scope == "operator" && name.parse::<uuid::Uuid>().is_err() => {
            Ok(Some(desk.operator(name, "subject").await?.to_string()))
        }
        other => Ok(other.map(str::to_owned)),
    }
}
