//! What every test may use: folders that vanish, sessions on a server, databases of a test's own, a window without a screen.

mod alone;
pub mod around;
#[cfg(target_os = "linux")]
pub mod bouncer;
#[cfg(target_os = "linux")]
pub mod bus;
pub mod contract;
pub mod database;
pub mod days;
pub mod fixture;
pub mod office;
pub mod sending;
#[cfg(target_os = "linux")]
pub mod standby;
pub mod terminal;
pub mod tls;
pub mod way;
#[cfg(feature = "desktop")]
pub mod window;

use std::{
    fs,
    path::{Path, PathBuf},
};

use queue_desk::embedded::{Embedded, Home, Role};
use sqlx::{Connection, PgConnection};

pub use self::alone::alone;
pub use self::database::{TestDatabase, run};
pub use self::office::Office;

/// A folder of the test's own, removed at its end. The account that root's server runs under can pass into it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("queue-desk-test-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir(&path).expect("a temporary folder");
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("its permissions");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// This home with the binaries that the run was given.
pub fn with_binaries(home: Home) -> Home {
    match std::env::var_os("QUEUE_DESK_POSTGRES") {
        Some(directory) => home.with_postgres(directory),
        None => home,
    }
}

/// A session on the desk's database as this role.
pub async fn session(server: &Embedded, role: Role) -> PgConnection {
    PgConnection::connect_with(&server.connect_options(role)).await.expect("a session")
}
