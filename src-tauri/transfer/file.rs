//! A file that appears whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::error::{Code, Error, Result};

/// ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows.
const IN_USE: i32 = 32;
const LOCKED: i32 = 33;

/// Collects what is written in a hidden file beside the target; [`Draft::finish`] puts it in the target's place in one
/// step. Dropped before that, or killed, it leaves the old target as it was; a kill may leave the hidden file, whose name
/// ends in `.part`.
pub struct Draft {
    target: PathBuf,
    part: PathBuf,
    /// None once it is closed.
    file: Option<File>,
}

impl Draft {
    /// Starts a file for `target`, which need not exist; its folder must. A link is followed: what it points to is
    /// replaced. Who may read an existing file stays as it was. Devices and folders are refused.
    pub fn create(target: &Path) -> Result<Self> {
        let old = fs::metadata(target).ok();
        let target = match &old {
            Some(old) if !old.is_file() => return Err(not_a_file(target)),
            Some(_) => check_free(target).and_then(|()| followed(target)).map_err(|error| failed(target, &error))?,
            None => target.to_owned(),
        };
        let part = part_beside(&target)?;
        let file =
            OpenOptions::new().write(true).create_new(true).open(&part).map_err(|error| failed(&target, &error))?;
        let draft = Self { target, part, file: Some(file) };
        // On Windows they are those of the folder.
        if let Some(old) = old
            && cfg!(unix)
        {
            fs::set_permissions(&draft.part, old.permissions()).map_err(|error| draft.failed(&error))?;
        }
        Ok(draft)
    }

    /// The error of this file for something that went wrong while writing to it.
    pub fn failed(&self, error: &io::Error) -> Error {
        failed(&self.target, error)
    }

    /// Makes the content durable and puts it in the target's place.
    pub fn finish(mut self) -> Result<()> {
        self.replace().map_err(|error| failed(&self.target, &error))
        // Dropping it now removes the part, unless it has become the target.
    }

    fn replace(&mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.sync_all()?;
        } // Closed here: Windows does not rename an open file.
        fs::rename(&self.part, &self.target)?;
        sync_folder(&self.target);
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.file = None;
        let _ = fs::remove_file(&self.part); // Already gone after a successful finish.
    }
}

/// On Windows a file that another program has open, as Excel does, cannot be replaced: better to know before everything is written.
fn check_free(target: &Path) -> io::Result<()> {
    match cfg!(windows) {
        true => OpenOptions::new().write(true).open(target).map(|_| ()),
        false => Ok(()),
    }
}

/// Where a link leads; what is no link stays as it was named, because Windows gives a full path in a form that few know (`\\?\C:\`).
fn followed(target: &Path) -> io::Result<PathBuf> {
    match target.is_symlink() {
        true => fs::canonicalize(target),
        false => Ok(target.to_owned()),
    }
}

/// In the same folder, because a rename does not cross disks; with a name of its own, because the target's may be as long
/// as a name can be.
fn part_beside(target: &Path) -> Result<PathBuf> {
    if target.file_name().is_none() {
        return Err(not_a_file(target));
    }
    Ok(target.with_file_name(format!(".queue-desk-{:016x}.part", fastrand::u64(..))))
}

fn not_a_file(target: &Path) -> Error {
    let message = format!("{} is not the name of a file. Nothing was written.", target.display());
    Error::new(Code::FileFailed, message).hint("Choose the name of a file.")
}

/// The rename itself must survive a power cut. Where a folder cannot be synced (Windows) the file system sees to it.
fn sync_folder(target: &Path) {
    if cfg!(unix) {
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

pub fn failed(target: &Path, error: &io::Error) -> Error {
    let hint = match error.kind() {
        _ if cfg!(windows) && matches!(error.raw_os_error(), Some(IN_USE | LOCKED)) => {
            "Another program has it open, for example Excel: close it there and try again."
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "Its folder does not exist: create it, or choose another."
        }
        io::ErrorKind::PermissionDenied => {
            "Choose a folder that you may write to, and close the file if another program has it open."
        }
        io::ErrorKind::ReadOnlyFilesystem => "The disk is read-only: choose a folder on another one.",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "The disk is full: make room, or choose a folder on another one."
        }
        io::ErrorKind::InvalidFilename => "Choose a shorter name without special characters.",
        _ => "Try again, or choose another folder.",
    };
    let message = format!("{} could not be written ({error}). If there was a file, it is unchanged.", target.display());
    Error::new(Code::FileFailed, message).hint(hint)
}
