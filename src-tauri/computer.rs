//! The settings of this computer: `desk.json` beside the embedded database. Each setting is a key of its own; those that this version
//! does not know stay as they are.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

use serde_json::{Map, Value};

use crate::{
    error::{Code, Error, Result},
    transfer::file::Draft,
};

const FILE: &str = "desk.json";

/// The setting of this name in `home`; none where nobody set it.
///
/// # Errors
/// `FileFailed` where the file cannot be read or understood.
pub fn get(home: &Path, key: &str) -> Result<Option<Value>> {
    Ok(read(home)?.remove(key))
}

/// Keeps a setting, in one piece or not at all. Others in the file stay.
///
/// # Errors
/// `FileFailed`; a file that was not understood is never written over.
pub fn set(home: &Path, key: &str, value: Value) -> Result<()> {
    let mut all = read(home)?;
    all.insert(key.into(), value);
    let mut draft = Draft::create(&home.join(FILE))?;
    let text = format!("{:#}\n", Value::Object(all));
    draft.write_all(text.as_bytes()).map_err(|e| draft.failed(&e))?;
    draft.finish()
}

fn read(home: &Path) -> Result<Map<String, Value>> {
    match fs::read(home.join(FILE)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| unreadable(home, &e.to_string())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Map::new()),
        Err(e) => Err(unreadable(home, &e.kind().to_string())),
    }
}

/// The error of a setting that makes no sense.
pub fn unreadable(home: &Path, what: &str) -> Error {
    let file = home.join(FILE);
    Error::new(
        Code::FileFailed,
        format!("The settings of this computer cannot be read ({}: {what}). Nothing was changed.", file.display()),
    )
    .hint("Mend the file, or remove it: the defaults hold then.")
}
