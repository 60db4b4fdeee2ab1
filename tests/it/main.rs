//! One test binary that mirrors src-tauri; names are sentences.

mod bindings;
mod sample;
