//! One test binary that mirrors src-tauri; names are sentences.
#![allow(clippy::unwrap_used)]
// What only the window's tests use is idle without them.
#![cfg_attr(not(feature = "desktop"), allow(dead_code, unused_imports))]

#[cfg(feature = "desktop")]
mod action;
mod audit;
mod automation;
mod bindings;
mod cli;
#[cfg(feature = "desktop")]
mod connect;
mod db;
mod embedded;
#[cfg(feature = "desktop")]
mod feed;
#[cfg(feature = "desktop")]
mod guide;
#[cfg(windows)]
mod keychain;
mod layers;
mod log;
mod model;
mod sample;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod secrets;
#[cfg(feature = "desktop")]
mod shell;
mod support;
mod systems;
mod transfer;
