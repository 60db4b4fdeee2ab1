//! One cluster on disk and its processes: create, launch, stop.

use std::{
    ffi::OsStr,
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::{
    Role,
    account::Account,
    binaries::{Binaries, patiently, plain, remove_tree},
    home::{open_lock, private, restrict, unusable},
};
use crate::error::{Code, Error, Result};

/// For a desk: durable, small, and silent about what is in the rows.
pub const DESKTOP: [&str; 2] = ["max_connections=50", "fsync=on"];

/// For tests: many connections, nothing to keep.
pub const THROWAWAY: [&str; 4] = ["max_connections=200", "fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// For every server. Terse errors without their statement, because details quote rows, and phone numbers and message
/// texts stay out of every log.
const ALWAYS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=32MB",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
];

/// The encoding's locale: sorts by code point everywhere, and knows the letters of all alphabets. Only Linux has it from the system;
/// elsewhere PostgreSQL 17 brings its own, and an older one knows the letters from A to Z.
fn locale(major: u32) -> &'static [&'static str] {
    match () {
        () if cfg!(target_os = "linux") => &["--locale=C.UTF-8"],
        () if major >= 17 => &["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
        () => &["--locale=C"],
    }
}

/// A cluster in a folder: `data`, `postgres.log`, and the lock file `server`.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    binaries: Binaries,
    account: Account,
}

impl Server {
    pub fn new(folder: &Path, binaries: Binaries, account: Account) -> Result<Self> {
        let folder = std::path::absolute(folder).map_err(|error| unusable(folder, &error))?;
        Ok(Self { folder: plain(folder), binaries, account })
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn has_data(&self) -> bool {
        self.data().exists()
    }

    /// # Errors
    /// `FolderNotWritable` where the server's account cannot pass into the folder.
    pub fn check_folder(&self) -> Result<()> {
        if self.binaries.run_as(&self.account, &self.folder) {
            return Ok(());
        }
        Err(Error::new(
            Code::FolderNotWritable,
            format!(
                "The database server does not run as root, and its own account cannot reach {}.",
                self.folder.display()
            ),
        )
        .hint("Set QUEUE_DESK_HOME to a folder that every user may pass through, for example below /var/lib."))
    }

    /// # Errors
    /// `DataVersion` where the data was written by another major version than these binaries.
    pub fn refuse_other_version(&self) -> Result<()> {
        let data = self.data();
        if !self.has_data() {
            return Ok(());
        }
        let file = data.join("PG_VERSION");
        let found = fs::read_to_string(&file).map_err(|error| unusable(&file, &error))?;
        let (found, ours) = (found.trim(), self.binaries.major);
        if found == ours.to_string() {
            return Ok(());
        }
        Err(Error::new(
            Code::DataVersion,
            format!(
                "The data in {} belongs to PostgreSQL {found}; this is PostgreSQL {ours}. Nothing was touched.",
                data.display()
            ),
        )
        .hint(format!(
            "Set QUEUE_DESK_POSTGRES to a PostgreSQL {found}, or set QUEUE_DESK_HOME to another folder to begin with an empty database."
        )))
    }

    /// Creates the cluster under another name and renames it when it is complete. With a password logins need one;
    /// without, everyone is trusted and nothing is flushed to disk.
    pub fn create_data(&self, password: Option<&str>) -> Result<()> {
        let fresh = self.folder.join("data.new");
        let word = self.folder.join("password.new");
        let prepared = remove_tree(&fresh)
            .and_then(|()| fs::create_dir(&fresh))
            .and_then(|()| restrict(&fresh, 0o700))
            .and_then(|()| self.account.give(&fresh));
        prepared.map_err(|error| unusable(&fresh, &error))?;

        let mut command = self.command("initdb");
        command.arg("-D").arg(&fresh).args(["-E", "UTF8", "--no-instructions"]).args(locale(self.binaries.major));
        command.args(["-U", Role::Superuser.name()]);
        match password {
            Some(password) => {
                // Through a file, because a process's arguments are public.
                private().create(true).truncate(true).open(&word).map_err(|error| unusable(&word, &error))?;
                let written = restrict(&word, 0o600)
                    .and_then(|()| self.account.give(&word))
                    .and_then(|()| fs::write(&word, password));
                written.map_err(|error| unusable(&word, &error))?;
                command.args(["-A", "scram-sha-256", "--pwfile"]).arg(&word);
            }
            None => {
                command.args(["-A", "trust", "--no-sync"]);
            }
        }
        let output = command.output();
        let _ = fs::remove_file(&word);
        let output = output.map_err(|error| failed("initdb could not be started", &error.to_string()))?;
        if !output.status.success() {
            return Err(self.not_created(&said(&output)));
        }
        patiently(|| fs::rename(&fresh, self.data())).map_err(|error| unusable(&self.data(), &error))
    }

    fn not_created(&self, why: &str) -> Error {
        let error = failed("The database could not be created", why);
        match cfg!(windows) && !self.folder.as_os_str().is_ascii() {
            true => error.hint(
                "PostgreSQL on Windows may not be able to read the letters of this path. Set QUEUE_DESK_HOME to a folder \
                 with letters from A to Z only, for example C:\\QueueDesk.",
            ),
            false => error,
        }
    }

    /// Starts the server, detached, and waits until it takes connections. Answers with its port. `alone` goes over to the
    /// server, see [`Server::alone`].
    pub fn launch(&self, forced: Option<u16>, settings: &[&str], alone: Option<File>) -> Result<u16> {
        if alone.is_some() && cfg!(unix) {
            // The lock proves that no process of this cluster is left, so the file is stale. Its process id may belong to
            // another program by now, and Postgres would refuse to start.
            let _ = fs::remove_file(self.data().join("postmaster.pid"));
        }
        let log = self.folder.join("postgres.log");
        for _ in 0..5 {
            let port = match forced {
                Some(port) if TcpListener::bind(("127.0.0.1", port)).is_err() => return Err(port_taken(port)),
                Some(port) => port,
                None => free_port()?,
            };
            let _ = patiently(|| fs::rename(&log, self.folder.join("postgres.old.log")));
            patiently(|| private().create(true).truncate(true).open(&log)).map_err(|error| unusable(&log, &error))?;
            self.account.give(&log).map_err(|error| unusable(&log, &error))?;

            let settings: String = ALWAYS.iter().chain(settings).map(|setting| format!(" -c {setting}")).collect();
            let mut command = self.pg_ctl("start");
            command.args(["-t", "120", "-o", &format!("-p {port}{settings}"), "-l"]).arg(&log);
            if let Some(alone) = &alone {
                inherit(&mut command, alone);
            }
            // No pipes: on Windows the server would inherit and hold them, and we would wait for their end.
            #[cfg(windows)]
            super::windows::keep_our_handles();
            let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
            let status = status.map_err(|error| failed("pg_ctl could not be started", &error.to_string()))?;
            if status.success() {
                return Ok(port);
            }
            let log = fs::read_to_string(&log).unwrap_or_default();
            match forced {
                _ if !log.contains("could not bind") => {
                    return Err(failed("The database server did not start", &tail(&log)));
                }
                Some(port) => return Err(port_taken(port)),
                // Somebody took the port between our look and the server's.
                None => {}
            }
        }
        Err(failed("The database server did not start", "no free port was left to it"))
    }

    /// The port in the server's own file, once that says that it takes connections. The file may be stale.
    pub fn ready_port(&self) -> Option<u16> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = file.lines().map(str::trim).collect();
        (*lines.get(7)? == "ready").then(|| lines[3].parse().ok())?
    }

    /// A lock that every process of the server inherits: whoever gets it knows that none is left, even after a crash or a
    /// reboot. On Windows the server inherits none, and pg_ctl is asked: there it finds a server by the pipe that it listens on for
    /// signals, so another program that got the process id of a dead one is not taken for it.
    pub fn alone(&self) -> Result<Option<File>> {
        let path = self.folder.join("server");
        let file = open_lock(&path).map_err(|error| unusable(&path, &error))?;
        let free = file.try_lock().is_ok() && (cfg!(unix) || !self.is_running());
        Ok(free.then_some(file))
    }

    fn is_running(&self) -> bool {
        self.has_data() && self.pg_ctl("status").output().is_ok_and(|output| output.status.success())
    }

    /// Ends all sessions, stops the server and waits for it. A server that is not there is stopped already.
    pub fn stop(&self) -> Result<()> {
        let fast = self.end("fast")?;
        if fast.status.success() || self.goes() || self.end("immediate")?.status.success() || self.goes() {
            return Ok(());
        }
        Err(failed("The database server could not be stopped", &said(&fast)))
    }

    /// Whether every process of the server is gone, or goes within a moment: after a crash pg_ctl finds none to stop, and
    /// the last ones may be on their way out.
    fn goes(&self) -> bool {
        (0..50).any(|_| {
            let gone = matches!(self.alone(), Ok(Some(_)));
            if !gone {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            gone
        })
    }

    /// Stops the server without waiting for anything to be written.
    pub fn kill(&self) -> Result<()> {
        self.end("immediate").map(|_| ())
    }

    fn end(&self, mode: &str) -> Result<Output> {
        let mut command = self.pg_ctl("stop");
        command.args(["-t", "30", "-m", mode]);
        command.output().map_err(|error| failed("pg_ctl could not be started", &error.to_string()))
    }

    fn pg_ctl(&self, verb: &str) -> Command {
        let mut command = self.command("pg_ctl");
        command.args([OsStr::new(verb), "-w".as_ref(), "-s".as_ref(), "-D".as_ref(), self.data().as_ref()]);
        command
    }

    fn command(&self, program: &str) -> Command {
        self.account.command(&self.binaries.program(program), &self.folder)
    }

    #[cfg(unix)]
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.program(name)
    }
}

/// Lets the command and everything it starts keep this file open, and with it the lock.
#[cfg(unix)]
fn inherit(command: &mut Command, file: &File) {
    use std::os::{fd::AsRawFd, unix::process::CommandExt};
    let file = file.as_raw_fd();
    // SAFETY: fcntl is async-signal-safe; the caller keeps the file open until the command has run.
    unsafe {
        command.pre_exec(move || match libc::fcntl(file, libc::F_SETFD, 0) {
            -1 => Err(std::io::Error::last_os_error()),
            _ => Ok(()),
        });
    }
}

#[cfg(not(unix))]
fn inherit(_: &mut Command, _: &File) {}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| failed("There is no free port", &error.to_string()))
}

fn port_taken(port: u16) -> Error {
    Error::new(Code::PortTaken, format!("Port {port} is in use by another program."))
        .hint("Set QUEUE_DESK_PORT to a free port, or leave it out.")
        .field("QUEUE_DESK_PORT")
}

/// `ServerFailed` with the reason in the server's own words.
pub fn failed(what: &str, reason: &str) -> Error {
    Error::new(Code::ServerFailed, format!("{what}: {}", reason.trim_end()))
}

fn said(output: &Output) -> String {
    tail(&format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
