//! The schema check, and the ledger.

mod check;
mod ledger;
mod migrate;
mod migrate_faults;
mod migrate_kill;
mod migrate_size;
mod remove;
