//! Which Postgres binaries to run.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    account::{Account, without_console},
    home::{Home, restrict, unusable},
};
use crate::error::{Code, Error, Result};

/// The oldest major version that our SQL runs on.
const OLDEST: u32 = 15;

/// A directory with `initdb`, `pg_ctl` and `postgres` of one version.
#[derive(Debug, Clone)]
pub struct Binaries {
    bin: PathBuf,
    /// As in "17.10".
    version: String,
    pub major: u32,
}

impl Binaries {
    /// The directory that was named; else the ones that come with the application; else the system's.
    pub fn find(home: &Home) -> Result<Self> {
        if let Some(directory) = home.postgres() {
            return Self::of(&directory.join("bin"))
                .ok_or_else(|| missing(format!("{} holds no PostgreSQL {OLDEST} or newer.", directory.display())));
        }
        let beside = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("postgres/bin")));
        let bundled = home.bundled().map(|directory| directory.join("bin"));
        bundled
            .into_iter()
            .chain(beside)
            .chain(system())
            .chain(usual())
            .find_map(|bin| Self::of(&bin))
            .ok_or_else(|| missing(format!("No PostgreSQL {OLDEST} or newer was found on this computer.")))
    }

    fn of(bin: &Path) -> Option<Self> {
        let bin = plain(std::path::absolute(bin).ok()?);
        let output = without_console(Command::new(program(&bin, "postgres")).arg("--version")).output().ok()?;
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
        let text = String::from_utf8(output.stdout).ok()?;
        let version = text.split(' ').nth(2)?.trim().to_owned();
        let major = version.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()?;
        let complete = ["initdb", "pg_ctl"].iter().all(|name| program(&bin, name).is_file());
        (complete && major >= OLDEST).then_some(Self { bin, version, major })
    }

    pub fn program(&self, name: &str) -> PathBuf {
        program(&self.bin, name)
    }

    /// These binaries, or a copy in `folder` where the account cannot run them in their place: a clone below root's own
    /// folder, for example. The copy is made once per version; the caller sees to it that one process at a time makes it.
    pub fn reachable_by(self, account: &Account, folder: &Path) -> Result<Self> {
        if self.run_as(account, Path::new("/")) {
            return Ok(self);
        }
        let copy = folder.join(format!("server-{}", self.version));
        if !copy.is_dir() {
            let package = self.bin.parent().unwrap_or(&self.bin);
            let fresh = folder.join(format!("server-{}.new", self.version));
            let copied = remove_tree(&fresh).and_then(|()| copy_tree(package, &fresh));
            copied.and_then(|()| fs::rename(&fresh, &copy)).map_err(|error| unusable(&copy, &error))?;
        }
        Self::of(&copy.join("bin")).ok_or_else(|| missing(format!("{} is not complete.", copy.display())))
    }

    /// Whether the account can run these binaries in this working folder.
    pub fn run_as(&self, account: &Account, folder: &Path) -> bool {
        if !account.is_other() {
            return true;
        }
        let run = account.command(&self.program("postgres"), folder).arg("--version").output();
        run.is_ok_and(|output| output.status.success())
    }
}

fn missing(message: String) -> Error {
    let hint = "Install PostgreSQL, or set QUEUE_DESK_POSTGRES to a directory with its bin, lib and share folders.";
    Error::new(Code::NoBinaries, message).hint(match cfg!(windows) {
        true => format!("{hint} It also needs the Microsoft Visual C++ runtime (vcruntime140.dll)."),
        false => hint.to_owned(),
    })
}

fn program(bin: &Path, name: &str) -> PathBuf {
    bin.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn system() -> Option<PathBuf> {
    let output = without_console(Command::new("pg_config").arg("--bindir")).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().into())
}

/// Where installers put it that do not tell PATH, newest first; programs that an icon starts have a short PATH, too.
fn usual() -> impl Iterator<Item = PathBuf> {
    let folders: Vec<PathBuf> = match env::consts::OS {
        "windows" => env::var_os("ProgramFiles").map(|all| PathBuf::from(all).join("PostgreSQL")).into_iter().collect(),
        "macos" => ["/Library/PostgreSQL", "/Applications/Postgres.app/Contents/Versions"].map(PathBuf::from).into(),
        _ => Vec::new(),
    };
    let versions = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, bin)| bin)
}

/// The path as Postgres can read it.
pub fn plain(path: PathBuf) -> PathBuf {
    #[cfg(windows)]
    return super::windows::plain(path);
    #[cfg(not(windows))]
    path
}

/// Windows lets nobody rename, remove or write what somebody still has open: a server that is about to end, a virus scanner. There it is
/// tried for five seconds.
pub fn patiently<T>(work: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let mut tries = if cfg!(windows) { 50 } else { 0 };
    loop {
        match work() {
            Err(error) if tries > 0 && error.kind() != io::ErrorKind::NotFound => tries -= 1,
            done => return done,
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Removes a folder that may not be there.
pub fn remove_tree(folder: &Path) -> io::Result<()> {
    match patiently(|| fs::remove_dir_all(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Copies a folder with its symbolic links, readable for everyone whatever the umask.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    restrict(to, 0o755)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, from, to) = (entry.file_type()?, entry.path(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy_tree(&from, &to)?;
        } else if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(&from)?, &to)?;
        } else {
            fs::copy(&from, &to)?;
            #[cfg(unix)]
            {
                let runs = std::os::unix::fs::PermissionsExt::mode(&entry.metadata()?.permissions()) & 0o111 != 0;
                restrict(&to, if runs { 0o755 } else { 0o644 })?;
            }
        }
    }
    Ok(())
}
