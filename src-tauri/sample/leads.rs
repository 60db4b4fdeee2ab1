//! The leads.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::dice::Dice;
use super::people::Office;
use super::{names, phones::Phones};

/// A row of `leads`; the fields are its columns.
#[derive(Serialize)]
pub struct Lead {
    pub id: Uuid,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub phone: Option<String>,
    pub status: &'static str,
    pub state: &'static str,
    pub bant_status: &'static str,
    pub client_id: Option<Uuid>,
    pub current_project_id: Option<Uuid>,
    pub state_status_metadata: Value,
    pub lead_metadata: Value,
    pub first_interaction: Option<DateTime<Utc>>,
    pub last_interaction: Option<DateTime<Utc>>,
    pub next_follow_up: Option<DateTime<Utc>>,
    pub interaction_count: i32,
    pub follow_up_count: i32,
    pub requires_human_review: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Not a column: the phone is a valid number.
    #[serde(skip)]
    pub has_valid_phone: bool,
}

/// Word, how warm such a lead is (added to its confidence), and how far it got.
type Stage = (&'static str, f64, &'static str);

/// The first five may be queued; the rest must never be overwritten.
const STAGES: [(u32, Stage); 16] = [
    (24, ("new", 0.0, "new_lead")),
    (20, ("unqualified", -0.1, "new_lead")),
    (14, ("awareness", 0.05, "new_lead")),
    (10, ("not_contacted", 0.0, "new_lead")),
    (7, ("pending", 0.0, "new_lead")),
    (6, ("contacted", 0.1, "contacted")),
    (4, ("hot", 0.4, "information_gathering")),
    (3, ("qualified", 0.3, "qualified")),
    (3, ("warm", 0.2, "contacted")),
    (2, ("interest", 0.15, "information_gathering")),
    (2, ("follow_up", 0.2, "contacted")),
    (1, ("nurturing", 0.1, "contacted")),
    (1, ("consideration", 0.2, "demo_scheduled")),
    (1, ("converted", 0.4, "qualified")),
    (1, ("closed_lost", -0.3, "contacted")),
    (1, ("archived", -0.3, "new_lead")),
];

const BANT: [(u32, &str); 8] = [
    (45, "unqualified"),
    (15, "no_bant"),
    (10, "need_qualified"),
    (8, "budget_qualified"),
    (5, "timing_qualified"),
    (4, "authority_qualified"),
    (8, "partially_qualified"),
    (5, "fully_qualified"),
];

pub fn imagine(office: &Office, count: u32, seed: u64, resets: i32, today: DateTime<Utc>) -> Vec<Lead> {
    let dice = &mut Dice::new("leads", seed, resets);
    let phones = &mut Phones::default();
    (0..count as usize).map(|index| lead(office, dice, phones, index, today)).collect()
}

fn lead(office: &Office, dice: &mut Dice, phones: &mut Phones, index: usize, today: DateTime<Utc>) -> Lead {
    let id = dice.id();
    let (first_name, last_name) = names::name(dice, index);
    let phone = phones.next(dice, index);
    let (status, warmth, state) = dice.weighted(&STAGES);
    let bant_status = dice.weighted(&BANT);
    let project = (!dice.percent(30.0)).then(|| &office.projects[dice.between(0, 2) as usize]);
    let age = dice.between(1, 240);
    let created_at = dice.working_moment(today, age);
    // Never contacted: nearly half. A few only yesterday, so that the cool-down has somebody to hold.
    let last_contact = match dice.weighted(&[(45, 'n'), (6, 'y'), (49, 'o')]) {
        'n' => None,
        'y' => Some(dice.between(1, 2).min(age)),
        _ => Some(dice.between(1.min(age), age)),
    };
    let last_interaction = last_contact.map(|days| dice.working_moment(today, days).max(created_at));
    let interaction_count = if last_contact.is_some() { dice.between(1, 6) } else { 0 };
    let follow_up_count = dice.between(0, interaction_count);
    let next_follow_up = dice.percent(12.0).then(|| {
        let days = -dice.between(1, 14);
        dice.working_moment(today, days)
    });
    Lead {
        id,
        first_name,
        last_name,
        phone: phone.text,
        status,
        state,
        bant_status,
        client_id: project.map(|p| p.client_id),
        // Some leads of a client have no project.
        current_project_id: project.filter(|_| !dice.percent(10.0)).map(|p| p.id),
        state_status_metadata: bant(dice, bant_status),
        lead_metadata: scores(dice, warmth),
        first_interaction: last_interaction
            .map(|last| if interaction_count == 1 { last } else { created_at + (last - created_at) / 4 }),
        last_interaction,
        next_follow_up,
        interaction_count,
        follow_up_count,
        requires_human_review: dice.percent(2.0),
        created_at,
        updated_at: last_interaction.unwrap_or(created_at + Duration::minutes(5)),
        has_valid_phone: phone.valid,
    }
}

/// The score, where there is one: mostly the AI's, sometimes the web form's, sometimes both. `sample` marks the lead as ours.
fn scores(dice: &mut Dice, warmth: f64) -> Value {
    let mut metadata = json!({ "sample": true });
    if dice.percent(70.0) {
        let confidence = ((dice.share() * 0.8 + warmth).clamp(0.0, 1.0) * 100.0).round() / 100.0;
        metadata["ai_analysis"] = json!({ "lead_qualification": { "confidence_score": confidence } });
    }
    if dice.percent(25.0) {
        metadata["custom_fields"] = json!({ "lead_score": dice.between(1, 10) });
    }
    metadata
}

/// The assessment behind the word, for those who have one.
fn bant(dice: &mut Dice, word: &str) -> Value {
    let known: Vec<&str> = match word {
        "fully_qualified" => vec!["budget", "authority", "need", "timeline"],
        "partially_qualified" => vec!["need", dice.pick(&["budget", "timeline"])],
        "budget_qualified" => vec!["budget"],
        "authority_qualified" => vec!["authority"],
        "need_qualified" => vec!["need"],
        "timing_qualified" => vec!["timeline"],
        _ => return json!({}),
    };
    let part = |name: &str| json!({ "qualified": known.contains(&name), "notes": "" });
    json!({ "bant": { "budget": part("budget"), "authority": part("authority"), "need": part("need"), "timeline": part("timeline") } })
}
