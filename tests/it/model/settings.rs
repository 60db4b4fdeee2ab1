use queue_desk::{
    error::Code,
    model::settings::{Settings, SettingsRow, validate},
};
use serde_json::{Value, json};

fn read(work_days: Value, processing_targets: Value, advanced: Value) -> Settings {
    Settings::read(&SettingsRow {
        work_days: Some(work_days),
        processing_targets: Some(processing_targets),
        advanced: Some(advanced),
    })
}

fn advanced(advanced: Value) -> Settings {
    read(Value::Null, Value::Null, advanced)
}

fn warned(settings: &Settings) -> Vec<&str> {
    settings.warnings.iter().map(|warning| warning.path.as_str()).collect()
}

#[test]
fn an_operator_without_a_row_has_the_documented_defaults() {
    let settings = Settings::read(&SettingsRow::default());
    assert_eq!((settings.daily_target, settings.max_daily_capacity), (45, 200));
    assert_eq!((settings.messages_per_hour, settings.messages_per_day), (1_000, 10_000));
    assert_eq!((settings.batch_size, settings.batch_delay_seconds, settings.cool_down_hours), (50, 30, 72));
    assert_eq!((settings.phone_region.as_str(), settings.timezone.as_str()), ("IL", "Asia/Jerusalem"));
    assert_eq!(
        (settings.quiet_hours.start().to_string(), settings.quiet_hours.end().to_string()),
        ("09:00".into(), "20:00".into())
    );
    assert_eq!((settings.business_hours.start().minutes(), settings.business_hours.end().minutes()), (540, 1_020));
    assert_eq!(settings.work_days, [1, 2, 3, 4, 5]);
    assert_eq!(settings.weekend_percentage, None);
    assert_eq!(settings.warnings, []);
}

#[test]
fn both_shapes_of_the_batch_size_are_read_and_the_nested_one_wins() {
    assert_eq!(advanced(json!({ "batch_size": 10 })).batch_size, 10);
    assert_eq!(advanced(json!({ "batch_processing": { "batch_size": 25 } })).batch_size, 25);
    assert_eq!(advanced(json!({ "batch_size": 10, "batch_processing": { "batch_size": 25 } })).batch_size, 25);
    assert_eq!(advanced(json!({ "batch_size": -1 })).batch_size, 50);
}

#[test]
fn the_live_shape_of_the_crm_is_read_without_a_warning() {
    let settings = read(
        json!({ "enabled": true, "work_days": [0, 1, 2, 3, 4], "exclude_holidays": true, "custom_holidays": ["2025-01-01"],
                "business_hours": { "start": "08:30", "end": "24:00", "timezone": "Europe/Berlin" } }),
        json!({ "target_leads_per_month": 1000, "target_leads_per_work_day": 60.0, "max_daily_capacity": 150,
                "override_daily_target": null, "weekend_processing": { "enabled": true, "reduced_target_percentage": 25 } }),
        json!({ "quiet_hours": { "start": "00:00", "end": "24:00" }, "a key of tomorrow": [1],
                "priority_scoring": { "enabled": true, "weights": { "heat_score": 0.5, "bant_score": 0.3, "days_since_contact": 0.2 } },
                "rate_limiting": { "messages_per_hour": 90, "messages_per_day": 500, "respect_business_hours": true } }),
    );
    assert_eq!(settings.warnings, []);
    assert_eq!((settings.daily_target, settings.weekend_percentage, settings.max_daily_capacity), (60, Some(25), 150));
    assert_eq!((settings.business_hours.start().minutes(), settings.business_hours.end().minutes()), (510, 1_440));
    assert_eq!((settings.messages_per_hour, settings.messages_per_day), (90, 500));
    assert_eq!((settings.weights.heat, settings.work_days.as_slice()), (0.5, &[0, 1, 2, 3, 4][..]));
}

#[test]
fn the_target_of_a_day_knows_days_off_the_override_and_the_cap() {
    let settings = read(
        json!({ "work_days": [0, 1, 2, 3, 4] }),
        json!({ "override_daily_target": 50, "weekend_processing": { "enabled": true, "reduced_target_percentage": 25 } }),
        Value::Null,
    );
    let target = |settings: &Settings, day: &str| settings.target_on(day.parse().unwrap());
    assert_eq!(target(&settings, "2026-11-29"), 50, "Sunday is a working day here");
    assert_eq!(target(&settings, "2026-11-27"), 12, "Friday: a quarter, rounded down");
    let no_weekend =
        read(json!({ "work_days": [0, 1, 2, 3, 4] }), json!({ "target_leads_per_work_day": 900 }), Value::Null);
    assert_eq!(target(&no_weekend, "2026-11-27"), 0);
    assert_eq!(target(&no_weekend, "2026-11-29"), 200);
}

#[test]
fn nonsense_is_replaced_and_named() {
    let settings = read(
        json!({ "work_days": [1, 9], "business_hours": { "start": "25:00", "end": "18:00", "timezone": "" } }),
        json!({ "target_leads_per_work_day": -5, "max_daily_capacity": "abc", "weekend_processing": { "enabled": "yes" } }),
        json!({ "cool_down_hours": 1.5, "phone_region": "Israel", "quiet_hours": { "start": "21:00", "end": "08:00" },
                "rate_limiting": { "messages_per_hour": [] }, "batch_processing": { "batch_size": 0 },
                "priority_scoring": { "weights": { "heat_score": 4 } } }),
    );
    assert_eq!((settings.daily_target, settings.max_daily_capacity, settings.batch_size), (45, 200, 50));
    assert_eq!((settings.business_hours.start().minutes(), settings.business_hours.end().minutes()), (540, 1_080));
    assert_eq!(settings.quiet_hours.start().minutes(), 540);
    let mut warned = warned(&settings);
    warned.sort();
    assert_eq!(
        warned,
        [
            "advanced.batch_processing.batch_size",
            "advanced.cool_down_hours",
            "advanced.phone_region",
            "advanced.priority_scoring.weights.heat_score",
            "advanced.quiet_hours",
            "advanced.rate_limiting.messages_per_hour",
            "processing_targets.max_daily_capacity",
            "processing_targets.target_leads_per_work_day",
            "processing_targets.weekend_processing.enabled",
            "work_days.business_hours.start",
            "work_days.business_hours.timezone",
            "work_days.work_days",
        ]
    );
}

#[test]
fn a_column_that_is_no_object_is_one_warning() {
    let settings = read(json!([1, 2]), json!("45"), json!(7));
    assert_eq!(warned(&settings), ["work_days", "processing_targets", "advanced"]);
    assert_eq!(settings.daily_target, 45);
}

#[test]
fn no_json_makes_it_panic() {
    let mut random = fastrand::Rng::with_seed(5);
    let odd = [
        json!(null),
        json!(-1),
        json!(1e300),
        json!("24:01"),
        json!("09:0٩"),
        json!([[]]),
        json!({}),
        json!(true),
        json!("٠"),
    ];
    for _ in 0..500 {
        let mut any = || random.choice(&odd).unwrap().clone();
        let hours = json!({ "start": any(), "end": any(), "timezone": any() });
        let settings = read(
            json!({ "work_days": any(), "business_hours": hours }),
            json!({ "override_daily_target": any(), "weekend_processing": any() }),
            json!({ "quiet_hours": any(), "batch_processing": any(), "batch_size": any(), "phone_region": any() }),
        );
        assert!(settings.business_hours.start() < settings.business_hours.end());
    }
}

#[test]
fn what_scripts_may_set_is_accepted() {
    for (path, value) in [
        ("work_days.work_days", json!([0, 1, 2, 3, 4, 5, 6])),
        (
            "work_days.business_hours",
            json!({ "start": "00:00", "end": "24:00", "timezone": "America/Argentina/Buenos_Aires" }),
        ),
        ("work_days.business_hours", json!({ "start": "9:00", "end": "17:30:00" })),
        ("work_days.business_hours.end", json!("24:00")),
        ("work_days.business_hours.timezone", json!("Etc/GMT+3")),
        ("processing_targets.override_daily_target", json!(null)),
        ("processing_targets.target_leads_per_work_day", json!(0)),
        ("processing_targets.max_daily_capacity", json!(300)),
        ("processing_targets.weekend_processing.enabled", json!(true)),
        ("processing_targets.weekend_processing.reduced_target_percentage", json!(100)),
        ("advanced.quiet_hours", json!({ "start": "00:00", "end": "24:00" })),
        ("advanced.rate_limiting.messages_per_hour", json!(3600)),
        ("advanced.rate_limiting.messages_per_day", json!(1_000_000)),
        ("advanced.batch_processing.batch_size", json!(1)),
        ("advanced.batch_processing.batch_delay_seconds", json!(0)),
        ("advanced.phone_region", json!("GB")),
    ] {
        assert_eq!(validate(path, &value), Ok(()), "{path} = {value}");
    }
}

#[test]
fn a_wrong_value_is_refused_with_its_field_and_what_it_should_be() {
    for (path, value) in [
        ("work_days.work_days", json!([])),
        ("work_days.work_days", json!([1, 1])),
        ("work_days.work_days", json!([7])),
        ("work_days.business_hours", json!({ "start": "09:00" })),
        ("work_days.business_hours", json!({ "start": "17:00", "end": "17:00" })),
        ("work_days.business_hours", json!({ "start": "24:00", "end": "09:00" })),
        ("work_days.business_hours", json!({ "start": "09:00", "end": "24:01" })),
        ("work_days.business_hours", json!({ "start": "09:00", "end": "17:00", "timezone": "'; drop" })),
        ("work_days.business_hours", json!({ "start": "09:00", "end": "17:00", "timezon": "UTC" })),
        ("advanced.quiet_hours", json!({ "start": "09:00", "end": "20:00", "timezone": "UTC" })),
        ("advanced.quiet_hours", json!("09:00-20:00")),
        ("advanced.quiet_hours.start", json!("9")),
        ("processing_targets.max_daily_capacity", json!(-1)),
        ("processing_targets.max_daily_capacity", json!("200")),
        ("processing_targets.max_daily_capacity", json!(null)),
        ("advanced.batch_processing.batch_size", json!(0)),
        ("advanced.rate_limiting.messages_per_hour", json!(0.5)),
        ("advanced.phone_region", json!("XX")),
        ("advanced.batch_size", json!(10)),
        ("advanced.something", json!(1)),
        ("", json!(1)),
    ] {
        let error = validate(path, &value).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (Code::BadInput, Some(path)), "{path} = {value}");
        assert!(error.hint.is_some_and(|hint| hint.ends_with('.')), "{path} = {value}");
    }
}
