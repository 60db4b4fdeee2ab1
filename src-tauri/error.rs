//! The one error of everything above `db`: what happened, where, and what to do.
//!
//! A [`Code`] exists only if the screen or a script acts on it. The message is a sentence for a person; it never holds a
//! password, a token, the text of a message or a phone number. The cause chain goes to the log, once, at the place where
//! the error leaves the program (a shell command or `cli`).

use serde::Serialize;
use ts_rs::TS;

pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, as it crosses to the webview and to `--json`.
#[derive(Debug, Clone, Serialize, TS, PartialEq, Eq)]
pub struct Error {
    pub code: Code,
    /// What happened, and what it means for the data.
    pub message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
    /// The input that was wrong: a flag, a setting, a field of a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<String>,
    /// Whether the same call may succeed a moment later.
    pub retryable: bool,
}

/// The words the screen translates and scripts test for.
#[derive(Debug, Clone, Copy, Serialize, TS, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    // Reaching a database.
    BadUrl,
    PasswordInUrl,
    /// No database is open in this window.
    NotConnected,
    NoConnection,
    WrongPassword,
    /// The way could not be protected as it was asked to be.
    TlsFailed,
    ConnectionLost,
    /// The connection broke after the statement was sent: it may or may not have been committed.
    CommitInDoubt,
    /// The database does not hold any more what this desk saw in it.
    WentBack,
    PoolerTransactionMode,
    /// There is no keychain, or it keeps nothing.
    KeychainUnavailable,
    /// The keychain wants its own password, or was not given it.
    KeychainLocked,
    // The embedded server.
    NoBinaries,
    PortTaken,
    DataVersion,
    FolderNotWritable,
    ServerFailed,
    NoDisplay,
    // What the database is.
    NoTables,
    NotMigrated,
    MigrationFailed,
    MigrationLocked,
    NewerDatabase,
    // Who asks.
    NoOperator,
    ReadOnly,
    NoPermission,
    // What was asked.
    BadInput,
    NotFound,
    NotAvailableYet,
    PlanStale,
    NoWorkingDay,
    SenderRefused,
    SampleRefused,
    AlreadyRunning,
    /// The window is covered; somebody has to unlock it.
    WindowLocked,
    // The outside world.
    FileFailed,
    Cancelled,
    Busy,
    Internal,
}

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let retryable = matches!(code, Code::NoConnection | Code::ConnectionLost | Code::MigrationLocked | Code::Busy)
            || matches!(code, Code::KeychainUnavailable | Code::KeychainLocked);
        Self { code, message: message.into(), hint: None, field: None, retryable }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// A thing that exists in the design and comes with a later version: said plainly instead of ignored.
    pub fn not_available_yet(what: &str) -> Self {
        Self::new(Code::NotAvailableYet, format!("{what} is not available yet. Nothing was done."))
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
