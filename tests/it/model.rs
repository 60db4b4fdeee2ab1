//! The rules, without a database.

mod content;
mod phone;
mod planner;
mod score;
mod settings;
mod slots;
