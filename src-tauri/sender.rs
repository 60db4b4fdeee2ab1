//! How a message leaves. A sender knows nothing of queues, leads or limits; it tries once and says what it knows.

pub mod dry_run;

use std::{future::Future, pin::Pin, time::Duration};

use serde_json::Value;
use uuid::Uuid;

/// What goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    pub message_id: Uuid,
    pub attempt: i32,
    /// E.164.
    pub phone: String,
    pub content: String,
    pub template: Option<String>,
    pub variables: Value,
}

/// What is known after one try. Doubt is `Unknown`: it is never repeated by the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The provider took it.
    Accepted { provider_message_id: String },
    /// The provider certainly did not take it; the code is its own.
    Refused { code: String },
    /// The request certainly did not leave this computer.
    NotSent,
    /// The request began, and nobody knows how it ended.
    Unknown,
}

pub type Sending<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// One way to send.
pub trait Sender: Send + Sync {
    /// As the ledger and `--sender` name it.
    fn name(&self) -> &'static str;

    /// A send that takes longer has an unknown outcome. Rescue waits this long plus 30 s.
    fn timeout(&self) -> Duration;

    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a>;
}
