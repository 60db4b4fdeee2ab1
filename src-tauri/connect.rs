//! From a target to a desk: starts the embedded server where it is asked for, and fills it at the very first start.

use sqlx::postgres::PgConnectOptions;

use crate::{
    action::Desk,
    audit::migrate,
    config::Target,
    db::{self, Database},
    embedded::{Embedded, Home, Role},
    error::{Code, Error, Result},
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
            Target::Url(_) => None,
        };
        Ok(Self { embedded, target })
    }

    /// The desk login, or the login of the URL.
    pub async fn desk(&self) -> Result<Desk> {
        let options = self.options(Role::Desk);
        let name = match &self.embedded {
            Some(_) => "Local database".to_owned(),
            None => format!("{}/{}", options.get_host(), options.get_database().unwrap_or(options.get_username())),
        };
        Ok(Desk { database: Database::connect(options).await?, name, embedded: self.embedded.is_some(), as_user: None })
    }

    /// Who migrates and makes samples: the embedded server's owner, or the login of the URL. A connection of its own.
    pub async fn owner(&self) -> Result<sqlx::PgConnection> {
        db::open(&self.options(Role::Owner), false).await
    }

    /// How [`Connected::owner`] connects.
    pub fn owner_options(&self) -> PgConnectOptions {
        self.options(Role::Owner)
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

    async fn migrate_and_fill(&self, owner: &mut sqlx::PgConnection) -> Result<()> {
        let migration = migrate::plan(owner).await?;
        if migration.pending() > 0 {
            migrate::apply(owner).await?;
        }
        // At every start, because a first one may have been killed before the sample; a filled database refuses it.
        if migration.creates_crm {
            let options =
                SampleOptions { leads: SAMPLE_LEADS, seed: SAMPLE_SEED, reset: false, map_login: self.desk_login() };
            match sample::generate(owner, &options).await {
                Err(e) if e.code != Code::SampleRefused => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }

    fn options(&self, role: Role) -> PgConnectOptions {
        match (&self.embedded, &self.target) {
            (Some(embedded), _) => embedded.connect_options(role),
            (None, Target::Url(options)) => PgConnectOptions::clone(options),
            (None, Target::Embedded) => unreachable!("the embedded target was started by open"),
        }
    }
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
