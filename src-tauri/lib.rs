//! Queue Desk: the desktop console for the people who work a WhatsApp message queue on Postgres.
pub mod action;
pub mod audit;
pub mod automation;
pub mod db;
pub mod embedded;
pub mod error;
pub mod model;
pub mod sender;
pub mod transfer;
