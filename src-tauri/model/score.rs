//! How urgently a lead should be written to: 0 to 100, from heat, BANT and the days since the last contact.
//!
//! The three factors and their weights are the CRM's own (`advanced.priority_scoring`), which it stores and never
//! computes. Where data is missing the score stays comparable; each factor says what it takes instead.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// After this many days a lead cannot wait any longer.
const LONGEST_WAIT_DAYS: f64 = 30.0;

/// What a score is made of. Missing data is allowed everywhere.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoreInputs {
    /// `leads.status`.
    pub status: Option<String>,
    /// `leads.bant_status`.
    pub bant_status: Option<String>,
    /// `leads.lead_metadata`.
    pub lead_metadata: Value,
    /// `leads.last_interaction`.
    pub last_interaction: Option<DateTime<Utc>>,
}

/// The shares of the factors. Only their ratio counts: 4, 4, 2 is the same as .4, .4, .2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    pub heat: f64,
    pub bant: f64,
    pub days_since_contact: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { heat: 0.4, bant: 0.4, days_since_contact: 0.2 }
    }
}

/// A score and what it is made of, each 0 to 100 with one decimal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Score {
    pub total: f64,
    pub heat: f64,
    pub bant: f64,
    /// The days since the last contact, as a share of the longest wait.
    pub waiting: f64,
}

/// 0 to 100 with one decimal, so that the order on the screen is the order of the plan. Weights that add up to nothing
/// count as the default ones.
pub fn score(lead: &ScoreInputs, weights: &Weights, now: DateTime<Utc>) -> f64 {
    parts(lead, weights, now).total
}

/// The same with its parts.
pub fn parts(lead: &ScoreInputs, weights: &Weights, now: DateTime<Utc>) -> Score {
    let all = weights.heat + weights.bant + weights.days_since_contact;
    if !(all > 0.0 && all.is_finite()) {
        return parts(lead, &Weights::default(), now);
    }
    let (heat, bant, waiting) = (heat(lead), bant(lead.bant_status.as_deref()), wait(lead.last_interaction, now));
    let sum = weights.heat * heat + weights.bant * bant + weights.days_since_contact * waiting;
    let tenth = |n: f64| (n.clamp(0.0, 100.0) * 10.0).round() / 10.0;
    Score { total: tenth(sum / all), heat: tenth(heat), bant: tenth(bant), waiting: tenth(waiting) }
}

/// The AI's confidence (0 to 1, or 0 to 100 when above 1), else the CRM's lead score (0 to 10), else a base by status.
fn heat(lead: &ScoreInputs) -> f64 {
    let confidence = number(&lead.lead_metadata, "/ai_analysis/lead_qualification/confidence_score");
    if let Some(confidence) = confidence {
        let percent = if confidence <= 1.0 { confidence * 100.0 } else { confidence };
        return percent.clamp(0.0, 100.0);
    }
    match number(&lead.lead_metadata, "/custom_fields/lead_score") {
        Some(of_ten) => (of_ten * 10.0).clamp(0.0, 100.0),
        None => heat_of_status(lead.status.as_deref()),
    }
}

/// The six steps of the CRM's temperature by status, put on the words that its CHECK allows. `unqualified` is the
/// column's default, so it means "nobody looked yet", as do a missing and an unknown word.
fn heat_of_status(status: Option<&str>) -> f64 {
    match status.unwrap_or_default().trim().to_lowercase().as_str() {
        "hot" => 90.0,
        "qualified" => 80.0,
        "warm" | "interest" | "interested" => 60.0,
        "consideration" | "contacted" | "engaged" | "active" | "follow_up" | "nurturing" => 40.0,
        "cold" | "inactive" | "converted" | "closed_won" | "closed_lost" | "archived" | "deleted" => 0.0,
        _ => 30.0,
    }
}

/// Fully qualified 10 of 10, any part of it 7, nothing there or ruled out 3, not assessed (also missing) 5.
fn bant(word: Option<&str>) -> f64 {
    let of_ten = match word.unwrap_or_default().trim().to_lowercase().as_str() {
        "fully_qualified" => 10.0,
        "partially_qualified" | "budget_qualified" | "authority_qualified" | "need_qualified" | "timing_qualified" => {
            7.0
        }
        "no_bant" | "none" | "disqualified" => 3.0,
        _ => 5.0,
    };
    of_ten * 10.0
}

/// Grows evenly to 100 at thirty days. Never contacted is the longest wait; a contact in the future is none at all.
fn wait(last_interaction: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    let Some(last) = last_interaction else { return 100.0 };
    let days = (now - last).num_seconds() as f64 / 86_400.0;
    (days / LONGEST_WAIT_DAYS).clamp(0.0, 1.0) * 100.0
}

/// A JSON number, or one that a form stored as text. Anything else is missing.
fn number(json: &Value, pointer: &str) -> Option<f64> {
    let value = json.pointer(pointer)?;
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|n| n.is_finite())
}
