//! Each action, driven through Tauri's IPC on a real database, and the rows read afterwards.

mod assign;
mod contract;
mod export;
mod grids;
mod ipc;
mod lead_page;
mod ledger;
mod ledger_page;
mod messages;
mod operators;
mod opt_out;
mod pause;
mod prepare;
mod prepare_commit;
mod prepare_day;
mod prepare_left_out;
mod resolve;
mod retry;
mod session;
mod settings;
mod stop;
mod take;
mod take_race;
mod undo;
mod verbs;
mod who;
