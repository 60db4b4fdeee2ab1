//! The Postgres server that comes with Queue Desk: for a first start without a server, and for the tests.
//!
//! [`Embedded::start`] shares one server per [`Home`] between every window and command of this computer. The server is
//! detached from the program that started it; the last client to leave stops it. [`Embedded::throwaway`] is a private
//! server that ends with the process.
//!
//! Everything here blocks, for a second or two when a cluster is created: from async code, call it through
//! `spawn_blocking`. `std::process::exit` skips `Drop`, so a window calls [`Embedded::stop`] before it exits; a server
//! that was left behind anyway is taken over by the next start.

mod account;
mod binaries;
mod bootstrap;
mod home;
mod server;
mod throwaway;
#[cfg(windows)]
mod windows;

use std::{
    fs::{File, TryLockError},
    thread,
    time::{Duration, Instant},
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};

pub use self::home::Home;
use self::{account::Account, binaries::Binaries, home::Credentials, server::Server, throwaway::Throwaway};
use crate::error::{Code, Error, Result};

/// The database that the desk works in.
pub const DATABASE: &str = "queue_desk";

/// How long a server that is starting, recovering or stopping may take before a start gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The logins of the embedded server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `supabase_admin`, a superuser: creates the roles and the database, nothing else.
    Superuser,
    /// `postgres`, as on Supabase no superuser: owns the database, migrates it and makes the sample.
    Owner,
    /// `desk`: an operator's login, bound by row security.
    Desk,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 3] = [Role::Superuser, Role::Owner, Role::Desk];

    /// The login's name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Superuser => "supabase_admin",
            Role::Owner => "postgres",
            Role::Desk => "desk",
        }
    }
}

/// A running server, and this client's share in it. Dropping it gives the share back.
#[derive(Debug)]
pub struct Embedded {
    server: Server,
    port: u16,
    /// `None`: the server trusts everyone who reaches it (throwaway servers).
    credentials: Option<Credentials>,
    share: Option<Share>,
}

#[derive(Debug)]
enum Share {
    /// A shared lock on the home's `clients` file, held for as long as this client needs the server.
    Client {
        home: Home,
        clients: File,
    },
    Throwaway(Throwaway),
}

impl Embedded {
    /// The server of this home: the one that runs already, or a new one; with its roles and its (maybe empty) database.
    ///
    /// # Errors
    /// `NoBinaries`, `FolderNotWritable`, `DataVersion` (the data is left alone), `PortTaken`, `ServerFailed`.
    pub fn start(home: &Home) -> Result<Self> {
        let account = Account::of_server();
        let binaries = Binaries::find(home)?;
        home.prepare(&account)?;
        let _turn = home.take_turn()?;
        let server = Server::new(home.folder(), binaries.reachable_by(&account, home.folder())?, account)?;
        server.check_folder()?;
        server.refuse_other_version()?;
        let credentials = home.credentials(server.has_data())?;
        let clients = home.lock_file("clients")?;
        clients.lock_shared().map_err(|error| home.unusable("clients", &error))?;

        let port = match Self::running(&server, &credentials)? {
            Found::Running(port) => port,
            Found::Nothing(alone) => {
                if !server.has_data() {
                    server.create_data(Some(credentials.of(Role::Superuser)))?;
                }
                server.launch(home.forced_port(), &server::DESKTOP, Some(alone))?
            }
        };
        let mut embedded = Self { server, port, credentials: Some(credentials), share: None };
        if let Err(error) = bootstrap::run(&embedded) {
            // Not through `Drop`: it would wait for the turn that is ours. Other clients may be using the server.
            if given_back(home, clients)? {
                embedded.server.stop()?;
            }
            return Err(error);
        }
        embedded.share = Some(Share::Client { home: home.clone(), clients });
        Ok(embedded)
    }

    /// A private server with the same roles in a fresh temporary folder, without passwords and without durability.
    /// It ends with this value or with the process, however that ends.
    ///
    /// # Errors
    /// As [`Embedded::start`], but for the data's version and the port.
    pub fn throwaway() -> Result<Self> {
        let (server, port, share) = throwaway::start()?;
        let embedded = Self { server, port, credentials: None, share: Some(Share::Throwaway(share)) };
        bootstrap::run(&embedded)?;
        Ok(embedded)
    }

    /// How to connect as this role. The caller adds its application name.
    pub fn connect_options(&self, role: Role) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .ssl_mode(PgSslMode::Disable)
            .database(DATABASE)
            .username(role.name());
        match &self.credentials {
            Some(credentials) => options.password(credentials.of(role)),
            None => options,
        }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Throws the database away with everything in it and makes an empty one. Cuts whoever is connected to it.
    ///
    /// # Errors
    /// `ServerFailed`.
    pub fn recreate_database(&self) -> Result<()> {
        bootstrap::recreate_database(self)
    }

    /// Gives this client's share back; the last one stops the server and waits for it.
    ///
    /// # Errors
    /// `ServerFailed`, with the share given back all the same.
    pub fn stop(mut self) -> Result<()> {
        self.leave()
    }

    fn leave(&mut self) -> Result<()> {
        match self.share.take() {
            None => Ok(()),
            Some(Share::Throwaway(throwaway)) => throwaway.end(&self.server),
            Some(Share::Client { home, clients }) => {
                let _turn = home.take_turn()?;
                match given_back(&home, clients)? {
                    true => self.server.stop(),
                    false => Ok(()),
                }
            }
        }
    }

    /// Looks for a server that an earlier client started, waiting out one that is on its way up or down.
    fn running(server: &Server, credentials: &Credentials) -> Result<Found> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // A file that says "ready" may be years old: only a login with our password on our folder counts.
            if let Some(port) = server.ready_port()
                && bootstrap::is_ours(port, credentials, &server.data())
            {
                return Ok(Found::Running(port));
            }
            if let Some(alone) = server.alone()? {
                return Ok(Found::Nothing(alone));
            }
            if Instant::now() > deadline {
                return Err(Error::new(
                    Code::ServerFailed,
                    format!("A database server is running in {} but does not answer.", server.data().display()),
                )
                .hint("Restart the computer, or stop that server, and start again. The data is safe."));
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Gives a share back. True: it was the last one.
fn given_back(home: &Home, clients: File) -> Result<bool> {
    // Unlocked by name: a child process between fork and exec may hold a copy of the handle for a moment. Windows hands no copies on,
    // and closing is enough there.
    if cfg!(unix) {
        clients.unlock().map_err(|error| home.unusable("clients", &error))?;
    }
    drop(clients);
    match home.lock_file("clients")?.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(home.unusable("clients", &error)),
    }
}

enum Found {
    /// It answers on this port.
    Running(u16),
    /// No process of it is left; the lock says so for as long as it is held.
    Nothing(File),
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::warn!(%error, "the embedded server could not be left in order");
        }
    }
}
