//! What erasing a person would do, said before.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErasePreview {
    pub lead_id: Uuid,
    /// This lead first, then others whose phone ends in the same nine digits, at most a hundred.
    pub leads: Vec<EraseLead>,
    /// `leads.phone`: what is blanked.
    pub columns: Vec<String>,
    /// What is not, because it is no text or the database needs it.
    pub left_columns: Vec<LeftColumn>,
    /// Rows of tables that are not Queue Desk's to erase.
    pub elsewhere: Vec<Elsewhere>,
    /// The one thing that stays of the person: an opt-out by the salted hash of the phone, from now or from when it was erased before.
    /// False: the lead has no valid phone, and only the lead itself is opted out.
    pub by_phone: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EraseLead {
    pub lead_id: Uuid,
    /// The one that was asked for.
    pub named: bool,
    /// The caller may see it; otherwise neither name nor client is told.
    pub access: bool,
    pub name: Option<String>,
    pub client: Option<String>,
    /// Erasing it was begun, and was cut short: it is opted out, and still holds something.
    pub begun: bool,
    /// Of the lead; the named one's with those that have no lead and go to the phone.
    pub messages: i32,
    /// Of the messages: queued or being sent; they are cancelled.
    pub waiting: i32,
    /// Of the messages: their outcome is not known yet, and nothing can be erased before it is.
    pub on_the_wire: i32,
    pub jobs: i32,
    /// Rows that a migration took out and that speak of the person.
    pub quarantined: i32,
    /// They hold ids and state words, and stay.
    pub ledger_rows: i32,
    /// Actions on this lead for which somebody typed a reason. The ledger keeps it.
    pub typed_reasons: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftColumn {
    pub column: String,
    /// `key`, `generated`, `needs_value` or `no_text`.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Elsewhere {
    pub table: String,
    pub column: String,
    /// The lead that they point to, or whose messages. None: not known.
    pub lead_id: Option<Uuid>,
    /// None: the database does not let us count them.
    pub rows: Option<i64>,
}
