//! Claim, gate, dispatch, settle, rescue: the fences of sending, with a provider that remembers what it saw.

mod crowd;
mod gate;
mod outbox;
mod process;
mod rescue;
mod sending;
mod settle;
mod stop;
mod trust;
mod verbs_race;
