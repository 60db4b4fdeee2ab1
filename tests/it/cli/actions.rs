//! What each command does to the rows.

use std::fs;

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{receipt, refusal};
use crate::support::{
    Folder, Office, TestDatabase, run,
    sending::{count, due, now, one_due, status},
    terminal::{Said, everything, json, queue_desk},
};

async fn ledger_agrees(conn: &mut PgConnection, receipt: &Value) {
    let written: Value = sqlx::query_scalar("select detail from queue_desk.queue_ledger where id = $1::text::bigint and entity = 'receipt' and entity_id = $2")
        .bind(receipt["ledger_id"].as_str()).bind(receipt["receipt_id"].as_str()).fetch_one(conn).await.expect("the receipt is in the ledger");
    for key in ["action", "asked", "changed", "skipped", "failed", "detail"] {
        assert_eq!(written[key], receipt[key], "{key}");
    }
}

#[test]
fn prepare_queues_and_a_dry_run_of_it_writes_nothing() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(4).await;
        let url = database.url("desk_2");
        let before = everything(&mut office.owner).await;
        let plan = json(&url, &["prepare", "--dry-run"]);
        assert_eq!(plan.code, 0);
        assert_eq!(plan.json()["items"].as_array().unwrap().len(), 4);
        assert_eq!(everything(&mut office.owner).await, before, "a preview writes nothing");

        let done = receipt(&json(&url, &["prepare"]), 0, "prepare");
        assert_eq!((done["asked"].clone(), done["changed"].clone()), (4.into(), 4.into()));
        ledger_agrees(&mut office.owner, &done).await;
        assert_eq!(count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'queued' and scheduled_for > queue_desk.now()").await, 4);
        let slots: Vec<String> = plan.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["lead_id"].as_str().unwrap().to_owned())
            .collect();
        let queued: Vec<Uuid> = sqlx::query_scalar("select lead_id from whatsapp_message_queue order by scheduled_for")
            .fetch_all(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(queued.iter().map(Uuid::to_string).collect::<Vec<_>>(), slots, "in the order that was shown");

        let again = receipt(&json(&url, &["prepare"]), 0, "prepare");
        assert_eq!(again["changed"], 0, "a second press changes nothing, and that is no error");
        assert_eq!(again["skipped"][0]["reason"], "already_queued");
        assert_eq!(count(&mut office.owner, "select count(*) from whatsapp_message_queue").await, 4);

        let undone = receipt(&json(&url, &["undo", done["receipt_id"].as_str().unwrap()]), 0, "undo");
        assert_eq!(undone["changed"], 4);
        assert_eq!(
            count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'cancelled'")
                .await,
            4
        );
        let twice = receipt(&json(&url, &["undo", done["receipt_id"].as_str().unwrap()]), 0, "undo");
        assert_eq!(twice["changed"], 0);
    });
}

#[test]
fn prepare_takes_named_leads_and_named_days() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(3).await;
        let other_client = office.other_client;
        let foreign = office.lead(Some(other_client), "Dana's", Some("+972549990000")).await;
        let url = database.url("desk_2");
        let today: chrono::NaiveDate =
            sqlx::query_scalar("select (queue_desk.now() at time zone 'Asia/Jerusalem')::date")
                .fetch_one(&mut office.owner)
                .await
                .unwrap();
        sqlx::query("update user_queue_settings set work_days = jsonb_set(work_days, '{custom_holidays}', to_jsonb(array[$1::text]))")
            .bind((today + chrono::Days::new(2)).to_string()).execute(&mut office.owner).await.unwrap();
        let before = everything(&mut office.owner).await;
        let day = |days: i64| (today + chrono::Duration::days(days)).to_string();
        let past = refusal(&json(&url, &["prepare", "--date", &day(-1)]), 2, "bad_input");
        assert_eq!(past["field"], "date");
        let closed = json(&url, &["prepare", "--date", &day(2), "--dry-run"]);
        assert_eq!(
            (closed.code, closed.json()["items"].as_array().map(Vec::len)),
            (0, Some(0)),
            "nothing fits on a closed day"
        );
        assert_eq!(everything(&mut office.owner).await, before);

        let named = receipt(
            &json(&url, &["prepare", "--date", &day(3), "--leads", &format!("{},{foreign}", leads[1])]),
            0,
            "prepare",
        );
        assert_eq!(named["changed"], 1);
        assert_eq!(named["skipped"][0]["reason"], "no_access");
        let slot: chrono::NaiveDate = sqlx::query_scalar(
            "select (scheduled_for at time zone 'Asia/Jerusalem')::date from whatsapp_message_queue where lead_id = $1",
        )
        .bind(leads[1])
        .fetch_one(&mut office.owner)
        .await
        .unwrap();
        assert_eq!(slot.to_string(), day(3));
        assert_eq!(
            count(&mut office.owner, "select count(*) from whatsapp_message_queue").await,
            1,
            "only what was named"
        );
        receipt(&json(&url, &["prepare", "--date", &day(0)]), 0, "prepare");
        let bad = office.lead(None, "Not near", Some("12")).await;
        let none = receipt(&json(&url, &["prepare", "--leads", &bad.to_string()]), 0, "prepare");
        assert_eq!(none["changed"], 0);
    });
}

#[test]
fn a_run_sends_what_is_due_and_says_so() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, 7).await;
        let url = database.url("desk");
        let once = receipt(&json(&url, &["run", "--once", "--batch", "3"]), 0, "run");
        assert_eq!((once["asked"].clone(), once["changed"].clone()), (3.into(), 3.into()));
        assert_eq!(
            count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'sent'").await,
            3
        );
        let drain = receipt(&json(&url, &["run", "--drain", "--sender", "dry-run"]), 0, "run");
        assert_eq!(drain["changed"], 4);
        ledger_agrees(&mut office.owner, &drain).await;
        let empty = receipt(&json(&url, &["run", "--drain"]), 0, "run");
        assert_eq!((empty["asked"].clone(), empty["changed"].clone()), (0.into(), 0.into()), "an empty queue is done");
        assert_eq!(
            count(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'sent'").await,
            7
        );
    });
}

#[test]
fn take_and_release_keep_their_exit_codes() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (lead, id) = one_due(&mut office, user).await;
        let (amir, noa, dana) = (database.url("desk_2"), database.url("desk"), database.url("desk_3"));
        let lead_text = lead.to_string();
        let taken = receipt(&json(&amir, &["take", &lead_text, "--reason", "knows me"]), 0, "take");
        assert_eq!((taken["asked"].clone(), taken["changed"].clone()), (1.into(), 1.into()));
        ledger_agrees(&mut office.owner, &taken).await;
        assert_eq!(status(&mut office.owner, id).await, "cancelled");
        let owner = |o: Option<Uuid>| o;
        let gate: Option<Uuid> = sqlx::query_scalar("select owner from queue_desk.lead_gate where lead_id = $1")
            .bind(lead)
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(gate, owner(Some(office.amir)));

        let mine = receipt(&json(&amir, &["take", &lead_text]), 0, "take");
        assert_eq!((mine["changed"].clone(), mine["skipped"][0]["reason"].clone()), (0.into(), "already_mine".into()));
        let theirs = receipt(&json(&noa, &["take", &lead_text]), 1, "take");
        assert_eq!(
            (theirs["changed"].clone(), theirs["skipped"][0]["reason"].clone(), theirs["detail"]["owner_name"].clone()),
            (0.into(), "taken_by".into(), "Amir Haddad".into())
        );
        let no_access = receipt(&json(&dana, &["take", &lead_text]), 1, "take");
        assert_eq!(no_access["skipped"][0]["reason"], "no_access");
        let not_owner = receipt(&json(&dana, &["release", &lead_text]), 1, "release");
        assert_eq!(not_owner["skipped"][0]["reason"], "not_owner");
        let gate: Option<Uuid> = sqlx::query_scalar("select owner from queue_desk.lead_gate where lead_id = $1")
            .bind(lead)
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(gate, Some(office.amir), "the losers changed nothing");

        assert_eq!(receipt(&json(&amir, &["release", &lead_text]), 0, "release")["changed"], 1);
        assert_eq!(receipt(&json(&amir, &["release", &lead_text]), 0, "release")["changed"], 0);
        let gate: Option<Uuid> = sqlx::query_scalar("select owner from queue_desk.lead_gate where lead_id = $1")
            .bind(lead)
            .fetch_one(&mut office.owner)
            .await
            .unwrap();
        assert_eq!(gate, None);

        let before = everything(&mut office.owner).await;
        refusal(&json(&amir, &["take", &Uuid::new_v4().to_string()]), 2, "not_found");
        refusal(&json(&amir, &["release", &Uuid::new_v4().to_string()]), 2, "not_found");
        refusal(&json(&amir, &["undo", &Uuid::new_v4().to_string()]), 2, "not_found");
        refusal(&json(&amir, &["take", "not-a-uuid"]), 2, "bad_input");
        assert_eq!(everything(&mut office.owner).await, before);
    });
}

#[test]
fn stop_pauses_everybody_and_resume_lifts_it() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (_, id) = one_due(&mut office, user).await;
        let url = database.url("desk_2");
        assert_eq!(receipt(&json(&url, &["stop", "--reason", "wrong text"]), 0, "stop")["changed"], 1);
        assert_eq!(
            count(
                &mut office.owner,
                "select count(*) from queue_desk.pause where scope = 'all' and reason = 'wrong text'"
            )
            .await,
            1
        );
        assert_eq!(receipt(&json(&url, &["stop"]), 0, "stop")["changed"], 0);
        let held = receipt(&json(&database.url("desk"), &["run", "--drain"]), 0, "run");
        assert_eq!((held["changed"].clone(), held["detail"]["held"][0]["reason"].clone()), (0.into(), "paused".into()));
        assert_eq!(status(&mut office.owner, id).await, "queued");
        assert_eq!(receipt(&json(&url, &["resume"]), 0, "resume")["changed"], 1);
        assert_eq!(receipt(&json(&url, &["resume"]), 0, "resume")["changed"], 0);
        assert_eq!(receipt(&json(&database.url("desk"), &["run", "--drain"]), 0, "run")["changed"], 1);
    });
}

#[test]
fn an_export_goes_to_a_file_or_to_the_output() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        let (url, folder) = (database.url("desk"), Folder::new());
        let file = folder.path().join("queue.csv");
        let path = file.to_str().unwrap();
        let empty = receipt(&json(&url, &["export", "--out", path]), 0, "export");
        assert_eq!((empty["changed"].clone(), empty["detail"]["empty_because"].clone()), (0.into(), "no_rows".into()));
        let header = fs::read_to_string(&file).unwrap();
        assert_eq!(header.lines().count(), 1, "a header alone");

        due(&mut office, user, 3).await;
        let full = receipt(&json(&url, &["export", "--out", path, "--preset", "machine"]), 0, "export");
        assert_eq!(full["changed"], 3);
        ledger_agrees(&mut office.owner, &full).await;
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().count(), 4);

        let to_output = json(&url, &["export", "--out", "-", "--preset", "machine"]);
        assert_eq!(to_output.code, 0);
        assert_eq!(to_output.out, text, "the output is the file");
        let beside: Value = serde_json::from_str(&to_output.err).expect("the receipt is on standard error");
        assert_eq!((beside["action"].clone(), beside["changed"].clone()), ("export".into(), 3.into()));
        let lane = receipt(&json(&url, &["export", "--out", path, "--lane", "sent"]), 0, "export");
        assert_eq!((lane["changed"].clone(), lane["detail"]["empty_because"].clone()), (0.into(), "filter".into()));

        refusal(&json(&url, &["export", "--out", "/nowhere/at/all/queue.csv"]), 2, "file_failed");
        refusal(&json(&url, &["export", "--out", path, "--lane", "everything"]), 2, "bad_input");
    });
}

#[test]
fn settings_are_read_and_changed_by_path() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let url = database.url("desk_2");
        assert_eq!(json(&url, &["settings", "get", "work_days.business_hours.end"]).json(), "24:00");
        assert!(json(&url, &["settings", "get"]).json()["advanced"].is_object());
        let set = receipt(&json(&url, &["settings", "set", "work_days.business_hours.end", "18:00"]), 0, "settings");
        assert_eq!(set["changed"], 1);
        let stored: (String, String) = sqlx::query_as("select work_days #>> '{business_hours,end}', work_days #>> '{business_hours,start}' from user_queue_settings where user_id = $1")
            .bind(office.amir).fetch_one(&mut office.owner).await.unwrap();
        assert_eq!(stored, ("18:00".into(), "00:00".into()));
        assert_eq!(
            receipt(&json(&url, &["settings", "set", "work_days.business_hours.end", "18:00"]), 0, "settings")["changed"],
            0
        );
        receipt(&json(&url, &["settings", "set", "work_days.work_days", "[0,1,2]"]), 0, "settings");
        receipt(
            &json(&url, &["settings", "set", "advanced.quiet_hours", r#"{"start":"08:00","end":"21:00"}"#]),
            0,
            "settings",
        );
        assert_eq!(json(&url, &["settings", "get", "work_days.work_days"]).json(), serde_json::json!([0, 1, 2]));

        let before = everything(&mut office.owner).await;
        for (path, value) in [
            ("work_days.business_hours.end", "25:00"),
            ("work_days.work_days", "[7]"),
            ("work_days.business_hours.timezone", "Mars/Olympus"),
            ("processing_targets.max_daily_capacity", "-1"),
            ("nothing.at.all", "1"),
            ("work_days", "{}"),
            ("advanced.batch_processing.batch_size", "0"),
        ] {
            refusal(&json(&url, &["settings", "set", path, value]), 2, "bad_input");
        }
        refusal(&json(&url, &["settings", "get", "nothing.at.all"]), 2, "not_found");
        assert_eq!(everything(&mut office.owner).await, before);
    });
}

#[test]
fn a_session_says_who_is_where_and_admins_act_for_others() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(2).await;
        let session = |login: &str| json(&database.url(login), &["session"]).json();
        let noa = session("desk");
        assert_eq!(
            (noa["operator"]["name"].clone(), noa["admin"].clone(), noa["sample"].clone(), noa["database"].clone()),
            ("Noa Shalev".into(), true.into(), true.into(), "ready".into())
        );
        assert_eq!(session("unmapped")["operator"], Value::Null);
        assert_eq!(session("read_only")["read_only"], true);
        let empty = TestDatabase::empty().await;
        assert_eq!(json(&empty.url("postgres"), &["session"]).json()["database"], "empty");

        let done = receipt(&json(&database.url("desk"), &["--as", "Amir Haddad", "prepare"]), 0, "prepare");
        assert_eq!(done["changed"], 2);
        let (user, as_user): (Uuid, Uuid) = sqlx::query_as(
            "select user_id, as_user from queue_desk.queue_ledger where entity = 'receipt' and action = 'prepare'",
        )
        .fetch_one(&mut office.owner)
        .await
        .unwrap();
        assert_eq!((user, as_user), (office.noa, office.amir), "the ledger keeps both");
        assert_eq!(count(&mut office.owner, "select count(*) from whatsapp_message_queue m join queue_desk.login l on l.user_id = m.user_id and l.db_role = 'desk_2'").await, 2);
    });
}

#[test]
fn the_sample_clock_moves_forward_and_only_in_a_sample() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(1).await;
        let url = database.url("desk");
        receipt(&json(&url, &["prepare"]), 0, "prepare");
        let moved = json(&url, &["clock"]);
        assert_eq!(moved.code, 0, "{moved:?}");
        let slot: chrono::DateTime<chrono::Utc> =
            sqlx::query_scalar("select scheduled_for from whatsapp_message_queue")
                .fetch_one(&mut office.owner)
                .await
                .unwrap();
        let moment = now(&mut office.owner).await;
        assert!((moment - slot).num_seconds().abs() < 10, "{moment} {slot}");
        assert_eq!(receipt(&json(&url, &["run", "--drain"]), 0, "run")["changed"], 1);

        let before = everything(&mut office.owner).await;
        refusal(&json(&url, &["clock", "--to", "2020-01-01T00:00:00Z"]), 2, "bad_input");
        refusal(&json(&database.url("desk_2"), &["clock", "--to", "2030-01-01T00:00:00Z"]), 1, "no_permission");
        assert_eq!(everything(&mut office.owner).await, before);
        sqlx::raw_sql("update queue_desk.instance set kind = 'live', clock_offset = '0'")
            .execute(&mut office.owner)
            .await
            .unwrap();
        refusal(&json(&url, &["clock", "--to", "2030-01-01T00:00:00Z"]), 1, "sample_refused");
    });
}

#[test]
fn without_json_the_command_line_speaks_to_people() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(1).await;
        let said: Said = queue_desk(&["--url", &database.url("desk"), "prepare"]).output().unwrap().into();
        assert_eq!(said.code, 0);
        assert!(said.out.contains("1 changed, 1 asked"), "{said:?}");
        let said: Said = queue_desk(&["--url", &database.url("unmapped"), "prepare"]).output().unwrap().into();
        assert_eq!((said.code, said.out.as_str()), (1, ""));
        assert!(said.err.contains("[no_operator]"), "{said:?}");
    });
}
