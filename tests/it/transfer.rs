//! Files out of the queue, without a database.

mod csv;
mod file;
