//! Every command of the handler, by name, as src-tauri/shell.rs registers them.

use std::{fs, path::Path};

/// Those that generate_handler names.
pub fn all() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/shell.rs")).unwrap();
    let inside = text.split_once("generate_handler![").expect("the handler").1.split_once(']').expect("its end").0;
    let names = inside.split(',').filter_map(|path| path.trim().rsplit_once("::"));
    let names: Vec<String> = names.map(|(_, name)| name.to_owned()).collect();
    assert!(names.len() > 50, "the handler was found: {names:?}");
    names
}

/// What the shell is written of.
pub fn sources() -> String {
    let shell = crate::layers::sources().into_iter().filter(|(path, _)| path.starts_with("shell"));
    shell.map(|(_, code)| code).collect()
}
