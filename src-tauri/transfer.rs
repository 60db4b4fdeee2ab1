//! The queue as a file: its columns, the CSV dialects, and a file that is whole or not there.

pub mod columns;
pub mod csv;
pub mod figures;
pub mod file;
