//! The schema check, and the ledger.

mod breaks;
mod check;
mod large;
mod ledger;
mod made;
mod preview;
mod reports;
