//! Private servers for tests: started in a temporary folder, gone with the process.

use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    account::Account,
    binaries::{Binaries, remove_tree},
    home::{Home, open_lock, unusable},
    server::{self, Server},
};
use crate::error::Result;

const PREFIX: &str = "queue-desk-throwaway-";

/// What keeps a throwaway server and its folder alive.
#[derive(Debug)]
pub struct Throwaway {
    folder: PathBuf,
    /// Locked while the process lives, so that a later run knows what was left behind.
    lock: File,
    #[cfg(unix)]
    watchdog: std::process::Child,
}

pub fn start() -> Result<(Server, u16, Throwaway)> {
    let account = Account::of_server();
    let binaries = binaries(&account)?;
    sweep(&binaries, account);

    let folder = env::temp_dir().join(format!("{PREFIX}{}", uuid::Uuid::new_v4().simple()));
    let lock = fs::create_dir(&folder)
        .and_then(|()| account.give(&folder))
        .and_then(|()| open_lock(&folder.join("alive")))
        .and_then(|lock| lock.lock().map(|()| lock))
        .map_err(|error| unusable(&folder, &error))?;
    let server = Server::new(&folder, binaries, account)?;
    server.check_folder()?;
    #[cfg(windows)]
    super::windows::end_with_us();
    #[cfg(unix)]
    let watchdog = watch(&server, &folder, &account)?;
    let throwaway = Throwaway {
        folder,
        lock,
        #[cfg(unix)]
        watchdog,
    };
    server.create_data(None)?;
    let port = server.launch(None, &server::THROWAWAY, None)?;
    Ok((server, port, throwaway))
}

/// The binaries, where the server's account can run them. A copy goes into the home, so that the next run finds it.
fn binaries(account: &Account) -> Result<Binaries> {
    let home = Home::from_env()?;
    let binaries = Binaries::find(&home)?;
    if binaries.run_as(account, Path::new("/")) {
        return Ok(binaries);
    }
    home.prepare(account)?;
    let _turn = home.take_turn()?;
    binaries.reachable_by(account, home.folder())
}

impl Throwaway {
    /// Stops the server and removes its folder.
    pub fn end(self, server: &Server) -> Result<()> {
        server.kill()?;
        drop(self.lock);
        remove_tree(&self.folder).map_err(|error| unusable(&self.folder, &error))?;
        #[cfg(unix)]
        {
            let mut watchdog = self.watchdog;
            drop(watchdog.stdin.take());
            let _ = watchdog.wait();
        }
        Ok(())
    }
}

/// A shell that waits for the end of its input, which comes with the end of this process, and clears up. It has the
/// server's own account: whatever its process id has become, it can stop nothing else.
#[cfg(unix)]
fn watch(server: &Server, folder: &Path, account: &Account) -> Result<std::process::Child> {
    use std::{os::unix::process::CommandExt, process::Stdio};
    const CLEAR_UP: &str = r#"read -r _; "$0" stop -s -m immediate -D "$1/data"; cd /; rm -rf "$1""#;
    let mut command = account.command(Path::new("/bin/sh"), Path::new("/"));
    command.args(["-c", CLEAR_UP]).arg(server.program("pg_ctl")).arg(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // Its own group: a Ctrl-C in the terminal is for the tests.
    let child = command.process_group(0).spawn();
    child.map_err(|error| server::failed("The watchdog of the test server did not start", &error.to_string()))
}

/// Clears up after runs that could not do it themselves (a power cut, a killed container).
fn sweep(binaries: &Binaries, account: Account) {
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        // Not through a link: the temporary folder is everyone's.
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        // A young folder may be in the making, its lock not taken yet.
        let age = entry.metadata().ok().and_then(|metadata| metadata.modified().ok()?.elapsed().ok());
        if age.is_none_or(|age| age < Duration::from_secs(60)) {
            continue;
        }
        let folder = entry.path();
        if open_lock(&folder.join("alive")).is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = Server::new(&folder, binaries.clone(), account).and_then(|server| server.kill());
            let _ = remove_tree(&folder);
        }
    }
}
