//! The dry run: everything but the sending. Nobody receives anything; deliveries are marked `simulated`, and the database lets
//! it work on sample data only.

use std::time::Duration;

use super::{Answer, Outgoing, Sender, Sending};

pub struct DryRun;

impl Sender for DryRun {
    fn name(&self) -> &'static str {
        "dry-run"
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            Answer::Accepted { provider_message_id: format!("dry-run:{}:{}", message.message_id, message.attempt) }
        })
    }
}
