//! What has to be on the computer: system packages, a display, Node.

use std::{env, path::PathBuf, process::Command, process::Stdio};

use crate::{
    npm,
    step::{Failed, Result, captured},
};

/// What pkg-config calls the library that the window is built on, and the packages that a build of it needs.
const WINDOW: &str = "webkit2gtk-4.1";
const WINDOW_APT: &[&str] = &["libwebkit2gtk-4.1-dev", "build-essential", "pkg-config", "file"];

/// The programs that the tests use, and their packages: first those that drive the real window (tests/e2e). WebKitGTK's own packages
/// bring a font with Hebrew.
const TESTS: &[(&str, &str)] = &[
    ("Xvfb", "xvfb"),
    ("openbox", "openbox"),
    ("xdotool", "xdotool"),
    ("dbus-run-session", "dbus"),
    // The tests of the keychain.
    ("gnome-keyring-daemon", "gnome-keyring"),
    ("WebKitWebDriver", "webkit2gtk-driver"),
    // The tests of poolers.
    ("pgbouncer", "pgbouncer"),
];

/// Installs or asks for the system packages that are missing.
pub fn packages(for_tests: bool) -> Result<()> {
    if cfg!(target_os = "linux") {
        return linux_packages(for_tests);
    }
    if cfg!(target_os = "macos") && !succeeds("xcode-select", &["-p"]) {
        return Err(Failed::new(
            "Apple's command line tools are missing. Run `xcode-select --install`, then this command again.",
        ));
    }
    // Windows 10 and 11 come with WebView2; the window itself says so where it was removed.
    Ok(())
}

fn linux_packages(for_tests: bool) -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    if !installed("cc") || !succeeds("pkg-config", &["--exists", WINDOW]) {
        missing.extend(WINDOW_APT);
    }
    if for_tests {
        missing.extend(TESTS.iter().filter(|(program, _)| !installed(program)).map(|(_, package)| package));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if !installed("apt-get") {
        return Err(Failed::new(format!(
            "System packages are missing. On Debian they are called: {packages}.\n\
             The window needs WebKitGTK 4.1 with its headers (Fedora: webkit2gtk4.1-devel, Arch: webkit2gtk-4.1) and a C compiler.\n\
             Install them, then run this command again."
        )));
    }
    if !succeeds("sh", &["-c", "test \"$(id -u)\" = 0"]) {
        return Err(Failed::new(format!(
            "System packages are missing. Run this, then this command again:\n\n    \
             sudo apt-get update && sudo apt-get install --no-install-recommends {packages}\n"
        )));
    }
    captured("package lists", apt().arg("update"))?;
    captured(
        &format!("system packages: {packages}"),
        apt().args(["install", "--yes", "--no-install-recommends"]).args(&missing),
    )
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Node 20 or newer, with npm.
pub fn node() -> Result<()> {
    const WANTED: u32 = 20;
    let version = Command::new("node").arg("--version").output().ok();
    // "v20.20.2"
    let version = version.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        None => {
            Err(Failed::new(format!("Node.js is missing. Install version {WANTED} or newer, then run this again.")))
        }
        Some(major) if major < WANTED => Err(Failed::new(format!(
            "Node.js {} is too old. Install version {WANTED} or newer, then run this again.",
            version.trim()
        ))),
        Some(_) if npm().arg("--version").output().is_ok_and(|output| output.status.success()) => Ok(()),
        Some(_) => Err(Failed::new("npm is missing. It comes with Node.js; some systems package it apart.")),
    }
}

/// A window needs a display; without one GTK panics.
pub fn check_display() -> Result<()> {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY") {
        return Ok(());
    }
    Err(Failed::new(
        "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n\
         On a computer without a screen, `xvfb-run -a cargo xtask run` opens it on an invisible one (package xvfb).",
    ))
}

/// Daemons are in folders that are not in every user's PATH.
fn installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let daemons = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    env::split_paths(&path).chain(daemons).any(|folder| folder.join(program).is_file())
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
