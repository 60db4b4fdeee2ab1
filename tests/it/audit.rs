//! The schema check, and the ledger.

mod check;
mod ledger;
