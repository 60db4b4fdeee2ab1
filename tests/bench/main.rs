//! What it costs, each case beside a peer that does the bare part of the same work, in the same run on the same server: absolute
//! times on a shared machine mean little. `cargo xtask bench` starts it; arguments choose cases by name.
//!
//! The server is a throwaway one (fsync off), the desk a login that is no superuser, so row security counts.
#![allow(clippy::unwrap_used)]

mod actions;
mod flights;
mod large;
mod sending;
mod table;
/// The tests' own databases and people.
#[path = "../it"]
#[allow(dead_code, unused_imports)]
mod it {
    pub mod support;
}

use it::support;
use table::Table;

fn main() {
    // `cargo bench` adds `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    support::run(async {
        let mut table = Table::new(wanted);
        actions::prepare(&mut table).await;
        actions::take(&mut table).await;
        flights::all(&mut table).await;
        sending::drain(&mut table).await;
        large::all(&mut table).await;
        table.end();
    });
}
