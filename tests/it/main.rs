//! One test binary that mirrors src-tauri; names are sentences.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "desktop")]
mod action;
mod audit;
mod bindings;
mod embedded;
mod model;
mod sample;
mod support;
mod transfer;
