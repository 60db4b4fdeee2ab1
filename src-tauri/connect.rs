//! From a target to a desk: starts the embedded server where it is asked for, and fills it at the very first start. Beside it, what a
//! person needs before there is a desk: a test of the way (`probe`), and setting a database up (`setup`).

pub mod password;
pub mod probe;
pub mod setup;
mod wire;

use sqlx::{PgConnection, postgres::PgConnectOptions};

use crate::{
    action::Desk,
    audit::{
        check::{Checking, Limits, Memory},
        migrate,
    },
    config::{Server, Target},
    db::{self, Database},
    embedded::{Embedded, Home, Role},
    error::{Code, Error, Result},
    model::connection::{Environment, Guard},
    sample::{self, SampleOptions},
};

/// Leads of the sample that a first start makes.
pub const SAMPLE_LEADS: u32 = 500;
/// The seed of that sample: everybody sees the same one.
pub const SAMPLE_SEED: u64 = 1;

/// An open target. The embedded server is this client's to give back when it is dropped.
pub struct Connected {
    pub embedded: Option<Embedded>,
    target: Target,
}

impl Connected {
    /// Starts the embedded server, if it is the target; connects to nothing yet.
    pub async fn open(target: Target) -> Result<Self> {
        let embedded = match target {
            Target::Embedded => Some(blocking(|| Embedded::start(&Home::from_env()?)).await?),
            Target::Server(_) => None,
        };
        Ok(Self { embedded, target })
    }

    /// The desk login, or the login of the URL; over `first`, where [`Connected::refuse_transaction_pooler`] left one.
    pub async fn desk(&self, first: Option<PgConnection>) -> Result<Desk> {
        let options = self.options(Role::Desk);
        let embedded = self.embedded.is_some();
        let (name, environment, guard, read_only) = match &self.target {
            Target::Server(server) => (server.title(), server.environment, server.guard, server.read_only),
            Target::Embedded => ("Local database".to_owned(), Environment::Local, Guard::Silent, false),
        };
        let database = Database::of(options, read_only, first).await?;
        Ok(Desk { database, name, embedded, environment, guard, as_user: None })
    }

    /// Lets a desk of this target remember in this folder what it saw, so that also the next run notices when the database goes back to an
    /// earlier state.
    pub fn remember(&self, desk: &Desk, folder: &std::path::Path) {
        let options = desk.database.options();
        let place = match self.embedded {
            Some(_) => "embedded".to_owned(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let database = options.get_database().unwrap_or(options.get_username());
        desk.database.remember_in(folder, &format!("{place}/{database}"));
    }

    /// Refuses a transaction pooler, found out by two connections that are open at once. The first of them is good for the desk.
    ///
    /// # Errors
    /// `PoolerTransactionMode`; those of connecting.
    pub async fn refuse_transaction_pooler(&self) -> Result<Option<PgConnection>> {
        let Target::Server(server) = &self.target else { return Ok(None) };
        let (mut conn, process) = db::open_bare(&server.options).await?;
        match db::check::shares_backends(&mut conn, process, &server.options).await {
            Ok(false) => Ok(Some(conn)),
            Ok(true) => Err(transaction_pooler()),
            Err(e) if e.code == Code::PoolerTransactionMode => Err(transaction_pooler()),
            Err(_) => {
                db::close(conn).await;
                Ok(None)
            }
        }
    }

    /// Who migrates and makes samples: the embedded server's owner, or the login of the URL. A connection of its own.
    ///
    /// # Errors
    /// `ReadOnly` for a connection that is only for looking; those of connecting.
    pub async fn owner(&self) -> Result<PgConnection> {
        if matches!(&self.target, Target::Server(server) if server.read_only) {
            return Err(only_for_looking());
        }
        db::open(&self.options(Role::Owner), false).await
    }

    /// How [`Connected::owner`] connects.
    pub fn owner_options(&self) -> PgConnectOptions {
        self.options(Role::Owner)
    }

    /// How the desk connects, for a test of the way.
    pub fn server(&self) -> Server {
        match &self.target {
            Target::Server(server) => Server::clone(server),
            Target::Embedded => Server {
                options: self.options(Role::Desk),
                environment: Environment::Local,
                guard: Guard::Silent,
                read_only: false,
            },
        }
    }

    /// The schema check of this target, for its desk login, which remembers in this computer's own folder. The embedded database is
    /// checked as its owner, who sees every row.
    pub fn checking(&self) -> Result<Checking> {
        let options = self.owner_options();
        let place = match self.embedded {
            Some(_) => "embedded".to_owned(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        // Where nothing can be remembered, a check is worth having all the same.
        let memory = Home::from_env()?.ready().ok().map(|folder| Memory { folder: folder.to_owned(), place });
        Ok(Checking { options, acting: self.desk_login(), memory, limits: Limits::default() })
    }

    /// The login that a sample maps to its first operator.
    pub fn desk_login(&self) -> String {
        self.options(Role::Desk).get_username().to_owned()
    }

    /// Migrates the embedded database, and fills a new one with sample leads; any other database is left as it is.
    pub async fn set_up(&self) -> Result<()> {
        if self.embedded.is_none() {
            return Ok(());
        }
        let mut owner = self.owner().await?;
        let done = self.migrate_and_fill(&mut owner).await;
        db::close(owner).await;
        done
    }

    async fn migrate_and_fill(&self, owner: &mut PgConnection) -> Result<()> {
        let migration = migrate::plan(owner).await?;
        if migration.pending() > 0 {
            migrate::apply(owner).await?;
        }
        // At every start, because a first one may have been killed before the sample; a filled database refuses it.
        let options =
            SampleOptions { leads: SAMPLE_LEADS, seed: SAMPLE_SEED, reset: false, map_login: self.desk_login() };
        match sample::generate(owner, &options).await {
            Err(e) if e.code != Code::SampleRefused => Err(e),
            _ => Ok(()),
        }
    }

    fn options(&self, role: Role) -> PgConnectOptions {
        match (&self.embedded, &self.target) {
            (Some(embedded), _) => embedded.connect_options(role),
            (None, Target::Server(server)) => server.options.clone(),
            (None, Target::Embedded) => unreachable!("the embedded target was started by open"),
        }
    }
}

/// What a connection whose guard is read only says to who would change the database.
pub fn only_for_looking() -> Error {
    Error::new(Code::ReadOnly, "This connection is saved as read only. Nothing was done.")
        .hint("Change its guard on the connect screen, or use another connection.")
}

fn transaction_pooler() -> Error {
    Error::new(
        Code::PoolerTransactionMode,
        "This is a transaction pooler: two connections share one backend, and the statements of its clients get mixed up.",
    )
    .field("port")
    .hint("Use port 5432: the session pooler (on Supabase the same address), or the direct address.")
}

/// The folder in which this computer remembers, made where it is not there: that of the embedded server.
pub fn folder() -> Result<std::path::PathBuf> {
    Ok(Home::from_env()?.ready()?.to_path_buf())
}

/// Where that folder is; it may not exist yet.
pub fn folder_path() -> Option<std::path::PathBuf> {
    Home::from_env().ok().map(|home| home.folder().to_path_buf())
}

/// Runs what blocks off the async threads.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::new(Code::Internal, "A background task broke off."))?
}
