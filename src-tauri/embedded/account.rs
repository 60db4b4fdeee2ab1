//! Who the server runs as: Postgres refuses root, so root hands it to an account without rights.

use std::{io, path::Path, process::Command, process::Stdio};

/// What a program needs of the environment to run: where programs, libraries and temporary files are, and what Windows wants.
const NEEDED: [&str; 14] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "HOME",
    "TZ",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "SystemDrive",
    "windir",
    "ComSpec",
    "PATHEXT",
    "USERPROFILE",
];

/// The account of the server's processes and of its data.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// User and group, where they are not our own.
    #[cfg(unix)]
    other: Option<(u32, u32)>,
}

impl Account {
    #[cfg(unix)]
    pub fn of_server() -> Self {
        Self { other: is_root().then(nobody) }
    }

    #[cfg(not(unix))]
    pub fn of_server() -> Self {
        Self {}
    }

    /// Whether the server's account differs from ours, so that a folder we can reach may be out of its reach.
    pub fn is_other(&self) -> bool {
        #[cfg(unix)]
        return self.other.is_some();
        #[cfg(not(unix))]
        return false;
    }

    /// Hands a file or an empty folder to the account.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        #[cfg(unix)]
        if let Some((user, group)) = self.other {
            return std::os::unix::fs::chown(path, Some(user), Some(group));
        }
        let _ = path;
        Ok(())
    }

    /// A program of the server's in this working folder: English messages, no input, and of our environment only what a program needs
    /// to run. The rest is not its business: DATABASE_URL may hold a password, PG* variables are for other servers, and the server
    /// outlives us under another account.
    pub fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear().env("LC_ALL", "C").stdin(Stdio::null());
        command.envs(NEEDED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        #[cfg(unix)]
        if let Some((user, group)) = self.other {
            use std::os::unix::process::CommandExt;
            // Without a list of groups std drops root's supplementary ones too.
            command.uid(user).gid(group);
        }
        without_console(&mut command);
        command
    }
}

/// Keeps Windows from opening a console for a program that a window runs.
pub fn without_console(command: &mut Command) -> &mut Command {
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(CREATE_NO_WINDOW);
    }
    command
}

#[cfg(unix)]
pub fn is_root() -> bool {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// User and group of `nobody`.
#[cfg(unix)]
fn nobody() -> (u32, u32) {
    // SAFETY: the name is a C string; the answer is null or a record that stays valid until the next getpw* call, and it
    // is copied at once.
    unsafe {
        let record = libc::getpwnam(c"nobody".as_ptr());
        if record.is_null() { (65534, 65534) } else { ((*record).pw_uid, (*record).pw_gid) }
    }
}
