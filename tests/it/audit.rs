//! The schema check.

mod check;
