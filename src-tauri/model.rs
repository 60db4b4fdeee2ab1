//! The domain's words: plain data and pure rules, no I/O. Types with `TS` cross to the webview; their TypeScript twins are
//! generated into `ui/src/ipc/bindings`.

pub mod candidate;
pub mod connection;
pub mod content;
pub mod erase;
pub mod feed;
pub mod finding;
pub mod hours;
pub mod job;
pub mod lead;
pub mod lead_page;
pub mod ledger;
pub mod ledger_page;
pub mod lock;
pub mod log_level;
pub mod login;
pub mod message;
pub mod metrics;
pub mod operator;
pub mod page;
pub mod pause;
pub mod phone;
pub mod plan;
pub mod planner;
pub mod preview;
pub mod quarantine;
pub mod receipt;
pub mod run;
pub mod score;
pub mod session;
pub mod setting_rule;
pub mod settings;
pub mod slots;
pub mod topic;
