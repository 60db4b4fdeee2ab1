//! What an export says about a message or a job: the columns, their order and their names. Scripts rely on all three;
//! new columns go to the end.

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

/// The header row.
pub const HEADER: [&str; 29] = [
    "queue",
    "id",
    "lead_id",
    "lead_name",
    "lead_phone",
    "lead_status",
    "client",
    "operator",
    "owner",
    "queue_status",
    "lane",
    "priority",
    "queue_position",
    "scheduled_for",
    "created_at",
    "updated_at",
    "sent_at",
    "message_type",
    "template",
    "message_content",
    "recipient_phone",
    "attempts",
    "last_error",
    "error_code",
    "provider_message_id",
    "delivery_outcome",
    "delivery_dispatched_at",
    "delivery_finished_at",
    "simulated",
];

/// One message or one job with its lead, owner and last delivery. What does not apply is none and an empty cell.
#[derive(Debug, Clone, Default, PartialEq, sqlx::FromRow)]
pub struct ExportRow {
    /// `messages` (`whatsapp_message_queue`) or `jobs` (`lead_processing_queue`).
    pub queue: String,
    pub id: Uuid,
    pub lead_id: Option<Uuid>,
    pub lead_name: Option<String>,
    /// As the CRM keeps it, in whatever form.
    pub lead_phone: Option<String>,
    pub lead_status: Option<String>,
    /// The client's name.
    pub client: Option<String>,
    /// Whose queue it is in.
    pub operator: Option<String>,
    /// Who took the lead.
    pub owner: Option<String>,
    pub queue_status: Option<String>,
    /// A [`crate::model::message::Lane`]; none for jobs.
    pub lane: Option<String>,
    pub priority: Option<i32>,
    pub queue_position: Option<i32>,
    pub scheduled_for: Option<DateTime<Utc>>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub message_type: Option<String>,
    pub template: Option<String>,
    pub message_content: Option<String>,
    /// E.164 for messages that this program queued.
    pub recipient_phone: Option<String>,
    pub attempts: Option<i32>,
    pub last_error: Option<String>,
    pub error_code: Option<String>,
    pub provider_message_id: Option<String>,
    pub delivery_outcome: Option<String>,
    pub delivery_dispatched_at: Option<DateTime<Utc>>,
    pub delivery_finished_at: Option<DateTime<Utc>>,
    /// Nobody received it. None where there was no delivery.
    pub simulated: Option<bool>,
}

/// A cell, and how far a spreadsheet may interpret it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Our own words, numbers and times: nothing in them is anybody's input.
    Plain(String),
    /// What people typed.
    Text(&'a str),
    /// Digits that are a name, not an amount: phones, the provider's ids.
    Digits(&'a str),
}

impl ExportRow {
    /// In the order of [`HEADER`]. Times are RFC 3339 in UTC, to the precision that the database has.
    pub fn cells(&self) -> [Cell<'_>; HEADER.len()] {
        [
            text(&self.queue),
            plain(Some(self.id)),
            plain(self.lead_id),
            text_or_none(&self.lead_name),
            digits(&self.lead_phone),
            text_or_none(&self.lead_status),
            text_or_none(&self.client),
            text_or_none(&self.operator),
            text_or_none(&self.owner),
            text_or_none(&self.queue_status),
            text_or_none(&self.lane),
            plain(self.priority),
            plain(self.queue_position),
            time(self.scheduled_for),
            time(self.created_at),
            time(self.updated_at),
            time(self.sent_at),
            text_or_none(&self.message_type),
            text_or_none(&self.template),
            text_or_none(&self.message_content),
            digits(&self.recipient_phone),
            plain(self.attempts),
            text_or_none(&self.last_error),
            text_or_none(&self.error_code),
            digits(&self.provider_message_id),
            text_or_none(&self.delivery_outcome),
            time(self.delivery_dispatched_at),
            time(self.delivery_finished_at),
            plain(self.simulated),
        ]
    }
}

fn text(value: &str) -> Cell<'_> {
    Cell::Text(value)
}

fn text_or_none(value: &Option<String>) -> Cell<'_> {
    Cell::Text(value.as_deref().unwrap_or_default())
}

fn digits(value: &Option<String>) -> Cell<'_> {
    Cell::Digits(value.as_deref().unwrap_or_default())
}

fn plain(value: Option<impl ToString>) -> Cell<'static> {
    Cell::Plain(value.map(|value| value.to_string()).unwrap_or_default())
}

fn time(at: Option<DateTime<Utc>>) -> Cell<'static> {
    plain(at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)))
}
