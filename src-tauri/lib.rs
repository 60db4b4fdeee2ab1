//! Queue Desk: the desktop console for the people who work a WhatsApp message queue on Postgres.
//!
//! # The map
//!
//! ```text
//! ui/src: views -> state -> ipc  ==  shell      only shell names Tauri and rfd (feature `desktop`)
//!                                    cli        the headless twin of every action
//!                                     |
//!                  action   automation   audit  an operator's verb, the sending loop, check and migrations
//!                     |       sender   transfer how a message leaves; CSV out
//!                    feed        |        |     what others did, as topics for the screen
//!                     |          |        |
//!                     +-------- db -------+     the only layer that names sqlx, with `sample`, `embedded` and `connect` (the way
//!                               |               to a database) beside it
//!                               |               one function per file in sql/<noun>/<verb>.sql
//!                             model             plain data and pure rules
//! ```
//!
//! The database decides: functions in `migrations/queue_desk/functions` lock, judge, write rows, ledger and receipt together.
//!
//! # How to add an action
//!
//! 1. The function in `migrations/queue_desk/functions/<noun>.sql`, ending in `write_receipt`; its line in `grants.sql`.
//! 2. `sql/<noun>/<verb>.sql` that calls it, and the function of the same name in `db/<noun>.rs`.
//! 3. `action/<verb>.rs`; its command in `cli` and in `shell/commands`.
//! 4. Its test in `tests/it/action/<verb>.rs`, which reads the database afterwards.
//! 5. Its detail in `guide/receipt.schema.json`, its words and those of its reasons in `ui/src/i18n/en.ts`.

pub mod action;
pub mod audit;
pub mod automation;
pub mod cli;
pub mod computer;
pub mod config;
pub mod connect;
pub mod db;
pub mod embedded;
pub mod error;
pub mod feed;
pub mod log;
pub mod model;
pub mod profile;
pub mod sample;
pub mod secrets;
pub mod sender;
#[cfg(feature = "desktop")]
pub mod shell;
#[cfg(feature = "desktop")]
pub mod terminal;
pub mod transfer;
