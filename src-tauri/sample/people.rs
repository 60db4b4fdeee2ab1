//! The office: who works there, for which clients, under which settings.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::dice::Dice;

#[derive(Serialize)]
pub struct Operator {
    pub user_id: Uuid,
    pub name: &'static str,
    pub email: &'static str,
}

#[derive(Serialize)]
pub struct Profile {
    pub id: Uuid,
    pub full_name: &'static str,
    pub email: &'static str,
    pub role: &'static str,
}

#[derive(Serialize)]
pub struct Client {
    pub id: Uuid,
    pub name: &'static str,
    pub description: &'static str,
}

#[derive(Serialize)]
pub struct Project {
    pub id: Uuid,
    pub name: &'static str,
    pub client_id: Uuid,
}

#[derive(Serialize)]
pub struct Member {
    pub id: Uuid,
    pub user_id: Uuid,
    pub client_id: Uuid,
    pub role: &'static str,
}

#[derive(Serialize)]
pub struct Settings {
    pub id: Uuid,
    pub user_id: Uuid,
    pub work_days: Value,
    pub processing_targets: Value,
    pub automation: Value,
    pub advanced: Value,
}

pub struct Office {
    pub operators: Vec<Operator>,
    pub profiles: Vec<Profile>,
    pub clients: Vec<Client>,
    pub projects: Vec<Project>,
    pub members: Vec<Member>,
    pub settings: Vec<Settings>,
}

impl Office {
    /// Operators who may work a lead of this client; every one of them for a lead of the shared pool.
    pub fn operators_of(&self, client: Option<Uuid>) -> Vec<Uuid> {
        match client {
            None => self.operators.iter().map(|o| o.user_id).collect(),
            Some(id) => self.members.iter().filter(|m| m.client_id == id).map(|m| m.user_id).collect(),
        }
    }
}

pub fn imagine(seed: u64, resets: i32) -> Office {
    let dice = &mut Dice::new("office", seed, resets);
    let operators = vec![
        Operator { user_id: dice.id(), name: "Noa Shalev", email: "noa@queue-desk.example" },
        Operator { user_id: dice.id(), name: "Amir Haddad", email: "amir@queue-desk.example" },
        Operator { user_id: dice.id(), name: "Dana Levi", email: "dana@queue-desk.example" },
    ];
    let [noa, amir, dana] = [0, 1, 2].map(|i: usize| operators[i].user_id);
    let clients = vec![
        Client { id: dice.id(), name: "Carmel Homes", description: "Flats and houses on the Carmel" },
        Client { id: dice.id(), name: "Harbour Estates", description: "New buildings by the sea" },
    ];
    let [carmel, harbour] = [clients[0].id, clients[1].id];
    let projects = vec![
        Project { id: dice.id(), name: "Carmel Ridge", client_id: carmel },
        Project { id: dice.id(), name: "Olive Terraces", client_id: carmel },
        Project { id: dice.id(), name: "Harbour View", client_id: harbour },
    ];
    let mut member = |user_id, client_id, role| Member { id: dice.id(), user_id, client_id, role };
    let members = vec![
        member(noa, carmel, "OWNER"),
        member(noa, harbour, "ADMIN"),
        member(amir, carmel, "MEMBER"),
        member(dana, harbour, "member"),
    ];
    // The third operator has no profile, as happens in the source: nothing may depend on one.
    let profiles = operators[..2]
        .iter()
        .zip(["admin", "user"])
        .map(|(o, role)| Profile { id: o.user_id, full_name: o.name, email: o.email, role })
        .collect();
    let settings = [(noa, table_advanced()), (amir, web_advanced()), (dana, table_advanced())]
        .map(|(user_id, advanced)| settings(dice.id(), user_id, advanced))
        .into();
    Office { operators, profiles, clients, projects, members, settings }
}

fn settings(id: Uuid, user_id: Uuid, advanced: Value) -> Settings {
    Settings {
        id,
        user_id,
        work_days: json!({
            "enabled": true,
            "work_days": [0, 1, 2, 3, 4],
            "business_hours": { "start": "09:00", "end": "18:00", "timezone": "Asia/Jerusalem" },
            "exclude_holidays": true,
            "custom_holidays": []
        }),
        processing_targets: json!({
            "target_leads_per_month": 1000,
            "target_leads_per_work_day": 45,
            "max_daily_capacity": 200,
            "weekend_processing": { "enabled": false, "reduced_target_percentage": 25 }
        }),
        automation: json!({
            "auto_queue_preparation": true,
            "queue_preparation_time": "18:00",
            "auto_start_processing": false,
            "pause_on_weekends": true,
            "pause_on_holidays": true,
            "max_retry_attempts": 3,
            "retry_delay_minutes": 15
        }),
        advanced,
    }
}

/// The shape that the table's default gives.
fn table_advanced() -> Value {
    json!({
        "batch_processing": { "enabled": true, "batch_size": 50, "batch_delay_seconds": 30 },
        "priority_scoring": {
            "enabled": true,
            "factors": ["heat_score", "bant_score", "days_since_contact"],
            "weights": { "heat_score": 0.4, "bant_score": 0.4, "days_since_contact": 0.2 }
        },
        "rate_limiting": { "messages_per_hour": 600, "messages_per_day": 10000, "respect_business_hours": true }
    })
}

/// The shape that the web app writes for a new user: flat, and no rate limits.
fn web_advanced() -> Value {
    json!({
        "batch_size": 10,
        "processing_delay_minutes": 2,
        "retry_failed_leads": true,
        "max_retry_attempts": 3,
        "priority_weights": { "new": 3, "follow-up": 7, "qualified": 9, "hot": 10 }
    })
}
