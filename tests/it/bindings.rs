//! The TypeScript twins of the wire types are generated, committed, and current.
//! `UPDATE_BINDINGS=1 cargo test --test it bindings` writes them.

use std::{collections::BTreeMap, fs, path::Path};

use queue_desk::{error, model::*};
use ts_rs::{Config, TS};

#[test]
fn typescript_bindings_are_current() {
    let fresh = tempdir();
    let config = Config::new().with_out_dir(&fresh).with_large_int("number");
    error::Error::export_all(&config).expect("exported");
    receipt::Receipt::export_all(&config).expect("exported");
    receipt::Settled::export_all(&config).expect("exported");
    message::MessageRow::export_all(&config).expect("exported");
    metrics::MetricsFilter::export_all(&config).expect("exported");
    metrics::Metrics::export_all(&config).expect("exported");
    message::Lane::export_all(&config).expect("exported");
    page::Filter::export_all(&config).expect("exported");
    page::MessagePage::export_all(&config).expect("exported");
    page::Counts::export_all(&config).expect("exported");
    plan::Plan::export_all(&config).expect("exported");
    run::RunStatus::export_all(&config).expect("exported");
    operator::OperatorRow::export_all(&config).expect("exported");
    login::LoginScript::export_all(&config).expect("exported");
    login::LoginClosing::export_all(&config).expect("exported");
    login::LoginRenewal::export_all(&config).expect("exported");
    login::LiveDesks::export_all(&config).expect("exported");
    erase::ErasePreview::export_all(&config).expect("exported");
    pause::PauseRow::export_all(&config).expect("exported");
    lead::LeadFilter::export_all(&config).expect("exported");
    lead::LeadPage::export_all(&config).expect("exported");
    job::JobFilter::export_all(&config).expect("exported");
    job::JobPage::export_all(&config).expect("exported");
    topic::Topic::export_all(&config).expect("exported");
    queue_desk::transfer::csv::Preset::export_all(&config).expect("exported");
    session::Session::export_all(&config).expect("exported");
    ledger::LedgerRow::export_all(&config).expect("exported");
    ledger::Verification::export_all(&config).expect("exported");
    feed::FeedStatus::export_all(&config).expect("exported");
    lead::LeadCounts::export_all(&config).expect("exported");
    connection::Connections::export_all(&config).expect("exported");
    connection::Probe::export_all(&config).expect("exported");
    connection::SetupPlan::export_all(&config).expect("exported");
    connection::SetupProgress::export_all(&config).expect("exported");
    ledger_page::LedgerFilter::export_all(&config).expect("exported");
    ledger_page::LedgerPage::export_all(&config).expect("exported");
    ledger_page::LedgerState::export_all(&config).expect("exported");
    ledger_page::ReceiptPage::export_all(&config).expect("exported");
    lead_page::LeadDetail::export_all(&config).expect("exported");
    lead_page::LeadTimeline::export_all(&config).expect("exported");
    lead_page::EventKind::export_all(&config).expect("exported");
    lock::WindowLock::export_all(&config).expect("exported");
    log_level::LogSettings::export_all(&config).expect("exported");
    finding::Report::export_all(&config).expect("exported");
    preview::Preview::export_all(&config).expect("exported");
    quarantine::Quarantined::export_all(&config).expect("exported");
    queue_desk::audit::migrate::Migration::export_all(&config).expect("exported");
    queue_desk::audit::report::Format::export_all(&config).expect("exported");

    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings");
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        let _ = fs::remove_dir_all(&committed);
        fs::create_dir_all(&committed).expect("bindings folder");
        for (path, text) in files(&fresh) {
            let to = committed.join(path);
            fs::create_dir_all(to.parent().expect("a parent")).expect("bindings folder");
            fs::write(to, text).expect("a binding is written");
        }
    }
    assert_eq!(
        files(&fresh),
        files(&committed),
        "run `UPDATE_BINDINGS=1 cargo test --test it bindings` and commit ui/src/ipc/bindings"
    );
    let _ = fs::remove_dir_all(&fresh);
}

fn tempdir() -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("queue-desk-bindings-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a temporary folder");
    dir
}

fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below root").to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}
