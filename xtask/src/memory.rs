//! Where the tests' servers keep their files: in memory, where the system has room for them. Each test makes a database and drops it, and ext4
//! avoids the inodes of files that were deleted a moment ago, one by one: that was 45 % of the run's time.

use std::{fs, process::Command};

/// What all tests at once have used, many times over.
const ROOM: u64 = 4 << 30;

/// Puts the temporary files of this command into memory, unless its user named a place.
pub fn temporary_files(command: &mut Command) {
    if std::env::var_os("TMPDIR").is_none() && has_room() {
        command.env("TMPDIR", "/dev/shm");
    }
}

/// On Linux, and not where containers forbid programs there: a server's are copied beside its data where it cannot reach ours.
fn has_room() -> bool {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let ours =
        mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>()).rfind(|mount| mount.get(1) == Some(&"/dev/shm"));
    let runs = ours.is_some_and(|mount| {
        mount[2] == "tmpfs" && !mount[3].split(',').any(|option| matches!(option, "noexec" | "ro"))
    });
    runs && free("/dev/shm").is_some_and(|free| free >= ROOM)
}

/// Bytes.
fn free(folder: &str) -> Option<u64> {
    let said = Command::new("df").args(["--output=avail", "-B1", folder]).output().ok()?;
    String::from_utf8(said.stdout).ok()?.lines().nth(1)?.trim().parse().ok()
}
