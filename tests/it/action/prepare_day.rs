//! Prepare: which day, which hours, how many.

use serde_json::{Value, json};

use crate::support::{Office, contract::skipped, run, window::Window};

/// Amir works Sunday to Thursday, 09:00 to 17:00 in Jerusalem, and writes to nobody before 09:00 or after 20:00.
async fn sunday_to_thursday(office: &mut Office) {
    let amir = office.amir;
    office
        .setting(
            amir,
            "work_days",
            json!({ "work_days": [0, 1, 2, 3, 4], "exclude_holidays": true, "custom_holidays": ["2026-11-30"],
        "business_hours": { "start": "09:00", "end": "17:00", "timezone": "Asia/Jerusalem" } }),
        )
        .await;
    office
        .setting(
            amir,
            "advanced",
            json!({ "quiet_hours": { "start": "09:00", "end": "20:00" },
        "rate_limiting": { "messages_per_hour": 60, "messages_per_day": 10000 } }),
        )
        .await;
}

fn slots(plan: &Value) -> Vec<&str> {
    plan["items"].as_array().unwrap().iter().map(|i| i["slot"].as_str().unwrap()).collect()
}

fn warned(plan: &Value, code: &str) -> Option<u64> {
    plan["warnings"].as_array().unwrap().iter().find(|w| w["code"] == code).map(|w| w["count"].as_u64().unwrap())
}

#[test]
fn tomorrow_is_the_next_working_day_in_the_operators_zone() {
    run(async {
        let (database, mut office) = Office::open().await;
        sunday_to_thursday(&mut office).await;
        office.leads(2).await;
        let window = Window::open(database.desk("desk_2").await, None);
        for (now, day) in [
            ("2026-11-24T10:00:00Z", "2026-11-25"),
            // Thursday: Friday and Saturday are the weekend.
            ("2026-11-26T10:00:00Z", "2026-11-29"),
            ("2026-11-28T10:00:00Z", "2026-11-29"),
            // Monday 30 November is a holiday.
            ("2026-11-29T10:00:00Z", "2026-12-01"),
            // 22:30 UTC is half past midnight in Jerusalem: tomorrow is a day later.
            ("2026-11-24T22:30:00Z", "2026-11-26"),
        ] {
            office.at(now).await;
            let plan = window.plan();
            assert_eq!(plan["day"], day, "at {now}");
            assert_eq!(slots(&plan), [format!("{day}T07:00:00Z"), format!("{day}T07:01:00Z")], "at {now}");
        }
    });
}

#[test]
fn a_closed_day_is_said_and_queues_nobody_and_a_day_gone_by_is_refused() {
    run(async {
        let (database, mut office) = Office::open().await;
        sunday_to_thursday(&mut office).await;
        office.leads(2).await;
        office.at("2026-11-24T10:00:00Z").await;
        let window = Window::open(database.desk("desk_2").await, None);
        for day in ["2026-11-27", "2026-11-28", "2026-11-30"] {
            let plan = window.call("prepare_preview", json!({ "day": day }));
            assert_eq!((slots(&plan).len(), warned(&plan, "closed_day").is_some()), (0, true), "{day}: {plan}");
            assert_eq!(window.commit(&plan).unwrap()["changed"], 0);
        }
        let error = window.refused("prepare_preview", json!({ "day": "2026-11-23" }), "bad_input");
        assert_eq!(error["field"], "date");
        office.setting(office.amir, "work_days", json!({ "work_days": [] })).await;
        window.refused("prepare_preview", json!({ "day": null }), "no_working_day");
        assert_eq!(office.count("whatsapp_message_queue").await, 0);
    });
}

#[test]
fn todays_rest_starts_at_the_next_minute() {
    run(async {
        let (database, mut office) = Office::open().await;
        sunday_to_thursday(&mut office).await;
        office.leads(40).await;
        office.at("2026-11-24T14:30:20Z").await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.call("prepare_preview", json!({ "day": "2026-11-24" }));
        // 17:00 in Jerusalem is 15:00 UTC.
        assert_eq!((slots(&plan)[0], *slots(&plan).last().unwrap()), ("2026-11-24T14:31:00Z", "2026-11-24T14:59:00Z"));
        let receipt = window.commit(&plan).unwrap();
        assert_eq!((&receipt["changed"], skipped(&receipt, "no_slot")), (&json!(29), 11));
        assert_eq!(office.count("whatsapp_message_queue where scheduled_for >= '2026-11-24T15:00:00Z'").await, 0);
    });
}

#[test]
fn nine_oclock_is_nine_on_the_wall_when_the_clocks_change() {
    run(async {
        let (database, mut office) = Office::open().await;
        office
            .setting(
                office.amir,
                "work_days",
                json!({ "business_hours": { "start": "09:00", "end": "17:00", "timezone": "Asia/Jerusalem" } }),
            )
            .await;
        office.leads(1).await;
        let window = Window::open(database.desk("desk_2").await, None);
        for (now, day, slot) in [
            ("2026-03-25T12:00:00Z", "2026-03-26", "2026-03-26T07:00:00Z"),
            ("2026-03-26T12:00:00Z", "2026-03-27", "2026-03-27T06:00:00Z"),
            ("2026-10-23T12:00:00Z", "2026-10-24", "2026-10-24T06:00:00Z"),
            ("2026-10-24T12:00:00Z", "2026-10-25", "2026-10-25T07:00:00Z"),
        ] {
            office.at(now).await;
            let plan = window.plan();
            assert_eq!((&plan["day"], slots(&plan)), (&json!(day), vec![slot]), "at {now}");
            let hours: i64 = office
                .ask(format!(
                    "select extract(epoch from '{}'::timestamptz - '{}')::bigint / 3600",
                    plan["windows"][0]["closes_at"].as_str().unwrap(),
                    plan["windows"][0]["opens_at"].as_str().unwrap()
                ))
                .await;
            assert_eq!(hours, 8, "{day}");
        }
        let written: String = office.ask("select '' || count(*) from whatsapp_message_queue").await;
        assert_eq!(written, "0");
        window.prepare();
        let wall: String = office.ask("select to_char(scheduled_for at time zone 'Asia/Jerusalem', 'YYYY-MM-DD HH24:MI') from whatsapp_message_queue").await;
        assert_eq!(wall, "2026-10-25 09:00");
    });
}

#[test]
fn nobody_abroad_is_written_to_at_night() {
    run(async {
        let (database, mut office) = Office::open().await;
        sunday_to_thursday(&mut office).await;
        // +1 may be anywhere from Los Angeles to Halifax: 09:00 there is 17:00 UTC, 20:00 in Halifax is 00:00 UTC.
        office
            .setting(
                office.amir,
                "work_days",
                json!({ "business_hours": { "start": "09:00", "end": "21:00", "timezone": "Asia/Jerusalem" } }),
            )
            .await;
        let american = office.lead(Some(office.client), "American", Some("+1 212 555 0123")).await;
        let israeli = office.lead(Some(office.client), "Israeli", Some("0501234567")).await;
        let nowhere = office.lead(Some(office.client), "Satellite", Some("+881612345678")).await;
        office.at("2026-11-24T10:00:00Z").await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        let slot = |lead| {
            plan["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|i| i["lead_id"] == json!(lead))
                .map(|i| i["slot"].as_str().unwrap())
        };
        assert_eq!(slot(american), Some("2026-11-25T17:00:00Z"), "{plan}");
        assert!(slot(israeli).unwrap() < "2026-11-25T07:05", "{plan}");
        assert!(slot(nowhere).unwrap() < "2026-11-25T07:05", "{plan}");
        assert_eq!(warned(&plan, "zone_unknown"), Some(1), "the operator's own hours, and it says so: {plan}");

        // With the usual hours there is no decent moment left for an American.
        office
            .setting(
                office.amir,
                "work_days",
                json!({ "business_hours": { "start": "09:00", "end": "17:00", "timezone": "Asia/Jerusalem" } }),
            )
            .await;
        let receipt = window.prepare();
        assert_eq!(skipped(&receipt, "no_slot"), 1, "{receipt}");
        assert_eq!(office.count(format!("whatsapp_message_queue where lead_id = '{american}'")).await, 0);
    });
}

#[test]
fn target_and_capacity_count_what_is_there_already() {
    run(async {
        let (database, mut office) = Office::open().await;
        office
            .setting(
                office.amir,
                "processing_targets",
                json!({ "target_leads_per_work_day": 5, "max_daily_capacity": 8 }),
            )
            .await;
        let leads = office.leads(12).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let slot = window.plan()["windows"][0]["opens_at"].as_str().unwrap().parse().unwrap();
        for lead in &leads[..2] {
            office.queued(*lead, office.amir, slot).await;
        }
        // A colleague's message of that day takes no room.
        office.queued(leads[2], office.noa, slot).await;
        let plan = window.plan();
        assert_eq!((&plan["capacity"]["already"], plan["items"].as_array().unwrap().len()), (&json!(2), 3), "{plan}");
        let receipt = window.commit(&plan).unwrap();
        assert_eq!(
            (&receipt["changed"], skipped(&receipt, "over_target"), skipped(&receipt, "already_queued")),
            (&json!(3), 6, 3)
        );
        assert_eq!(window.prepare()["changed"], 0, "the target is reached");

        office.setting(office.amir, "processing_targets", json!({ "target_leads_per_work_day": 50 })).await;
        let receipt = window.prepare();
        assert_eq!((&receipt["changed"], skipped(&receipt, "over_capacity")), (&json!(3), 3), "{receipt}");
        assert_eq!(office.count(format!("whatsapp_message_queue where user_id = '{}'", office.amir)).await, 8);
    });
}

#[test]
fn a_capacity_that_shrank_since_the_preview_is_not_overrun() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(6).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        office.setting(office.amir, "processing_targets", json!({ "max_daily_capacity": 4 })).await;
        assert_eq!(window.commit(&plan).unwrap_err()["code"], "plan_stale");
        let receipt = window.commit_others(&plan);
        assert_eq!((&receipt["changed"], skipped(&receipt, "over_capacity")), (&json!(4), 2));
        assert_eq!(
            office.count("whatsapp_message_queue where queue_position > 4").await,
            0,
            "the last ones of the plan stay behind"
        );
    });
}
