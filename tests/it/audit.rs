//! The schema check, and the ledger.

mod breaks;
mod check;
mod ledger;
mod made;
mod preview;
mod reports;
