//! What the database must look like, and how it gets there: the migration steps and their runner. The check catalogue comes
//! with the schema check.

pub mod migrate;
pub mod steps;
