use chrono::{DateTime, Duration, Utc};
use queue_desk::model::score::{ScoreInputs, Weights, score};
use serde_json::{Value, json};

fn now() -> DateTime<Utc> {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn only_heat() -> Weights {
    Weights { heat: 1.0, bant: 0.0, days_since_contact: 0.0 }
}

fn heat(lead_metadata: Value, status: Option<&str>) -> f64 {
    let lead = ScoreInputs { lead_metadata, status: status.map(str::to_owned), ..ScoreInputs::default() };
    score(&lead, &only_heat(), now())
}

fn confidence(value: Value) -> Value {
    json!({ "ai_analysis": { "lead_qualification": { "confidence_score": value } } })
}

#[test]
fn the_default_weights_are_four_four_two() {
    let lead = ScoreInputs {
        status: None,
        bant_status: Some("fully_qualified".into()),
        lead_metadata: confidence(json!(0.5)),
        last_interaction: Some(now() - Duration::days(15)),
    };
    assert_eq!(score(&lead, &Weights::default(), now()), 0.4 * 50.0 + 0.4 * 100.0 + 0.2 * 50.0);
}

#[test]
fn only_the_ratio_of_the_weights_counts() {
    let lead = ScoreInputs { lead_metadata: confidence(json!(0.8)), ..ScoreInputs::default() };
    let scaled = Weights { heat: 40.0, bant: 40.0, days_since_contact: 20.0 };
    assert_eq!(score(&lead, &scaled, now()), score(&lead, &Weights::default(), now()));
}

#[test]
fn weights_of_nothing_are_the_default_ones() {
    let lead = ScoreInputs::default();
    for bad in [0.0, f64::NAN, f64::INFINITY] {
        let weights = Weights { heat: bad, bant: 0.0, days_since_contact: 0.0 };
        assert_eq!(score(&lead, &weights, now()), score(&lead, &Weights::default(), now()));
    }
}

#[test]
fn confidence_may_be_a_share_or_a_percentage() {
    assert_eq!(heat(confidence(json!(0.35)), None), 35.0);
    assert_eq!(heat(confidence(json!(35)), None), 35.0);
    assert_eq!(heat(confidence(json!("0.35")), None), 35.0);
    assert_eq!(heat(confidence(json!(1)), None), 100.0);
    assert_eq!(heat(confidence(json!(-3)), None), 0.0);
    assert_eq!(heat(confidence(json!(1e9)), None), 100.0);
}

#[test]
fn without_confidence_the_lead_score_counts_and_then_the_status() {
    let scored = json!({ "custom_fields": { "lead_score": 7.5 } });
    assert_eq!(heat(scored, Some("cold")), 75.0);
    assert_eq!(heat(confidence(json!("high")), Some("hot")), 90.0);
    assert_eq!(heat(Value::Null, Some("cold")), 0.0);
    for unseen in [None, Some("unqualified"), Some("new"), Some("a word of another CRM")] {
        assert_eq!(heat(Value::Null, unseen), 30.0);
    }
}

#[test]
fn bant_has_four_steps() {
    let weights = Weights { heat: 0.0, bant: 1.0, days_since_contact: 0.0 };
    for (word, expected) in [
        (Some("fully_qualified"), 100.0),
        (Some("Partially_Qualified"), 70.0),
        (Some("budget_qualified"), 70.0),
        (Some("no_bant"), 30.0),
        (Some("disqualified"), 30.0),
        (Some("unqualified"), 50.0),
        (None, 50.0),
    ] {
        let lead = ScoreInputs { bant_status: word.map(str::to_owned), ..ScoreInputs::default() };
        assert_eq!(score(&lead, &weights, now()), expected, "{word:?}");
    }
}

#[test]
fn waiting_saturates_at_thirty_days_and_never_contacted_is_the_longest_wait() {
    let weights = Weights { heat: 0.0, bant: 0.0, days_since_contact: 1.0 };
    for (days, expected) in
        [(Some(-2), 0.0), (Some(0), 0.0), (Some(3), 10.0), (Some(30), 100.0), (Some(400), 100.0), (None, 100.0)]
    {
        let lead =
            ScoreInputs { last_interaction: days.map(|days| now() - Duration::days(days)), ..ScoreInputs::default() };
        assert_eq!(score(&lead, &weights, now()), expected, "{days:?}");
    }
}

#[test]
fn a_score_is_always_from_0_to_100() {
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..2_000 {
        let lead = ScoreInputs {
            lead_metadata: confidence(json!((random.f64() - 0.5) * 1e4)),
            last_interaction: Some(now() - Duration::hours(random.i64(-5_000..50_000))),
            ..ScoreInputs::default()
        };
        let weights = Weights { heat: random.f64(), bant: random.f64(), days_since_contact: random.f64() };
        assert!((0.0..=100.0).contains(&score(&lead, &weights, now())));
    }
}
