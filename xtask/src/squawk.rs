//! squawk reads the migrations: which statement would hold up whom. It comes from PyPI into target/, once per version.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    root,
    step::{Failed, Result, captured},
    target,
};

const VERSION: &str = "2.70.0";

/// Where neither Python nor its registry can be reached, the migrations are not read, and that is said.
pub fn lint() -> Result<()> {
    let Some(squawk) = program() else {
        println!(
            "migrations .. not read: squawk {VERSION} could not be had with `python3 -m pip` (is there a network?)"
        );
        return Ok(());
    };
    let (alone, together): (Vec<PathBuf>, Vec<PathBuf>) =
        files(&root().join("migrations"))?.into_iter().partition(|file| {
            // These run outside a transaction, and are read as such.
            fs::read_to_string(file)
                .is_ok_and(|sql| sql.lines().any(|line| line.starts_with("create ") && line.contains(" concurrently ")))
        });
    let run = |name: &str, in_transaction: bool, files: &[PathBuf]| {
        let mut command = Command::new(&squawk);
        command.current_dir(root()).args(["--config", ".squawk.toml"]);
        if in_transaction {
            command.arg("--assume-in-transaction");
        }
        captured(name, command.args(files))
    };
    run("migrations", true, &together)?;
    run("migrations outside transactions", false, &alone)
}

fn program() -> Option<PathBuf> {
    let folder = target().join("squawk").join(VERSION);
    let program = folder.join("bin").join(format!("squawk{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--target"])
            .arg(&folder);
        let _ = pip.arg(format!("squawk-cli=={VERSION}")).output();
    }
    program.is_file().then_some(program)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Failed::new(format!("{} cannot be read: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
