//! The command line as a contract: exit codes, one JSON document, and the rows that a command leaves behind.

mod actions;
mod migrate;
mod refusals;
mod verbs;

use serde_json::Value;

use crate::support::terminal::Said;

/// A receipt as the contract promises it, and its exit code.
fn receipt(said: &Said, code: i32, action: &str) -> Value {
    assert_eq!(said.code, code, "{said:?}");
    let receipt = said.json();
    let mut keys: Vec<&str> = receipt.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["action", "asked", "changed", "detail", "failed", "ledger_id", "receipt_id", "skipped"]);
    assert_eq!(receipt["action"], action);
    assert!(
        receipt["receipt_id"].is_string() && (receipt["ledger_id"].is_string() || receipt["ledger_id"].is_null()),
        "ids are strings: {receipt}"
    );
    receipt
}

/// A refusal: its exit code, its word, and what to do about it; nothing on standard output.
fn refusal(said: &Said, code: i32, word: &str) -> Value {
    let error = said.error();
    assert_eq!((said.code, error["code"].as_str()), (code, Some(word)), "{said:?}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.len() > 10), "no hint: {error}");
    assert!(error["message"].as_str().is_some_and(|m| m.ends_with('.')), "a sentence: {error}");
    assert!(error["retryable"].is_boolean());
    error
}
