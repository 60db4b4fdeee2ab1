//! The past: what the web CRM queued and sent weeks ago, jobs, leads that colleagues took, leads that said no.
//!
//! None of the messages is ours: they were never adopted, and no delivery proves them. Old queued rows must stay where they
//! are until a person adopts them.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::dice::Dice;
use super::leads::Lead;
use super::people::Office;

/// A row of `whatsapp_message_queue`. Of a doubled column only one is here; the statement writes both.
#[derive(Serialize)]
pub struct Message {
    pub id: Uuid,
    pub lead_id: Uuid,
    pub user_id: Uuid,
    pub client_id: Option<Uuid>,
    pub queue_position: i32,
    pub priority: i32,
    pub queue_status: &'static str,
    pub message_content: String,
    pub recipient_phone: String,
    pub template: &'static str,
    pub variables: Value,
    pub scheduled_for: DateTime<Utc>,
    pub queued_at: DateTime<Utc>,
    pub processed_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub attempts: i32,
    pub error: Option<&'static str>,
}

/// A row of `lead_processing_queue`.
#[derive(Serialize)]
pub struct Job {
    pub id: Uuid,
    pub lead_id: Uuid,
    pub user_id: Uuid,
    pub client_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub queue_position: i32,
    pub priority: i32,
    pub queue_status: &'static str,
    pub processing_type: &'static str,
    pub processing_step: &'static str,
    pub progress_percentage: i32,
    pub error_message: Option<&'static str>,
    pub retry_count: i32,
    pub scheduled_for: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A row of `queue_desk.lead_gate`: the owner took it himself.
#[derive(Serialize)]
pub struct Taken {
    pub lead_id: Uuid,
    pub owner: Uuid,
    pub since: DateTime<Utc>,
}

/// A row of `queue_desk.opt_out`, by lead.
#[derive(Serialize)]
pub struct OptOut {
    pub lead_id: Uuid,
    pub scope: &'static str,
    pub by: Uuid,
    pub at: DateTime<Utc>,
    pub source: &'static str,
}

#[derive(Default)]
pub struct Past {
    pub messages: Vec<Message>,
    pub jobs: Vec<Job>,
    pub taken: Vec<Taken>,
    pub opt_outs: Vec<OptOut>,
}

const MAX_JOBS: usize = 20;

/// A sent message is also the lead's last interaction, hence `&mut`.
pub fn imagine(office: &Office, leads: &mut [Lead], seed: u64, resets: i32, today: DateTime<Utc>) -> Past {
    let dice = &mut Dice::new("history", seed, resets);
    let mut past = Past::default();
    // A lead that a person took, or that said no, has nothing waiting.
    let mut waiting = HashSet::new();
    for (index, lead) in leads.iter_mut().enumerate() {
        let user_id = dice.pick(&office.operators_of(lead.client_id));
        if let Some(message) = message(dice, lead, user_id, past.messages.len() as i32 + 1, today) {
            if message.queue_status == "queued" {
                waiting.insert(lead.id);
            }
            past.messages.push(message);
        } else if index % 20 == 11 && past.jobs.len() < MAX_JOBS {
            past.jobs.push(job(dice, lead, user_id, past.jobs.len(), today));
            waiting.insert(lead.id);
        }
    }
    let dice = &mut Dice::new("fences", seed, resets);
    for (index, lead) in leads.iter().enumerate().filter(|(_, lead)| !waiting.contains(&lead.id)) {
        let user = dice.pick(&office.operators_of(lead.client_id));
        let days = dice.between(1, 20);
        let at = dice.working_moment(today, days);
        match index % 100 {
            23 | 61 => past.taken.push(Taken { lead_id: lead.id, owner: user, since: at }),
            47 | 85 => past.opt_outs.push(OptOut { lead_id: lead.id, scope: "all", by: user, at, source: "operator" }),
            _ => {}
        }
    }
    past
}

/// At most one old message per lead.
fn message(dice: &mut Dice, lead: &mut Lead, user_id: Uuid, position: i32, today: DateTime<Utc>) -> Option<Message> {
    let queue_status = dice.weighted(&[(920, ""), (40, "sent"), (20, "failed"), (12, "cancelled"), (8, "queued")]);
    let phone = lead.phone.clone().filter(|_| lead.has_valid_phone)?;
    if queue_status.is_empty() {
        return None;
    }
    let days = dice.between(14, 60);
    let id = dice.id();
    let slot = dice.working_moment(today, days);
    let finished_at = (queue_status != "queued").then(|| slot + Duration::seconds(dice.between(2, 40).into()));
    let sent_at = finished_at.filter(|_| queue_status == "sent");
    let queued_at = slot - Duration::hours(15);
    if let Some(at) = sent_at {
        lead.last_interaction = Some(at);
        lead.updated_at = at;
        lead.first_interaction = lead.first_interaction.filter(|first| *first < at).or(Some(at));
        lead.interaction_count = lead.interaction_count.max(1);
    }
    // Nobody is contacted before he is known.
    lead.created_at = lead.created_at.min(queued_at);
    let name = lead.first_name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("there");
    Some(Message {
        id,
        lead_id: lead.id,
        user_id,
        client_id: lead.client_id,
        queue_position: position,
        priority: dice.weighted(&[(70, 5), (15, 7), (10, 8), (5, 10)]),
        queue_status,
        message_content: format!("Hello {name}, are you still looking for a home? We have something new to show you."),
        recipient_phone: phone,
        template: "follow_up_template",
        variables: json!({ "lead_name": name }),
        scheduled_for: slot,
        queued_at,
        processed_at: finished_at,
        sent_at,
        attempts: match queue_status {
            "sent" => 1,
            "failed" => dice.between(1, 3),
            _ => 0,
        },
        error: match queue_status {
            "failed" => {
                Some(dice.pick(&["Message undeliverable", "Template does not exist", "Rate limit hit", "Timed out"]))
            }
            "cancelled" => Some("Cancelled in the web app"),
            _ => None,
        },
    })
}

/// Jobs of the web CRM, in every state.
fn job(dice: &mut Dice, lead: &Lead, user_id: Uuid, number: usize, today: DateTime<Utc>) -> Job {
    let queue_status = ["completed", "queued", "failed", "processing", "cancelled"][number % 5];
    let days = dice.between(1, 30);
    let scheduled_for = dice.working_moment(today, days);
    let started_at = (!matches!(queue_status, "queued" | "cancelled")).then(|| scheduled_for + Duration::seconds(20));
    let completed_at =
        (queue_status == "completed").then(|| scheduled_for + Duration::seconds(dice.between(40, 600).into()));
    Job {
        id: dice.id(),
        lead_id: lead.id,
        user_id,
        client_id: lead.client_id,
        project_id: lead.current_project_id,
        queue_position: number as i32 + 1,
        priority: dice.between(3, 9),
        queue_status,
        processing_type: dice.weighted(&[(80, "auto"), (12, "manual"), (8, "retry")]),
        processing_step: dice.pick(&["enrich", "qualify", "assign"]),
        progress_percentage: match queue_status {
            "completed" => 100,
            "processing" | "failed" => dice.between(10, 90),
            _ => 0,
        },
        error_message: (queue_status == "failed").then_some("The processor did not answer"),
        retry_count: if queue_status == "failed" { 3 } else { 0 },
        scheduled_for,
        started_at,
        completed_at,
        created_at: scheduled_for - Duration::hours(2),
    }
}
