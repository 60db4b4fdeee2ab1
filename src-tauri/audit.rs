//! What the database must look like, and how it gets there: the contract, the check and its report, the migration steps and their
//! runner, and what this desk remembers of the ledger and of earlier checks.

pub mod check;
pub mod contract;
pub mod heads;
pub mod history;
pub mod made;
pub mod migrate;
pub mod report;
pub mod sarif;
mod sql_words;
pub mod steps;
