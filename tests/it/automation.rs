//! Automation on a real database.

mod outbox;
