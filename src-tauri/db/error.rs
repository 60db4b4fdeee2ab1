//! SQLSTATEs and constraint names become codes here, and only here.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgSeverity};

use super::tls;
use crate::error::{Code, Error};

/// A server may say anything, at any length: what is repeated of it ends here.
const MOST: usize = 300;

/// Whether the connection can no longer be used.
pub fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(e) => {
            let last = |e: &PgDatabaseError| matches!(e.severity(), PgSeverity::Fatal | PgSeverity::Panic);
            is_broken_state(e.code().as_deref()) || e.try_downcast_ref::<PgDatabaseError>().is_some_and(last)
        }
        sqlx::Error::RowNotFound
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_) => false,
        _ => true,
    }
}

/// The server says that it closes the connection.
pub fn is_broken_state(sqlstate: Option<&str>) -> bool {
    matches!(sqlstate, Some("57P01" | "57P02" | "57P03" | "57P05" | "25P03"))
}

/// A statement failed on an open connection.
pub fn failed(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::Database(e) => match e.try_downcast_ref::<PgDatabaseError>() {
            Some(pg) => database(pg),
            None => Error::new(Code::Internal, "The database refused this."),
        },
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => in_doubt(),
        sqlx::Error::RowNotFound => Error::new(Code::NotFound, "There is no such row."),
        other => {
            tracing::error!(kind = std::any::type_name_of_val(other), "a statement failed: {}", kind(other));
            Error::new(Code::Internal, format!("The answer of the database was not understood ({}).", kind(other)))
                .hint("Is the database migrated by this version? See `queue-desk migrate --plan`.")
        }
    }
}

fn in_doubt() -> Error {
    Error::new(
        Code::CommitInDoubt,
        "The connection broke before the database answered: what was asked may or may not have been done.",
    )
    .hint("Look at the ledger before doing it again.")
}

/// The server said nothing for so long; `let_in`: it had accepted the login, as poolers do that have no backend to give.
pub fn silent(options: &PgConnectOptions, waited: Duration, let_in: bool) -> Error {
    let server = format!("{}:{}", options.get_host(), options.get_port());
    let waited = waited.as_secs();
    match let_in {
        false => Error::new(Code::NoConnection, format!("{server} did not answer within {waited} s."))
            .hint("Is the address right, and the server reachable from here?"),
        true => Error::new(Code::NoConnection, format!("{server} let us in, and then did not answer within {waited} s."))
            .hint("A pooler may have no connection left. Close other programs that use it, or raise its pool size; each desk needs two."),
    }
}

/// What a pooler says of itself, under a state that means nothing else: PgBouncer's and Supavisor's own words.
fn pooler(server: &str, said: &str) -> Option<Error> {
    const ROOM: &str = "Close other programs that use it, or raise its pool size; each desk needs two.";
    let any = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let error = |message: String, hint: &str| Some(Error::new(Code::NoConnection, message).hint(hint));
    if any(&["MaxClientsInSessionMode", "max clients reached"]) {
        error(format!("The session pooler at {server} has no connection left."), ROOM)
    } else if any(&["no more connections allowed"]) {
        error(format!("The pooler at {server} lets nobody else in: it has as many clients as it may."), ROOM)
    } else if any(&["query_wait_timeout"]) {
        error(format!("The pooler at {server} had no connection to give in the time that it waits."), ROOM)
    } else if any(&["cannot connect to server", "server login has been failing", "server_login_retry"]) {
        error(
            format!("The pooler at {server} does not reach its database."),
            "Try again in a moment, or ask its admin.",
        )
    } else if any(&["no such database"]) {
        error(format!("The pooler at {server} knows no such database."), "Check the name at the end of the URL.")
            .map(|e| e.field("url"))
    } else {
        None
    }
}

/// A connection that was there a moment ago is not.
pub fn away() -> Error {
    Error::new(Code::NoConnection, "The connection to the database was lost.").hint("Try again in a moment.")
}

/// No connection came about.
pub fn connecting(error: sqlx::Error, options: &PgConnectOptions) -> Error {
    if let Some(refused) = tls::refused(&error, options) {
        return refused;
    }
    let host = options.get_host();
    let server = format!("{host}:{}", options.get_port());
    if let sqlx::Error::Database(e) = &error
        && matches!(e.code().as_deref(), Some("08P01" | "XX000" | "3D000"))
        && let Some(said) = pooler(&server, e.message())
    {
        return said;
    }
    match &error {
        sqlx::Error::Database(e) => match (e.code().as_deref(), e.message()) {
            // Supabase's pooler: it knows the project by the login.
            (_, said) if said.contains("Tenant or user not found") => Error::new(
                Code::WrongPassword,
                format!("{server} knows no project for the login \"{}\".", options.get_username()),
            )
            .field("login")
            .hint("On a Supabase pooler the login is name.project-ref, for example postgres.abcdefghijkl."),
            (Some("28000"), said) if said.contains("no encryption") => {
                Error::new(Code::TlsFailed, format!("{server} lets nobody in without TLS."))
                    .field("tls")
                    .hint("Choose verify-full (sslmode=verify-full).")
            }
            (Some("28000"), said) if said.contains("pg_hba.conf") => Error::new(
                Code::WrongPassword,
                format!("{server} does not let the login \"{}\" in from this computer.", options.get_username()),
            )
            .field("login")
            .hint("Its admin allows it in pg_hba.conf."),
            (Some("28P01" | "28000"), _) => Error::new(
                Code::WrongPassword,
                format!("{server} refused the login \"{}\": wrong password, or no such login.", options.get_username()),
            )
            .field("password")
            .hint("Give the password through DATABASE_URL or PGPASSFILE."),
            (Some("3D000"), _) => Error::new(
                Code::NoConnection,
                format!("{server} has no database \"{}\".", options.get_database().unwrap_or_default()),
            )
            .hint("Check the name at the end of the URL.")
            .field("url"),
            (Some("53300"), _) => Error::new(Code::NoConnection, format!("{server} has no connection left."))
                .hint("Try again when others have disconnected."),
            (Some("57P03"), _) => {
                Error::new(Code::NoConnection, format!("{server} is starting up or shutting down."))
                    .hint("Try again in a moment.")
            }
            _ => failed(error),
        },
        // Postgres sends such a password as it is; sqlx prepares it by RFC 4013 and gives up.
        sqlx::Error::Configuration(e) if e.to_string().contains("saslprep") => Error::new(
            Code::BadInput,
            "This password or login cannot be sent: it mixes letters that run from the right with others, or holds signs that are no letters.",
        )
        .field("password")
        .hint("Give the login a password of letters, digits and signs of one direction."),
        sqlx::Error::Io(e) if is_unreachable(e.kind()) && is_direct_supabase(host) => {
            Error::new(Code::NoConnection, format!("No way leads from here to {server} ({}).", e.kind()))
                .hint("Supabase's direct address is IPv6 only. Use the session pooler's address instead: Connect, Session pooler, port 5432.")
        }
        sqlx::Error::Io(e) => Error::new(Code::NoConnection, format!("No server answers at {server} ({}).", e.kind()))
            .hint("Is the server running, and the address right?"),
        _ => not_postgres(&server),
    }
}

/// Something listens, and it is no PostgreSQL.
pub fn not_postgres(server: &str) -> Error {
    Error::new(Code::NoConnection, format!("What answers at {server} does not speak PostgreSQL."))
        .field("port")
        .hint("Check host and port.")
}

fn is_unreachable(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind::{HostUnreachable, NetworkUnreachable, TimedOut};
    matches!(kind, HostUnreachable | NetworkUnreachable | TimedOut)
}

/// `db.<project>.supabase.co` has an IPv6 address only.
pub fn is_direct_supabase(host: &str) -> bool {
    host.starts_with("db.") && tls::is_supabase(host)
}

/// The beginning of what a server said.
fn clip(text: &str) -> &str {
    let mut end = text.len().min(MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn database(e: &PgDatabaseError) -> Error {
    let said = |code| {
        let error = Error::new(code, clip(e.message()));
        match e.hint() {
            Some(hint) => error.hint(clip(hint)),
            None => error,
        }
    };
    match e.code() {
        // Ours: the sentence was written for people.
        "QD001" => said(Code::NoOperator),
        "QD002" => said(Code::NoPermission),
        "QD004" => said(Code::NotFound),
        "QD005" => said(Code::PlanStale),
        "QD006" => said(Code::SenderRefused),
        "QD007" => said(Code::SampleRefused),
        "QD008" => said(Code::BadInput),
        "QD009" => said(Code::NoPermission),
        "QD011" => said(Code::NewerDatabase),
        "25006" => Error::new(Code::ReadOnly, "This login or server is read only. Nothing was changed.")
            .hint("Act from a login that may write; on a read replica, connect to the primary."),
        "42501" => Error::new(Code::NoPermission, format!("The login may not do this: {}.", clip(e.message())))
            .hint("Ask your admin: the login must be a member of queue_desk_operator."),
        "42P01" | "3F000" | "42883" | "42703" => Error::new(
            Code::NotMigrated,
            format!("The database lacks something that Queue Desk needs: {}.", clip(e.message())),
        )
        .hint("Ask your admin to run `queue-desk migrate --plan`, then `migrate --apply`."),
        // A pooler's, before it found a backend to send the statement to.
        "08P01" if e.message().contains("query_wait_timeout") => Error::new(
            Code::ConnectionLost,
            "The pooler had no connection to give in the time that it waits. Nothing was changed.",
        )
        .hint("Close other programs that use it, or raise its pool size; each desk needs two."),
        "22021" => Error::new(
            Code::BadInput,
            "A text holds a character that a database cannot keep, such as NUL. Nothing was changed.",
        ),
        "22007" | "22008" => Error::new(Code::BadInput, "A time was not understood. Nothing was changed."),
        // A pooler's, whose backend went away in the middle: what the backend did last, it does not know.
        state if is_poolers_end(state, e) => in_doubt(),
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Error::new(
            Code::ConnectionLost,
            "The server closed the connection before it was done. Nothing was changed.",
        )
        .hint("Try again in a moment."),
        "55P03" | "57014" | "40P01" | "40001" => {
            Error::new(Code::Busy, "The database was busy with something else for too long. Nothing was changed.")
                .hint("Try again.")
        }
        "53100" => Error::new(Code::Internal, "The database's disk is full. Nothing was changed."),
        "42P05" | "26000" => Error::new(
            Code::PoolerTransactionMode,
            "This is a transaction pooler, which mixes up the statements of its clients.",
        )
        .hint("Connect directly or through the session pooler (port 5432)."),
        state => {
            // The message of an unexpected refusal may quote a value, so the log gets its place only.
            let state = clip(state);
            tracing::error!(
                state,
                table = e.table().map(clip),
                constraint = e.constraint().map(clip),
                routine = e.routine().map(clip),
                "the database refused a statement"
            );
            let at = e.constraint().or(e.table()).map(|name| format!(", {}", clip(name))).unwrap_or_default();
            Error::new(
                Code::Internal,
                format!("The database refused this (SQLSTATE {state}{at}). Nothing was changed."),
            )
        }
    }
}

/// Class 08 is about connections; Supavisor says everything as XX000.
fn is_poolers_end(state: &str, e: &PgDatabaseError) -> bool {
    state.starts_with("08") || (state == "XX000" && e.severity() == PgSeverity::Fatal)
}

fn kind(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index}"),
        sqlx::Error::ColumnNotFound(name) => format!("no column {name}"),
        sqlx::Error::Decode(_) => "decode".into(),
        _ => "connection".into(),
    }
}
