//! Where this desk is and what it may do here; and the clock of a sample database.

use chrono::{DateTime, Utc};

use super::Desk;
use crate::{
    db::session as db,
    error::{Code, Error, Result},
    model::session::{ActingEnded, ActingFor, DatabaseState, Operator, ReadOnlyReason, Session},
};

/// Reads everything anew: rights and mapping may have changed while the window was open.
pub async fn session(desk: &Desk) -> Result<Session> {
    let mut conn = desk.database.reader().await?;
    let state = desk.database.state(&mut conn).await?;
    desk.database.remember_plain(state.is_plain());
    let mut session = Session {
        name: desk.name.clone(),
        embedded: desk.embedded,
        environment: desk.environment,
        guard: desk.guard,
        database: match (state.has_crm, state.has_queue_desk) {
            (false, _) => DatabaseState::Empty,
            (true, false) => DatabaseState::NotMigrated,
            (true, true) => DatabaseState::Ready,
        },
        login: state.login,
        operator: None,
        admin: false,
        acting_for: None,
        runner: false,
        read_only: true,
        read_only_reason: Some(ReadOnlyReason::NotMigrated),
        min_app_version: None,
        sample: false,
        zone: "UTC".into(),
        now: Utc::now(),
        clock_shift_seconds: 0,
        app_version: env!("CARGO_PKG_VERSION").into(),
        server_version: state.server_version,
    };
    if session.database == DatabaseState::Ready {
        let caller = db::whoami(&mut conn).await?;
        session.operator = caller.user_id.zip(caller.name).map(|(user_id, name)| Operator { user_id, name });
        session.admin = caller.admin;
        if let Some(user_id) = desk.as_user {
            let (name, active) = db::operator(&mut conn, user_id).await?.unwrap_or((user_id.to_string(), false));
            let ended = match (caller.admin, active) {
                (false, _) => Some(ActingEnded::NotAdmin),
                (true, false) => Some(ActingEnded::Retired),
                (true, true) => None,
            };
            session.acting_for = Some(ActingFor { user_id, name, ended });
        }
        session.runner = caller.runner;
        session.read_only_reason = match (caller.too_old, state.read_only, caller.may_act) {
            (true, _, _) => Some(ReadOnlyReason::AppTooOld),
            // The connections themselves say read only then.
            _ if desk.database.is_read_only() => Some(ReadOnlyReason::Chosen),
            _ if state.standby => Some(ReadOnlyReason::Standby),
            (_, true, _) => Some(ReadOnlyReason::Server),
            (_, _, false) => Some(ReadOnlyReason::Login),
            _ => None,
        };
        session.read_only = session.read_only_reason.is_some();
        session.min_app_version = Some(caller.min_app_version);
        session.sample = caller.sample;
        session.zone = caller.zone;
        session.now = caller.now;
        session.clock_shift_seconds = caller.clock_shift_seconds;
    }
    Ok(session)
}

/// Moves the clock of a sample database to `to`, or to the moment at which the next message may go.
pub async fn move_sample_clock(desk: &Desk, to: Option<DateTime<Utc>>) -> Result<DateTime<Utc>> {
    let to = match to {
        Some(to) => to,
        None => {
            let counts = crate::db::message::counts(&mut desk.database.reader().await?).await?;
            counts.next_at.ok_or_else(|| {
                Error::new(Code::NotFound, "No message waits for a later time. The clock was not moved.")
                    .hint("Prepare a day first, or say --to when.")
            })?
        }
    };
    db::move_clock(&mut desk.database.writer().await?, to).await
}
