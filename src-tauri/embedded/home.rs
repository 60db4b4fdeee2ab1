//! The folder of the embedded server: `data`, `credentials`, `postgres.log`, and the lock files `start`, `clients`, `server`. Beside
//! them `heads.json`, what this computer remembers of ledgers (see `audit::heads`).

use std::{
    env, fmt,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Role, account::Account};
use crate::error::{Code, Error, Result};

/// Where the embedded server lives, and which binaries and port it was told to use.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
    postgres: Option<PathBuf>,
    bundled: Option<PathBuf>,
    port: Option<u16>,
}

impl Home {
    /// This home, with the binaries and the port left to be found.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), postgres: None, bundled: None, port: None }
    }

    /// As the environment says: `QUEUE_DESK_HOME`, or the platform's data folder; `QUEUE_DESK_POSTGRES`; `QUEUE_DESK_PORT`.
    ///
    /// # Errors
    /// `BadInput` for a port that is none, `FolderNotWritable` where the platform names no data folder.
    pub fn from_env() -> Result<Self> {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        let folder = match set("QUEUE_DESK_HOME") {
            Some(folder) => folder.into(),
            None => default_folder().ok_or_else(|| {
                Error::new(Code::FolderNotWritable, "There is no folder to keep the database in.")
                    .hint("Set QUEUE_DESK_HOME to a folder.")
            })?,
        };
        let port = set("QUEUE_DESK_PORT").map(|port| match port.to_string_lossy().parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(Error::new(Code::BadInput, "QUEUE_DESK_PORT must be a number from 1 to 65535.")
                .field("QUEUE_DESK_PORT")),
        });
        Ok(Self { postgres: set("QUEUE_DESK_POSTGRES").map(Into::into), port: port.transpose()?, ..Self::at(folder) })
    }

    /// Use the binaries of this directory (with bin/, lib/ and share/) and no others.
    pub fn with_postgres(self, directory: impl Into<PathBuf>) -> Self {
        Self { postgres: Some(directory.into()), ..self }
    }

    /// Where an installed application keeps the binaries it ships.
    pub fn with_bundled(self, directory: impl Into<PathBuf>) -> Self {
        Self { bundled: Some(directory.into()), ..self }
    }

    /// Listen on this port or not at all. A server that runs already keeps its port.
    pub fn with_port(self, port: u16) -> Self {
        Self { port: Some(port), ..self }
    }

    /// The folder itself; it may not exist yet.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn forced_port(&self) -> Option<u16> {
        self.port
    }

    pub(super) fn postgres(&self) -> Option<&Path> {
        self.postgres.as_deref()
    }

    pub(super) fn bundled(&self) -> Option<&Path> {
        self.bundled.as_deref()
    }

    /// Creates the folder: private, or passable where the server runs under another account than ours.
    pub(super) fn prepare(&self, account: &Account) -> Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(|error| self.unusable("", &error))?;
        restrict(&self.folder, if account.is_other() { 0o711 } else { 0o700 })
            .map_err(|error| self.unusable("", &error))
    }

    /// The folder, made if it is missing, so that both this client and the server can reach it.
    pub fn ready(&self) -> Result<&Path> {
        self.prepare(&Account::of_server())?;
        Ok(&self.folder)
    }

    /// Starts and stops of this home's server go one at a time: waits for this client's turn, until the file is dropped.
    pub(super) fn take_turn(&self) -> Result<File> {
        let file = self.lock_file("start")?;
        file.lock().map_err(|error| self.unusable("start", &error))?;
        Ok(file)
    }

    pub(super) fn lock_file(&self, name: &str) -> Result<File> {
        open_lock(&self.folder.join(name)).map_err(|error| self.unusable(name, &error))
    }

    /// The passwords of the three logins; made up where there is no data yet.
    pub(super) fn credentials(&self, has_data: bool) -> Result<Credentials> {
        let path = self.folder.join("credentials");
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|_| self.no_credentials("is damaged")),
            Err(error) if error.kind() == io::ErrorKind::NotFound && has_data => Err(self.no_credentials("is missing")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let credentials = Credentials::random();
                credentials.write(&path).map_err(|error| self.unusable("credentials", &error))?;
                Ok(credentials)
            }
            Err(error) => Err(self.unusable("credentials", &error)),
        }
    }

    fn no_credentials(&self, what: &str) -> Error {
        let path = self.folder.join("credentials");
        Error::new(Code::ServerFailed, format!("The file with the database's passwords, {}, {what}.", path.display()))
            .hint(format!("Put it back, or move {} away to begin with an empty database.", self.folder.display()))
    }

    /// The error of a file of this home that cannot be read or written; an empty name is the folder itself.
    pub(super) fn unusable(&self, name: &str, error: &io::Error) -> Error {
        unusable(&self.folder.join(name), error)
    }
}

/// The error of a path that cannot be read or written.
pub fn unusable(path: &Path, error: &io::Error) -> Error {
    let path: PathBuf = path.components().collect();
    Error::new(Code::FolderNotWritable, format!("{} cannot be used: {error}.", path.display()))
        .hint("Make it writable, or set QUEUE_DESK_HOME to a folder that is.")
}

/// Opens a lock file. It is never removed: a lock on a removed file locks nobody out.
pub fn open_lock(path: &Path) -> io::Result<File> {
    private().create(true).truncate(false).read(true).open(path)
}

/// Options for a file that nobody else may read.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Sets the Unix permissions. Windows knows two of them: nobody else, and as the folder above says.
pub fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    return fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(windows)]
    match mode & 0o077 {
        0 => super::windows::keep_for_us(path),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn default_folder() -> Option<PathBuf> {
    // Root's own home is closed to the account that the server runs under.
    if super::account::is_root() {
        return Some("/var/lib/queue-desk".into());
    }
    let home = env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    if cfg!(target_os = "macos") {
        return home.map(|home| home.join("Library/Application Support/Queue Desk"));
    }
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|data| data.is_absolute());
    data.or_else(|| home.map(|home| home.join(".local/share"))).map(|data| data.join("queue-desk"))
}

#[cfg(windows)]
fn default_folder() -> Option<PathBuf> {
    env::var_os("LOCALAPPDATA").map(|data| PathBuf::from(data).join("Queue Desk"))
}

/// The passwords of the logins, as they stand in the file `credentials`.
#[derive(Serialize, Deserialize)]
pub struct Credentials {
    supabase_admin: String,
    postgres: String,
    desk: String,
}

impl Credentials {
    fn random() -> Self {
        let password = || uuid::Uuid::new_v4().simple().to_string();
        Self { supabase_admin: password(), postgres: password(), desk: password() }
    }

    pub fn of(&self, role: Role) -> &str {
        match role {
            Role::Superuser => &self.supabase_admin,
            Role::Owner => &self.postgres,
            Role::Desk => &self.desk,
        }
    }

    /// In one piece or not at all: half a file would lock us out of the database.
    fn write(&self, path: &Path) -> io::Result<()> {
        let fresh = path.with_extension("new");
        let mut file = private().create(true).truncate(true).open(&fresh)?;
        restrict(&fresh, 0o600)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}
