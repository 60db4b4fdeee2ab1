//! A test of the way to a database, step by step, each told as it is known: name, TCP, TLS, login, version, pooler, role, tables. What
//! comes after a failed step is unknown. It writes nothing, and ends in bounded time whatever answers.

use std::{
    future::Future,
    io::ErrorKind,
    time::{Duration, Instant},
};

use sqlx::PgConnection;

use super::wire::{self, Said};
use crate::{
    audit::migrate,
    config::Server,
    db::{self, check, connect as ask, error as words, session::State},
    error::{Code, Error, Result},
    model::connection::{DatabaseIs, Offer, Probe, ProbeLine, ProbeState, ProbeStep, Tls, is_near},
};

/// How long all questions together may take, once the server let us in.
const PATIENCE: Duration = Duration::from_secs(20);
/// The oldest PostgreSQL that our SQL runs on.
const OLDEST: u32 = 15;

/// Tests the way to `server`; `report` hears each line as it is known.
pub async fn run(server: &Server, report: &(dyn Fn(&ProbeLine) + Send + Sync)) -> Probe {
    let mut test = Test { server, report, probe: empty() };
    if let Err(problem) = test.go().await {
        test.probe.problem = Some(problem);
    }
    for step in ProbeStep::ALL {
        if !test.probe.lines.iter().any(|line| line.step == step) {
            test.say(step, ProbeState::Unknown, "Not known yet.".to_owned(), None, None);
        }
    }
    test.probe.lines.sort_by_key(|line| ProbeStep::ALL.iter().position(|step| *step == line.step));
    test.probe
}

fn empty() -> Probe {
    Probe { lines: Vec::new(), database: None, offers: Vec::new(), pending: 0, ask_admin: None, problem: None }
}

struct Test<'a> {
    server: &'a Server,
    report: &'a (dyn Fn(&ProbeLine) + Send + Sync),
    probe: Probe,
}

impl Test<'_> {
    async fn go(&mut self) -> Result<()> {
        self.way().await?;
        let (mut conn, process) = self.login().await?;
        let asked = within(self.questions(&mut conn, process)).await;
        db::close(conn).await;
        asked
    }

    /// Name, TCP and what TLS the server offers, on a connection that says nothing else.
    async fn way(&mut self) -> Result<()> {
        let (host, port) = (self.server.options.get_host(), self.server.options.get_port());
        if host.starts_with('/') {
            self.ok(ProbeStep::Name, "A socket on this computer.", None);
            self.ok(ProbeStep::Tcp, "No network is needed.", None);
            self.ok(ProbeStep::Tls, "Nothing leaves this computer.", None);
            return Ok(());
        }
        let since = Instant::now();
        let addresses = wire::resolve(host, port).await.map_err(|e| {
            let why = if e.kind() == ErrorKind::TimedOut { "nobody answered that question in time" } else { "there is no such name" };
            let error = Error::new(Code::NoConnection, format!("{host} leads to no address: {why}.")).field("host");
            self.failed(ProbeStep::Name, match words::is_direct_supabase(host) {
                true => error.hint("Supabase's direct address is IPv6 only. Use the session pooler's address: Connect, Session pooler, port 5432."),
                false => error.hint("Is it written right? Is this computer online, or in the VPN that knows the name?"),
            })
        })?;
        let found = match addresses.as_slice() {
            [one] if one.ip().to_string() == host => format!("{host} is an address."),
            [one] => format!("{host} is {}.", one.ip()),
            [one, ..] => format!("{host} is {}, and has {} addresses more.", one.ip(), addresses.len() - 1),
            [] => String::new(),
        };
        self.ok(ProbeStep::Name, &found, Some(since));

        let since = Instant::now();
        let stream = wire::reach(&addresses).await.map_err(|e| {
            let error = words::connecting(sqlx::Error::Io(e), &self.server.options).field("host");
            self.failed(ProbeStep::Tcp, error)
        })?;
        self.ok(ProbeStep::Tcp, &format!("Port {port} answers."), Some(since));

        let name = format!("{host}:{port}");
        match (wire::ask_for_tls(stream).await, self.server.tls()) {
            (Said::Garbage, _) => Err(self.failed(ProbeStep::Tls, words::not_postgres(&name))),
            (Said::Nothing, _) => Err(self.failed(
                ProbeStep::Tls,
                Error::new(Code::NoConnection, format!("{name} lets us in, and then says nothing."))
                    .field("port")
                    .hint("Another program may be listening there, or a firewall holds the connection."),
            )),
            (Said::HungUp, _) => Err(self.failed(
                ProbeStep::Tls,
                Error::new(Code::NoConnection, format!("{name} hung up at once."))
                    .field("port")
                    .hint("Is it a PostgreSQL? A pooler or proxy in between may not reach its server."),
            )),
            (Said::NoTls, Tls::Disable) => {
                self.in_clear(host, "The server offers no TLS.");
                Ok(())
            }
            (Said::NoTls, _) => Err(self.failed(ProbeStep::Tls, db::tls::not_offered(&name))),
            (Said::Tls, Tls::Disable) => {
                self.in_clear(host, "The server offers TLS; it is switched off here.");
                Ok(())
            }
            // Whether its certificate holds is known with the login.
            (Said::Tls, _) => Ok(()),
        }
    }

    fn in_clear(&mut self, host: &str, why: &str) {
        match is_near(host) {
            true => self.ok(
                ProbeStep::Tls,
                &format!("In clear: the way stays on this computer or a private network. {why}"),
                None,
            ),
            false => self.say(
                ProbeStep::Tls,
                ProbeState::Warn,
                format!("In clear: names, phones and texts can be read on the way. {why}"),
                Some("Choose verify-full, unless the way is protected otherwise.".into()),
                None,
            ),
        }
    }

    async fn login(&mut self) -> Result<(PgConnection, i32)> {
        let since = Instant::now();
        let result = db::open_bare(&self.server.options).await;
        let ms = Some(since);
        if !self.probe.lines.iter().any(|line| line.step == ProbeStep::Tls) {
            match &result {
                Err(e) if e.code == Code::TlsFailed => return Err(self.failed(ProbeStep::Tls, e.clone())),
                // The handshake comes before the login, which was reached or broke off without a word.
                Err(e) if e.code == Code::NoConnection => {}
                _ => match self.server.tls() {
                    Tls::Require => self.say(
                        ProbeStep::Tls,
                        ProbeState::Warn,
                        "Encrypted, and nobody checked who answers.".into(),
                        Some("Choose verify-full, so that nobody can answer in the server's place.".into()),
                        None,
                    ),
                    Tls::VerifyCa => self.ok(
                        ProbeStep::Tls,
                        "Encrypted; the certificate's issuer is known, its name was not compared.",
                        None,
                    ),
                    _ => self.ok(ProbeStep::Tls, "Encrypted; the certificate is for this host.", None),
                },
            }
        }
        match result {
            Ok(conn) => {
                let login = self.server.options.get_username();
                self.ok(ProbeStep::Login, &format!("The server knows the login {login}."), ms);
                Ok(conn)
            }
            Err(e) if e.code == Code::WrongPassword && e.field.as_deref() == Some("password") => Err(self.failed(
                ProbeStep::Login,
                e.hint("Type it again, or ask your admin for a new one. Some servers shut out who tries too often."),
            )),
            Err(e) => Err(self.failed(ProbeStep::Login, e)),
        }
    }

    async fn questions(&mut self, conn: &mut PgConnection, process: i32) -> Result<()> {
        self.version(conn.server_version_num())?;
        self.pooler(conn, process).await?;
        db::set_up_reader(conn).await?;
        let state = db::migrate::state(conn).await.map_err(|e| match e.code {
            Code::NoPermission => self.failed(ProbeStep::Role, e),
            _ => e,
        })?;
        let role = ask::role(conn).await?;
        let acts = if state.has_queue_desk { ask::operator(conn).await.ok() } else { None };
        let read_only = state.read_only || self.server.read_only;
        self.role(&role, acts.as_ref(), &state);

        let migration = migrate::plan(conn).await;
        let is = what(&state, &migration);
        self.probe.database = Some(is);
        self.probe.pending = migration.as_ref().map_or(0, |m| u32::try_from(m.pending()).unwrap_or(u32::MAX));
        let seen = if state.has_crm && role.reads_crm == Some(true) { ask::counts(conn).await.ok() } else { None };
        self.tables(is, seen, migration.as_ref().err());

        let wants = matches!(is, DatabaseIs::Empty | DatabaseIs::NotMigrated | DatabaseIs::Outdated);
        self.probe.ask_admin =
            wants.then(|| migrate::rights::refused(&role, is == DatabaseIs::Empty, state.read_only)).flatten();
        let may_set_up = wants && self.probe.ask_admin.is_none();
        self.probe.offers = match is {
            DatabaseIs::Ready | DatabaseIs::Outdated if acts.is_none() => vec![Offer::Look],
            DatabaseIs::Ready | DatabaseIs::Outdated if read_only => vec![Offer::ReadOnly],
            DatabaseIs::Ready | DatabaseIs::Outdated => vec![Offer::Open, Offer::ReadOnly],
            DatabaseIs::Newer if acts.is_some() => vec![Offer::ReadOnly],
            DatabaseIs::Newer | DatabaseIs::NotMigrated | DatabaseIs::Empty | DatabaseIs::Other => vec![Offer::Look],
        };
        if may_set_up {
            self.probe.offers.push(Offer::SetUp);
        }
        Ok(())
    }

    /// As in 170004.
    fn version(&mut self, number: Option<u32>) -> Result<()> {
        let Some(number) = number else {
            self.say(ProbeStep::Version, ProbeState::Unknown, "The server did not say its version.".into(), None, None);
            return Ok(());
        };
        let version = format!("{}.{}", number / 10_000, number % 10_000);
        if number / 10_000 < OLDEST {
            let message = format!("The server is PostgreSQL {version}; Queue Desk needs {OLDEST} or newer.");
            let error = Error::new(Code::BadInput, message).hint("Move the database to a newer server.");
            return Err(self.failed(ProbeStep::Version, error));
        }
        self.ok(ProbeStep::Version, &format!("PostgreSQL {version}."), None);
        Ok(())
    }

    async fn pooler(&mut self, conn: &mut PgConnection, process: i32) -> Result<()> {
        match check::shares_backends(conn, process, &self.server.options).await {
            Ok(false) => self.ok(
                ProbeStep::Pooler,
                "Each connection has a backend of its own: direct, or a session pooler.",
                None,
            ),
            Ok(true) => return Err(self.failed(ProbeStep::Pooler, super::transaction_pooler())),
            Err(e) if e.code == Code::PoolerTransactionMode => {
                return Err(self.failed(ProbeStep::Pooler, super::transaction_pooler()));
            }
            Err(e) => self.say(
                ProbeStep::Pooler,
                ProbeState::Unknown,
                format!("There was no second connection to compare with: {}", e.message),
                e.hint,
                None,
            ),
        }
        Ok(())
    }

    fn role(&mut self, role: &ask::Role, acts: Option<&ask::Acts>, on: &State) {
        let login = &role.login;
        let (state, text, hint) = match acts {
            Some(ask::Acts { name: Some(name), .. }) if on.standby => (
                ProbeState::Warn,
                format!("{login} is {name}, and may look only: this is a read replica."),
                Some("To act, connect to the primary."),
            ),
            Some(ask::Acts { name: Some(name), .. }) if on.read_only => (
                ProbeState::Warn,
                format!("{login} is {name}, and may look only."),
                Some("The server or the login is read only."),
            ),
            Some(ask::Acts { name: Some(name), may_act: true, .. }) => {
                (ProbeState::Ok, format!("{login} is {name}, and may act."), None)
            }
            Some(_) => (
                ProbeState::Warn,
                format!("{login} is nobody's login here, and may look only."),
                Some("An admin maps it to an operator."),
            ),
            None if on.standby => (
                ProbeState::Warn,
                format!("{login} may look only: this is a read replica."),
                Some("To set it up or to act, connect to the primary."),
            ),
            None if role.superuser => (
                ProbeState::Warn,
                format!("{login} is a superuser."),
                Some("Good for setting up; for every day use a login of your own."),
            ),
            None if role.owns_crm == Some(true) => (ProbeState::Ok, format!("{login} owns the CRM's tables."), None),
            None if role.reads_crm == Some(false) => (
                ProbeState::Warn,
                format!("{login} may not read the CRM's tables."),
                Some("Ask your admin: the login must be a member of queue_desk_operator."),
            ),
            None if role.owns_crm.is_none() && role.may_create_tables => {
                (ProbeState::Ok, format!("{login} may make tables here."), None)
            }
            None => (ProbeState::Warn, format!("{login} may look, not change the database."), None),
        };
        self.say(ProbeStep::Role, state, text, hint.map(str::to_owned), None);
    }

    fn tables(&mut self, is: DatabaseIs, seen: Option<ask::Seen>, plan: Option<&Error>) {
        let many = |n: i64, one: &str| match n {
            1 => format!("1 {one}"),
            n if n > 100_000 => format!("more than 100,000 {one}s"),
            n if n >= 1_000 => format!("{},{:03} {one}s", n / 1_000, n % 1_000),
            n => format!("{n} {one}s"),
        };
        let crm = match seen {
            Some(seen) => {
                format!("The CRM: {}, {} for this login", many(seen.leads, "lead"), many(seen.messages, "message"))
            }
            None => "The CRM, whose rows this login may not read".to_owned(),
        };
        let pending = self.probe.pending;
        let (state, text, hint) = match is {
            DatabaseIs::Empty => (ProbeState::Ok, "No table: the database is empty.".to_owned(), None),
            DatabaseIs::Other => (
                ProbeState::Failed,
                "There are tables, but not those of the CRM (leads, whatsapp_message_queue).".to_owned(),
                Some("Is this the right database? On Supabase it is called postgres.".to_owned()),
            ),
            DatabaseIs::NotMigrated => (ProbeState::Warn, format!("{crm}. It is not set up for Queue Desk yet."), None),
            DatabaseIs::Outdated => {
                (ProbeState::Warn, format!("{crm}. {pending} steps are missing: an older Queue Desk set it up."), None)
            }
            DatabaseIs::Newer => (
                ProbeState::Warn,
                format!("{crm}. A newer Queue Desk set it up."),
                Some("Install the newer Queue Desk on this computer to act here.".to_owned()),
            ),
            // Only an owner may read which steps were done.
            DatabaseIs::Ready if plan.is_some() => {
                (ProbeState::Ok, format!("{crm}. It is set up for Queue Desk."), None)
            }
            DatabaseIs::Ready => (ProbeState::Ok, format!("{crm}. It is set up, and up to date."), None),
        };
        self.say(ProbeStep::Tables, state, text, hint, None);
    }

    fn ok(&mut self, step: ProbeStep, text: &str, since: Option<Instant>) {
        let ms = since.map(|since| u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX));
        self.say(step, ProbeState::Ok, text.to_owned(), None, ms);
    }

    fn failed(&mut self, step: ProbeStep, error: Error) -> Error {
        self.say(step, ProbeState::Failed, error.message.clone(), error.hint.clone(), None);
        error
    }

    fn say(&mut self, step: ProbeStep, state: ProbeState, text: String, hint: Option<String>, ms: Option<u32>) {
        let line = ProbeLine { step, state, words: text, hint, ms };
        (self.report)(&line);
        self.probe.lines.push(line);
    }
}

fn what(state: &db::session::State, migration: &Result<migrate::Migration>) -> DatabaseIs {
    match (state, migration) {
        (_, Err(e)) if e.code == Code::NewerDatabase => DatabaseIs::Newer,
        (s, _) if s.has_crm && !s.has_queue_desk => DatabaseIs::NotMigrated,
        (s, Ok(m)) if s.has_crm && m.pending() > 0 => DatabaseIs::Outdated,
        (s, _) if s.has_crm => DatabaseIs::Ready,
        (s, Ok(_)) if s.is_empty => DatabaseIs::Empty,
        // Half made by a set-up that was stopped.
        (_, Ok(m)) if m.creates_crm => DatabaseIs::Empty,
        _ => DatabaseIs::Other,
    }
}

async fn within(asked: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| {
        Err(Error::new(Code::Busy, format!("The database did not answer within {} s.", PATIENCE.as_secs()))
            .hint("Try again when it is less busy."))
    })
}
