//! Brings the checkout to the point where cargo can build and the app can run. A second time it does nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    npm, postgres,
    step::{Failed, Result, captured},
    system, ui,
};

/// What the set-up found or made.
pub struct Ready {
    /// The directory of the database server's binaries; none are published for every platform.
    pub postgres: Option<PathBuf>,
}

pub fn all(for_tests: bool) -> Result<Ready> {
    system::packages(for_tests)?;
    system::node()?;
    ui_packages()?;
    let postgres = postgres::unpack()?;
    build_ui()?;
    Ok(Ready { postgres })
}

/// Installs exactly what the lock file names. No package runs scripts on this computer.
fn ui_packages() -> Result<()> {
    let lock = ui().join("package-lock.json");
    let Some(locked) = changed(&lock) else {
        return Err(Failed::new(format!("{} is missing: this checkout is not complete.", lock.display())));
    };
    // npm writes this file last.
    if changed(&ui().join("node_modules/.package-lock.json")).is_some_and(|installed| installed >= locked) {
        return Ok(());
    }
    captured("ui packages", npm().args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

/// Builds the UI where a source is newer than its last build, or where ui/dist is not that build: `cargo check` on a bare
/// checkout puts a placeholder there.
fn build_ui() -> Result<()> {
    let stamp = ui().join("node_modules/.ui-built");
    let sources = [
        "src",
        "static",
        "public",
        "index.html",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "svelte.config.js",
    ];
    let newest = sources.iter().filter_map(|name| newest(&ui().join(name))).max();
    let built = changed(&stamp);
    if built > newest && changed(&ui().join("dist/index.html")).is_some_and(|page| Some(page) <= built) {
        return Ok(());
    }
    captured("ui", npm().args(["run", "build", "--if-present"]))?;
    fs::write(&stamp, "").map_err(|error| Failed::new(format!("{}: {error}", stamp.display())))
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// When anything below this path changed last. Folders count too: a file that was removed leaves its mark there.
fn newest(path: &Path) -> Option<SystemTime> {
    let below = fs::read_dir(path).into_iter().flatten().flatten();
    below.filter_map(|entry| newest(&entry.path())).chain(changed(path)).max()
}
