//! The connections that a person used, in `connections.toml` of the settings folder. No password is ever in it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Code, Error, Result},
    model::connection::{Destination, LOCAL, Profile},
};

const FILE: &str = "connections.toml";
const HEAD: &str = "# Queue Desk: the databases of this computer's desk. Passwords are never kept here.\n\n";

/// What the file holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Stored {
    /// The title of a profile, or [`LOCAL`].
    #[serde(default)]
    last: Option<String>,
    #[serde(default, rename = "connection")]
    profiles: Vec<Profile>,
}

/// The file of connections in this folder.
#[derive(Debug, Clone)]
pub struct Profiles {
    folder: Option<PathBuf>,
}

impl Profiles {
    /// `QUEUE_DESK_HOME`, or where the platform keeps settings.
    pub fn from_env() -> Self {
        Self { folder: folder() }
    }

    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()) }
    }

    /// Where this person was last, and the profiles. A file that is not there holds nothing.
    ///
    /// # Errors
    /// `FileFailed` for a file that cannot be read or understood; it is left as it is.
    pub fn read(&self) -> Result<(Option<Destination>, Vec<Profile>)> {
        let stored = self.load()?;
        let last = stored.last.and_then(|title| match title.as_str() {
            LOCAL => Some(Destination::Local),
            _ => {
                stored.profiles.iter().find(|p| p.title() == title).map(|p| Destination::Server { profile: p.clone() })
            }
        });
        Ok((last, stored.profiles))
    }

    /// Remembers where the window is. A profile of the same title is replaced.
    ///
    /// # Errors
    /// `FileFailed`; an unreadable file is never written over.
    pub fn remember(&self, destination: &Destination) -> Result<()> {
        let mut stored = self.load()?;
        stored.last = Some(match destination {
            Destination::Local => LOCAL.to_owned(),
            Destination::Server { profile } => {
                match stored.profiles.iter().position(|p| p.title() == profile.title()) {
                    Some(at) => stored.profiles[at] = profile.clone(),
                    None => stored.profiles.insert(0, profile.clone()),
                }
                profile.title()
            }
        });
        self.save_all(&stored)
    }

    /// The profile of this title.
    ///
    /// # Errors
    /// `NotFound` with the titles that there are; `FileFailed`.
    pub fn named(&self, title: &str) -> Result<Profile> {
        let profiles = self.load()?.profiles;
        let titles: Vec<String> = profiles.iter().map(|p| format!("\"{}\"", p.title())).collect();
        profiles.into_iter().find(|p| p.title() == title.trim()).ok_or_else(|| {
            Error::new(Code::NotFound, format!("No saved connection is called \"{title}\". Nothing was done."))
                .field("profile")
                .hint(match titles.is_empty() {
                    true => "There is none yet: save one on the connect screen.".to_owned(),
                    false => format!("There are: {}.", titles.join(", ")),
                })
        })
    }

    /// Adds a profile, or puts it in the place of another. Returns the one that it replaced.
    ///
    /// # Errors
    /// `BadInput` for a profile that cannot be used, or a title that another one has; `FileFailed`.
    pub fn save(&self, profile: &Profile, replaces: Option<&str>) -> Result<Option<Profile>> {
        profile.check()?;
        let title = profile.title();
        self.check_free(&title, replaces)?;
        let mut stored = self.load()?;
        let old = replaces.and_then(|old| stored.profiles.iter().position(|p| p.title() == old));
        let replaced = match old {
            Some(at) => Some(std::mem::replace(&mut stored.profiles[at], profile.clone())),
            None => {
                stored.profiles.insert(0, profile.clone());
                None
            }
        };
        if replaced.is_some() && stored.last.as_deref() == replaces {
            stored.last = Some(title);
        }
        self.save_all(&stored)?;
        Ok(replaced)
    }

    /// Refuses a title that another profile has.
    ///
    /// # Errors
    /// `BadInput` (name); `FileFailed`.
    pub fn check_free(&self, title: &str, replaces: Option<&str>) -> Result<()> {
        if replaces == Some(title) || self.load()?.profiles.iter().all(|p| p.title() != title) {
            return Ok(());
        }
        Err(Error::new(Code::BadInput, format!("There is a connection called \"{title}\" already. Nothing was saved."))
            .field("name")
            .hint("Choose another name."))
    }

    /// Takes a profile out. None: there is none of this title.
    ///
    /// # Errors
    /// `FileFailed`.
    pub fn remove(&self, title: &str) -> Result<Option<Profile>> {
        let mut stored = self.load()?;
        let Some(at) = stored.profiles.iter().position(|p| p.title() == title) else { return Ok(None) };
        let removed = stored.profiles.remove(at);
        if stored.last.as_deref() == Some(title) {
            stored.last = None;
        }
        self.save_all(&stored)?;
        Ok(Some(removed))
    }

    /// Whether a profile relies on the keychain for this account.
    pub fn needs(&self, account: &str) -> bool {
        self.load().is_ok_and(|stored| stored.profiles.iter().any(|p| p.in_keychain && p.account() == account))
    }

    /// Remembers nothing.
    pub fn nowhere() -> Self {
        Self { folder: None }
    }

    fn load(&self) -> Result<Stored> {
        let Some(path) = self.path() else { return Ok(Stored::default()) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound || e.kind() == io::ErrorKind::NotADirectory => {
                return Ok(Stored::default());
            }
            Err(e) => return Err(unusable(&path, &e.to_string())),
        };
        // The message may quote a line, and a person may have written a password there.
        toml::from_str(&text).map_err(|e| {
            let line = e.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
            unusable(&path, &line.map_or("it was not understood".into(), |n| format!("line {n} was not understood")))
        })
    }

    /// In one piece or not at all.
    fn save_all(&self, stored: &Stored) -> Result<()> {
        let Some(path) = self.path() else { return Ok(()) };
        let failed = |e: io::Error| unusable(&path, &e.to_string());
        let text = toml::to_string_pretty(stored).map_err(|e| unusable(&path, &e.to_string()))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let fresh = path.with_extension("new");
        write_private(&fresh, &format!("{HEAD}{text}")).and_then(|()| fs::rename(&fresh, &path)).map_err(failed)
    }

    fn path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(FILE))
    }
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::new(Code::FileFailed, format!("The list of connections, {}, cannot be used: {why}.", path.display()))
        .hint("Mend the file, or move it away; Queue Desk then begins a new one.")
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}

fn folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(home) = set("QUEUE_DESK_HOME") {
        return Some(home);
    }
    if cfg!(windows) {
        return Some(set("APPDATA")?.join("Queue Desk"));
    }
    let user = set("HOME")?;
    Some(match cfg!(target_os = "macos") {
        true => user.join("Library/Application Support/Queue Desk"),
        false => set("XDG_CONFIG_HOME").unwrap_or_else(|| user.join(".config")).join("queue-desk"),
    })
}
