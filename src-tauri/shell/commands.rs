//! One function per thing the webview may ask for; each is one call into the layers below. Errors are logged here, once.

pub mod automation;
pub mod connect;
pub mod erase;
pub mod export;
pub mod grids;
pub mod lead;
pub mod ledger;
pub mod lock;
pub mod logins;
pub mod messages;
pub mod metrics;
pub mod operators;
pub mod pauses;
pub mod prepare;
pub mod profiles;
pub mod quarantine;
pub mod schema;
pub mod session;
pub mod support;

use crate::{
    error::{Error, Result},
    log,
    model::receipt::Receipt,
};

/// Logs what leaves for the webview.
fn logged<T>(command: &'static str, result: Result<T>) -> Result<T> {
    result.inspect_err(|error: &Error| log::refused(command, error.code))
}

/// The same for an action that answers with a receipt, which is logged too.
fn done(command: &'static str, result: Result<Receipt>) -> Result<Receipt> {
    logged(command, result).inspect(log::receipt)
}
