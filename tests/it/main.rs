//! One test binary that mirrors src-tauri; names are sentences.
#![allow(clippy::unwrap_used)]

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
mod guide;
mod layers;
mod log;
mod model;
mod sample;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod secrets;
#[cfg(feature = "desktop")]
mod shell;
mod support;
mod transfer;
