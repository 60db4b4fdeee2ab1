//! The schema check, and the ledger.

mod breaks;
mod check;
mod large;
mod ledger;
mod made;
#[cfg(feature = "desktop")]
mod mend;
mod migrate;
mod migrate_faults;
mod migrate_kill;
mod migrate_size;
mod preview;
mod remove;
mod reports;
