//! A D-Bus and a Secret Service of a test's own. A process has one bus for its life, so the test runs itself again inside it.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use super::Folder;

const INSIDE: &str = "QUEUE_DESK_TEST_BUS";

/// What the test finds on its bus.
#[derive(Clone, Copy, PartialEq)]
pub enum Bus {
    /// A keyring that is open.
    Keyring,
    /// No bus at all.
    None,
}

/// True inside. Outside it runs the test of this name inside, and hands on how that ended.
///
/// # Panics
/// Where the inner run fails, or D-Bus or the keyring are not installed (`cargo xtask test` installs them).
pub fn inside(test: &str, bus: Bus) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let home = Folder::new();
    let runtime = home.path().join("run");
    fs::create_dir(&runtime).unwrap();
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = match bus {
        Bus::None => Command::new("sh"),
        Bus::Keyring => {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "sh"]);
            command
        }
    };
    let start = match bus {
        Bus::None => "exec \"$@\"",
        // The password of the keyring; without one it would be kept in clear.
        Bus::Keyring => "printf keyring | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"",
    };
    command.args(["-c", start, "sh"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--test-threads=1", "--nocapture"]).env(INSIDE, "1").env("HOME", home.path());
    command.env("XDG_RUNTIME_DIR", &runtime).env_remove("XDG_DATA_HOME").env_remove("XDG_CONFIG_HOME");
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("DATABASE_URL").env_remove("PGPASSFILE");
    match bus {
        Bus::Keyring => command.env_remove("DBUS_SESSION_BUS_ADDRESS"),
        Bus::None => command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus"),
    };
    let output = command.output().expect("dbus-run-session (package dbus) starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// Locks the keyring, as a screen saver does.
pub fn lock() {
    let done = Command::new("dbus-send")
        .args(["--session", "--dest=org.freedesktop.secrets", "--print-reply", "/org/freedesktop/secrets"])
        .args(["org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login"])
        .output()
        .expect("dbus-send");
    assert!(done.status.success(), "{done:?}");
}
