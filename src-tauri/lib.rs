//! Queue Desk: the desktop console for the people who work a WhatsApp message queue on Postgres.

pub mod error;
pub mod model;
pub mod sample;
