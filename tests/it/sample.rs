//! What the sample generator imagines, before any database sees it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use queue_desk::sample::World;
use serde_json::{Value, to_value};

fn today() -> DateTime<Utc> {
    "2026-11-23T22:00:00Z".parse().expect("a time")
}

fn world(leads: u32, seed: u64, resets: i32) -> World {
    World::imagine(leads, seed, resets, today())
}

/// Region IL, as the sample's settings say.
fn e164(text: &str) -> Option<String> {
    let number = phonenumber::parse(Some(phonenumber::country::Id::IL), text).ok()?;
    number.is_valid().then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

fn everything(w: &World) -> Value {
    to_value((&w.operators, &w.clients, &w.settings, &w.leads, &w.messages, &w.jobs, &w.taken, &w.opt_outs))
        .expect("rows are JSON")
}

#[test]
fn the_same_seed_gives_the_same_sample() {
    assert_eq!(everything(&world(300, 7, 0)), everything(&world(300, 7, 0)));
}

#[test]
fn another_seed_and_another_reset_give_other_ids() {
    let ids = |w: &World| w.leads.iter().map(|l| l.id).chain(w.operators.iter().map(|o| o.user_id)).collect::<Vec<_>>();
    let first = ids(&world(300, 7, 0));
    for other in [world(300, 8, 0), world(300, 7, 1)] {
        assert!(ids(&other).iter().all(|id| !first.contains(id)));
    }
}

#[test]
fn a_small_sample_is_the_beginning_of_a_large_one() {
    let (small, large) = (world(100, 7, 0), world(500, 7, 0));
    assert_eq!(to_value(&small.leads).expect("JSON"), to_value(&large.leads[..100]).expect("JSON"));
}

#[test]
fn a_phone_that_claims_to_be_valid_is_and_no_other_is() {
    for lead in world(5_000, 7, 0).leads {
        let number = lead.phone.as_deref().and_then(e164);
        assert_eq!(number.is_some(), lead.has_valid_phone, "{:?}", lead.phone);
    }
}

#[test]
fn two_leads_share_a_number_only_where_they_are_meant_to() {
    let world = world(5_000, 7, 0);
    let mut owners: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, lead) in world.leads.iter().enumerate() {
        if let Some(number) = lead.phone.as_deref().and_then(e164) {
            owners.entry(number).or_default().push(index);
        }
    }
    let shared: Vec<_> = owners.values().filter(|leads| leads.len() > 1).collect();
    assert_eq!(shared.len(), 5_000 / 50);
    assert!(shared.iter().all(|leads| leads.len() == 2 && leads[1] % 50 == 33), "{shared:?}");
}

#[test]
fn five_hundred_leads_hold_every_case() {
    let w = world(500, 7, 0);
    let share = |count: usize| count * 100 / w.leads.len();
    assert!((25..=35).contains(&share(w.leads.iter().filter(|l| l.client_id.is_none()).count())));
    assert!((68..=82).contains(&share(w.leads.iter().filter(|l| is_eligible(l.status)).count())));
    assert!((88..=97).contains(&share(w.leads.iter().filter(|l| l.has_valid_phone).count())));
    for word in ["sent", "failed", "cancelled", "queued"] {
        assert!(w.messages.iter().any(|m| m.queue_status == word), "no {word} message");
    }
    for word in ["completed", "queued", "failed", "processing", "cancelled"] {
        assert!(w.jobs.iter().any(|j| j.queue_status == word), "no {word} job");
    }
    assert!(!w.taken.is_empty() && !w.opt_outs.is_empty());
    let name_of = |l: &queue_desk::sample::Lead| l.first_name.clone().unwrap_or_default();
    for start in ["=", "+", "@", "-", "🏡"] {
        assert!(w.leads.iter().any(|l| name_of(l).starts_with(start)), "no name starts with {start}");
    }
    assert!(w.leads.iter().any(|l| name_of(l).contains('\n')));
    assert!(w.leads.iter().all(|l| l.lead_metadata["sample"] == true));
}

#[test]
fn times_of_a_lead_are_in_order() {
    for lead in world(5_000, 7, 0).leads {
        let known = [Some(lead.created_at), lead.first_interaction, lead.last_interaction];
        assert!(known.iter().flatten().is_sorted(), "{known:?}");
        assert!(lead.last_interaction.is_none_or(|at| at < today()));
        assert_eq!(lead.last_interaction.is_some(), lead.interaction_count > 0);
    }
}

#[test]
fn tiny_samples_work() {
    for leads in [0, 1, 2, 10] {
        assert_eq!(world(leads, 7, 0).leads.len(), leads as usize);
    }
}

fn is_eligible(status: &str) -> bool {
    ["new", "unqualified", "awareness", "not_contacted", "pending"].contains(&status)
}
