use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use chrono::Duration;
use queue_desk::model::{
    candidate::{Allowed, Candidate, PlanContext, Reason},
    phone::{E164, PhoneProblem, normalise},
    plan::{Capacity, Plan, Window},
    planner::plan,
    score::{ScoreInputs, Weights},
};
use serde_json::json;
use uuid::Uuid;

use super::slots::{at, window};

/// Lead `n`: its id and phone end in `n`, and a lower `n` is older.
fn lead(n: u32) -> Candidate {
    Candidate {
        lead_id: Uuid::from_u128(u128::from(n)),
        name: format!("Lead {n}"),
        first_name: Some(format!("L{n}")),
        last_name: None,
        phone: Ok(phone(n)),
        reason: None,
        created_at: at("00:00:00") - Duration::days(365) + Duration::minutes(i64::from(n)),
        score: ScoreInputs::default(),
        fingerprint: format!("f{n}"),
    }
}

fn phone(n: u32) -> E164 {
    normalise(&format!("050{n:07}"), "IL").unwrap()
}

fn heat(mut lead: Candidate, confidence: f64) -> Candidate {
    lead.score.lead_metadata = json!({ "ai_analysis": { "lead_qualification": { "confidence_score": confidence } } });
    lead
}

fn because(reason: &str, detail: Option<&str>) -> Reason {
    Reason { reason: reason.to_owned(), detail: detail.map(str::to_owned) }
}

/// 09:00 to 17:00, six per hour; every phone of `leads` may be written to at any time.
fn day(leads: &[Candidate]) -> PlanContext {
    let anytime = Allowed { windows: vec![window("00:00:00", "23:59:59")], zone_unknown: false };
    PlanContext {
        id: Uuid::from_u128(1 << 100),
        as_user: Uuid::from_u128(1 << 101),
        operator: "Dana".into(),
        day: "2026-11-25".parse().unwrap(),
        zone: "UTC".into(),
        windows: vec![window("09:00:00", "17:00:00")],
        capacity: Capacity { target: 45, max: 200, already: 0, per_hour: 6 },
        now: at("00:00:00") - Duration::hours(6),
        template: "Hello {first_name}".into(),
        weights: Weights::default(),
        taken: vec![],
        phone_reasons: HashMap::new(),
        allowed: leads
            .iter()
            .filter_map(|lead| lead.phone.clone().ok())
            .map(|phone| (phone, anytime.clone()))
            .collect(),
    }
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.items.iter().map(|item| item.name.as_str()).collect()
}

fn left_out(plan: &Plan) -> Vec<(&str, &str, Option<&str>)> {
    plan.left_out.iter().map(|lead| (lead.name.as_str(), lead.reason.as_str(), lead.detail.as_deref())).collect()
}

fn warnings(plan: &Plan) -> Vec<(&str, u32)> {
    plan.warnings.iter().map(|warning| (warning.code.as_str(), warning.count)).collect()
}

#[test]
fn the_hottest_goes_first_then_the_oldest_then_the_lower_id() {
    let mut twin = lead(4);
    twin.created_at = lead(2).created_at;
    let leads = vec![twin, lead(3), lead(2), heat(lead(9), 0.9)];
    let context = day(&leads);
    let plan = plan(leads, &context);
    assert_eq!(names(&plan), ["Lead 9", "Lead 2", "Lead 4", "Lead 3"]);
    assert_eq!(plan.items.iter().map(|item| item.position).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(plan.items[1].slot, at("09:10:00"));
    assert_eq!(plan.items[0].content, "Hello L9");
    assert_eq!(plan.items[0].fingerprint, "f9");
    assert_eq!((plan.candidates, plan.made_at), (4, context.now));
}

#[test]
fn a_lead_without_a_usable_phone_is_left_out_with_the_reason() {
    let mut missing = lead(1);
    missing.phone = Err(PhoneProblem::Missing);
    let mut wrong = lead(2);
    wrong.phone = Err(PhoneProblem::NotValid);
    let leads = vec![missing, wrong, lead(3)];
    let context = day(&leads);
    let plan = plan(leads, &context);
    assert_eq!(left_out(&plan), [("Lead 1", "no_phone", None), ("Lead 2", "phone_not_valid", None)]);
    assert_eq!(names(&plan), ["Lead 3"]);
}

#[test]
fn the_better_ranked_of_two_leads_with_one_phone_is_planned() {
    let mut twin = heat(lead(5), 0.9);
    twin.phone = Ok(phone(1));
    let leads = vec![lead(1), twin];
    let context = day(&leads);
    let plan = plan(leads, &context);
    assert_eq!(names(&plan), ["Lead 5"]);
    assert_eq!(left_out(&plan), [("Lead 1", "same_phone", Some("Lead 5"))]);
}

#[test]
fn a_lead_that_the_database_refuses_does_not_hold_its_phone() {
    let mut taken = heat(lead(5), 0.9);
    taken.phone = Ok(phone(1));
    taken.reason = Some(because("taken", Some("Avi")));
    let leads = vec![lead(1), taken];
    let context = day(&leads);
    let plan = plan(leads, &context);
    assert_eq!(names(&plan), ["Lead 1"]);
    assert_eq!(left_out(&plan), [("Lead 5", "taken", Some("Avi"))]);
}

#[test]
fn a_phone_that_the_database_refuses_is_refused_for_every_lead() {
    let mut twin = lead(2);
    twin.phone = Ok(phone(1));
    let leads = vec![lead(1), twin, lead(3)];
    let mut context = day(&leads);
    context.phone_reasons.insert(phone(1), because("opted_out", Some("2026-10-01")));
    let plan = plan(leads, &context);
    assert_eq!(
        left_out(&plan),
        [("Lead 1", "opted_out", Some("2026-10-01")), ("Lead 2", "opted_out", Some("2026-10-01"))]
    );
    assert_eq!(names(&plan), ["Lead 3"]);
}

#[test]
fn beyond_the_target_and_beyond_the_cap_are_different_reasons() {
    let leads: Vec<_> = (1..=5).map(lead).collect();
    let mut context = day(&leads);
    let reasons = |context: &PlanContext| {
        let plan = plan(leads.clone(), context);
        (plan.items.len(), plan.left_out.first().map(|lead| lead.reason.clone()).unwrap_or_default())
    };
    for (target, max, already, planned, reason) in [
        (3, 200, 0, 3, "over_target"),
        (3, 200, 2, 1, "over_target"),
        (3, 200, 7, 0, "over_target"),
        (45, 3, 0, 3, "over_capacity"),
        (3, 3, 0, 3, "over_capacity"),
        (3, 7, 7, 0, "over_capacity"),
        (45, 0, 0, 0, "over_capacity"),
        (0, 0, 0, 0, "over_capacity"),
        (5, 5, 0, 5, ""),
    ] {
        context.capacity = Capacity { target, max, already, per_hour: 6 };
        assert_eq!(reasons(&context), (planned, reason.to_owned()), "{:?}", context.capacity);
    }
}

#[test]
fn positions_go_on_after_what_is_already_queued() {
    let leads = vec![lead(1), lead(2)];
    let mut context = day(&leads);
    context.capacity.already = 7;
    context.taken = vec![at("09:00:00"), at("09:10:00")];
    let plan = plan(leads, &context);
    assert_eq!(
        plan.items.iter().map(|item| (item.position, item.slot)).collect::<Vec<_>>(),
        [(8, at("09:20:00")), (9, at("09:30:00"))]
    );
}

#[test]
fn a_closed_day_plans_nobody_and_says_so() {
    let leads = vec![lead(1), lead(2)];
    let mut context = day(&leads);
    context.windows.clear();
    let closed = plan(leads.clone(), &context);
    assert_eq!(left_out(&closed), [("Lead 1", "no_slot", None), ("Lead 2", "no_slot", None)]);
    assert_eq!(warnings(&closed), [("closed_day", 2)]);
    context.windows = vec![window("09:00:00", "17:00:00")];
    context.now = at("16:59:01");
    assert_eq!(warnings(&plan(leads.clone(), &context)), [("no_time_left", 2)]);
    context.now = at("08:00:00");
    context.capacity.per_hour = 0;
    assert_eq!(warnings(&plan(leads, &context)), [("no_rate", 2)]);
}

#[test]
fn a_day_without_a_target_says_so() {
    let leads = vec![lead(1), lead(2)];
    let mut context = day(&leads);
    context.capacity.target = 0;
    let plan = plan(leads, &context);
    assert_eq!((plan.items.len(), warnings(&plan)), (0, vec![("no_target", 2)]));
}

#[test]
fn quiet_hours_move_a_lead_without_blocking_the_next_one() {
    let leads: Vec<_> = (1..=3).map(lead).collect();
    let mut context = day(&leads);
    context.allowed.insert(phone(1), Allowed { windows: vec![window("09:05:00", "23:00:00")], zone_unknown: true });
    let plan = plan(leads, &context);
    assert_eq!(names(&plan), ["Lead 2", "Lead 1", "Lead 3"]);
    assert_eq!(plan.items.iter().map(|item| item.position).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(warnings(&plan), [("zone_unknown", 1)]);
}

#[test]
fn quiet_hours_that_leave_no_slot_leave_the_room_to_the_next_lead() {
    let leads: Vec<_> = (1..=3).map(lead).collect();
    let mut context = day(&leads);
    context.capacity.target = 1;
    context.allowed.insert(phone(1), Allowed { windows: vec![window("17:00:00", "23:00:00")], zone_unknown: false });
    context.allowed.remove(&phone(2));
    let plan = plan(leads, &context);
    assert_eq!(names(&plan), ["Lead 3"]);
    assert_eq!(left_out(&plan), [("Lead 1", "no_slot", None), ("Lead 2", "no_slot", None)]);
}

#[test]
fn more_leads_than_slots_fill_every_slot_and_name_the_rest() {
    let leads: Vec<_> = (1..=45).map(lead).collect();
    let mut context = day(&leads);
    context.windows = vec![window("09:00:00", "10:00:00")];
    let plan = plan(leads, &context);
    assert_eq!((plan.items.len(), plan.left_out.len()), (6, 39));
    assert_eq!(plan.items.last().unwrap().slot, at("09:50:00"));
}

#[test]
fn no_candidates_are_an_empty_plan() {
    let plan = plan(vec![], &day(&[]));
    assert_eq!((plan.candidates, plan.items.len(), plan.left_out.len(), plan.warnings.len()), (0, 0, 0, 0));
}

#[test]
fn whatever_comes_in_nobody_is_lost_and_no_slot_is_used_twice() {
    let mut random = fastrand::Rng::with_seed(1);
    for round in 0..200 {
        let mut leads: Vec<_> = (0..random.u32(0..80)).map(lead).collect();
        for lead in &mut leads {
            match random.u32(0..8) {
                0 => lead.phone = Err(PhoneProblem::Missing),
                1 => lead.phone = Ok(phone(random.u32(0..10))),
                2 => lead.reason = Some(because("already_queued", None)),
                3 => *lead = heat(lead.clone(), random.f64()),
                4 => lead.name = "=cmd|' /C calc'!A0\u{202e}".into(),
                _ => {}
            }
        }
        let mut context = day(&leads);
        let hour = |random: &mut fastrand::Rng| Duration::minutes(random.i64(0..1_440));
        context.capacity = Capacity {
            target: random.u32(0..60),
            max: random.u32(0..60),
            already: random.u32(0..10),
            per_hour: random.u32(0..4_000),
        };
        context.now = at("00:00:00") + Duration::seconds(random.i64(-80_000..80_000));
        for allowed in context.allowed.values_mut() {
            let opens_at = at("00:00:00") + hour(&mut random);
            allowed.windows = vec![Window { opens_at, closes_at: opens_at + hour(&mut random) }];
        }
        let asked: HashSet<_> = leads.iter().map(|lead| lead.lead_id).collect();
        let made = plan(leads.clone(), &context);

        let answered: Vec<_> =
            made.items.iter().map(|item| item.lead_id).chain(made.left_out.iter().map(|lead| lead.lead_id)).collect();
        assert_eq!(answered.len(), asked.len(), "round {round}");
        assert_eq!(answered.into_iter().collect::<HashSet<_>>(), asked, "round {round}");

        let step = Duration::seconds(i64::from(3_600_u32.div_ceil(context.capacity.per_hour.max(1))));
        assert!(made.items.windows(2).all(|pair| pair[1].slot - pair[0].slot >= step), "round {round}");
        let phones: HashSet<_> = made.items.iter().map(|item| &item.phone).collect();
        assert_eq!(phones.len(), made.items.len(), "round {round}");
        for item in &made.items {
            let inside =
                |windows: &[Window]| windows.iter().any(|w| w.opens_at <= item.slot && item.slot < w.closes_at);
            let phone = E164::try_from(item.phone.as_str()).unwrap();
            assert!(
                inside(&context.windows) && inside(&context.allowed[&phone].windows) && item.slot >= context.now,
                "round {round}"
            );
        }
        let limit = context.capacity.target.min(context.capacity.max).saturating_sub(context.capacity.already);
        assert!(made.items.len() <= limit as usize, "round {round}");

        let mut shuffled = leads;
        random.shuffle(&mut shuffled);
        assert_eq!(plan(shuffled, &context), made, "round {round}: the order of the input does not matter");
    }
}

#[test]
fn ten_thousand_leads_after_the_same_slot_are_planned_quickly() {
    let leads: Vec<_> = (0..10_000).map(lead).collect();
    let mut context = day(&leads);
    context.capacity = Capacity { target: 20_000, max: 20_000, already: 0, per_hour: 3_600 };
    for allowed in context.allowed.values_mut() {
        allowed.windows = vec![window("09:30:00", "12:00:00")];
    }
    let started = Instant::now();
    let plan = plan(leads, &context);
    assert_eq!((plan.items.len(), plan.left_out.len()), (9_000, 1_000));
    assert!(started.elapsed().as_millis() < 2_000, "{:?}", started.elapsed());
}
