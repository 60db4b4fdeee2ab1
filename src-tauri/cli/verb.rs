//! The verbs beside the great actions.

use super::{
    args::{Args, OperatorCommand, Verb},
    finish, print, text,
};
use crate::{
    action::{self, Desk},
    error::Result,
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
            print(args, &operators, || text::operators(&operators));
            return Ok(0);
        }
        Verb::Operator { command: OperatorCommand::Add { user, name, login, admin, runner } } => {
            action::operator::add(desk, *user, name, login.as_deref(), *admin, *runner).await?
        }
        Verb::Operator { command: OperatorCommand::Deactivate { operator } } => {
            // By id also when inactive already: that is no error.
            let user = match operator.parse() {
                Ok(user) => user,
                Err(_) => desk.operator(operator, "operator").await?,
            };
            action::operator::deactivate(desk, user).await?
        }
    };
    Ok(finish(args, &receipt))
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
