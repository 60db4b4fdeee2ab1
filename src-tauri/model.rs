//! The domain's words: plain data and pure rules, no I/O. Types with `TS` cross to the webview; their TypeScript twins are
//! generated into `ui/src/ipc/bindings`.

pub mod message;
pub mod page;
pub mod plan;
pub mod receipt;
pub mod run;
pub mod session;
