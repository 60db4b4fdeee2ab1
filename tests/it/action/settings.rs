//! Settings of an operator.

use queue_desk::{action::setting, error::Code};
use serde_json::{Value, json};

use crate::support::{
    Office,
    contract::{everything, written},
    run,
    window::Window,
};

#[test]
fn one_value_changes_and_every_unknown_key_stays() {
    run(async {
        let (database, mut office) = Office::open().await;
        let desk = database.desk("desk_2").await;
        office.setting(office.amir, "advanced", json!({ "rate_limiting": { "messages_per_hour": 100, "burst": "of the CRM" }, "new_in_the_crm": [1, 2] })).await;
        let read = format!(
            "select jsonb_build_array(work_days, processing_targets, automation, advanced) from user_queue_settings where user_id = '{}'",
            office.amir
        );
        let mut expected: Value = office.ask(read.clone()).await;
        let receipt = setting::set(&desk, "advanced.rate_limiting.messages_per_hour", &json!(7)).await.unwrap();
        expected[3]["rate_limiting"]["messages_per_hour"] = json!(7);
        assert_eq!(office.ask::<Value>(read).await, expected);
        let receipt = serde_json::to_value(receipt).unwrap();
        assert_eq!(
            (&receipt["changed"], &receipt["detail"]["old"], &receipt["detail"]["new"]),
            (&json!(1), &json!(100), &json!(7))
        );
        office.holds_receipt(&receipt).await;
        assert_eq!(setting::get(&desk, "advanced.rate_limiting.messages_per_hour").await.unwrap(), 7);
        assert_eq!(office.count("queue_desk.queue_ledger where entity = 'settings' and detail = '{\"changed\": [\"advanced\"]}' and actor_kind = 'person'").await, 1);

        let again = setting::set(&desk, "advanced.rate_limiting.messages_per_hour", &json!(7)).await.unwrap();
        assert_eq!((again.changed, again.skipped[0].reason.as_str()), (0, "unchanged"));
        assert_eq!(office.count(format!("user_queue_settings where user_id <> '{}' and advanced #>> '{{rate_limiting,messages_per_hour}}' = '7'", office.amir)).await, 0);
    });
}

#[test]
fn an_operator_without_settings_gets_a_row_with_the_crms_defaults_around_the_value() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.does(format!("delete from user_queue_settings where user_id = '{}'", office.amir)).await;
        let desk = database.desk("desk_2").await;
        assert_eq!(setting::get(&desk, "advanced").await.unwrap_err().code, Code::NotFound);
        setting::set(&desk, "advanced.quiet_hours.start", &json!("10:00")).await.unwrap();
        let advanced: Value =
            office.ask(format!("select advanced from user_queue_settings where user_id = '{}'", office.amir)).await;
        assert_eq!(
            (&advanced["quiet_hours"], &advanced["batch_processing"]["batch_size"]),
            (&json!({ "start": "10:00" }), &json!(50))
        );
    });
}

#[test]
fn a_bad_value_is_refused_with_its_field_and_nothing_is_written() {
    run(async {
        let (database, mut office) = Office::open().await;
        let desk = database.desk("desk_2").await;
        setting::set(&desk, "work_days.business_hours.end", &json!("17:00")).await.unwrap();
        let before = everything(&mut office.owner).await;
        for (path, value) in [
            ("work_days.work_days", json!([7])),
            ("work_days.work_days", json!([])),
            ("work_days.business_hours.start", json!("25:00")),
            ("work_days.business_hours.timezone", json!("Mars/Olympus")),
            ("work_days.business_hours", json!({ "start": "09:00", "end": "17:00", "timezone": "Mars/Olympus" })),
            ("processing_targets.max_daily_capacity", json!(-1)),
            ("processing_targets.max_daily_capacity", json!("many")),
            ("advanced.no_such_setting", json!(1)),
            ("secret", json!(1)),
            ("advanced.phone_region", json!("Israel")),
            // An end that is not after the start: the operator would never be open.
            ("work_days.business_hours.start", json!("17:00")),
            ("work_days.business_hours.start", json!("18:30")),
            ("advanced.quiet_hours.end", json!("00:00")),
        ] {
            let error = setting::set(&desk, path, &value).await.expect_err(&format!("{path} {value}"));
            assert_eq!((error.code, error.field.as_deref()), (Code::BadInput, Some(path)), "{path} {value}: {error}");
        }
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
    });
}

#[test]
fn what_was_set_is_what_the_database_goes_by() {
    run(async {
        let (database, mut office) = Office::open().await;
        let desk = database.desk("desk_2").await;
        for (path, value) in [
            ("work_days.business_hours.start", json!("8:30")),
            ("work_days.business_hours.end", json!("16:00:00")),
            ("work_days.business_hours.timezone", json!("Europe/London")),
            ("work_days.work_days", json!([1, 3])),
            ("processing_targets.max_daily_capacity", json!(45.0)),
            ("advanced.rate_limiting.messages_per_hour", json!(30)),
            ("advanced.quiet_hours.start", json!("7:05")),
            ("advanced.cool_down_hours", json!(5)),
        ] {
            assert_eq!(setting::set(&desk, path, &value).await.unwrap().changed, 1, "{path}");
        }
        let used: Value =
            office.ask(format!("select to_jsonb(s) from queue_desk.operator_settings('{}') s", office.amir)).await;
        for (name, value) in [
            ("opens", json!("08:30:00")),
            ("closes", json!("16:00:00")),
            ("zone", json!("Europe/London")),
            ("work_days", json!([1, 3])),
            ("day_cap", json!(45)),
            ("hour_cap", json!(30)),
            ("quiet_start", json!("07:05:00")),
            ("cool_down", json!("05:00:00")),
        ] {
            assert_eq!(used[name], value, "{name}: {used}");
        }
    });
}

#[test]
fn the_phone_region_that_was_set_is_the_one_that_reads_phones() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.lead(Some(office.client), "Berliner", Some("030 901820")).await;
        let desk = database.desk("desk_2").await;
        let window = Window::open(desk.clone(), None);
        let phone = |plan: Value| plan["items"][0]["phone"].clone();
        office.does("update queue_desk.instance set settings = settings || '{\"phone_region\": \"FR\"}'").await;
        assert_ne!(phone(window.plan()), "+4930901820");
        setting::set(&desk, "advanced.phone_region", &json!("DE")).await.unwrap();
        assert_eq!(phone(window.plan()), "+4930901820");
        window.prepare();
        assert_eq!(office.count("whatsapp_message_queue where recipient_phone = '+4930901820'").await, 1);
    });
}

#[test]
fn an_admin_sets_for_another_and_an_operator_only_for_himself() {
    run(async {
        let (database, mut office) = Office::open().await;
        let admin = database.desk("desk").await.acting_as("Dana Levi").await.unwrap();
        setting::set(&admin, "advanced.cool_down_hours", &json!(9)).await.unwrap();
        assert_eq!(office.ask::<String>("select string_agg(user_id::text, ',') from user_queue_settings where advanced ->> 'cool_down_hours' = '9'").await, office.dana.to_string());
        let mut amir = database.desk("desk_2").await;
        amir.as_user = Some(office.dana);
        assert_eq!(
            setting::set(&amir, "advanced.cool_down_hours", &json!(1)).await.unwrap_err().code,
            Code::NoPermission
        );
        assert_eq!(office.count("user_queue_settings where advanced ->> 'cool_down_hours' = '1'").await, 0);
    });
}
