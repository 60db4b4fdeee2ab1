//! What the database must look like, and how it gets there: the check and its report, the migration steps and their
//! runner, and what this desk remembers of the ledger.

pub mod check;
pub mod heads;
pub mod migrate;
pub mod report;
pub mod steps;
