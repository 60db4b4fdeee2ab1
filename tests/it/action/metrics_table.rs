//! The CRM's own daily figures, public.queue_performance_metrics: from the deliveries, again and again the same.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase,
    days::Tried,
    run,
    sending::{self, automate},
    terminal,
};

/// Tuesday, 14:30 in Israel (UTC+2).
const NOW: &str = "2026-11-24T12:30:00Z";

/// All rows but the clock's.
async fn table(office: &mut Office) -> Value {
    office.ask("select coalesce(jsonb_agg(to_jsonb(m) order by m.user_id, m.metric_date), '[]') from public.queue_performance_metrics m").await
}

async fn keep(database: &TestDatabase, login: &str) -> queue_desk::db::metrics::Kept {
    queue_desk::db::metrics::keep(&mut database.desk(login).await.database.writer().await.unwrap()).await.unwrap()
}

async fn two_days(office: &mut Office) {
    office.at(NOW).await;
    let (noa, amir) = (office.noa, office.amir);
    for at in [
        "2026-11-24T07:00:00Z",
        "2026-11-24T07:30:00Z",
        "2026-11-24T09:00:00Z",
        "2026-11-23T22:30:00Z",
        "2026-11-23T21:30:00Z",
    ] {
        office.sent(noa, at).await;
    }
    office.not_sent(noa, "2026-11-24T10:00:00Z", "failed", Some("131026")).await;
    office.not_sent(noa, "2026-11-24T10:30:00Z", "unknown", None).await;
    office.sent(amir, "2026-11-24T07:00:00Z").await;
}

#[test]
fn a_row_for_each_operator_and_local_day_says_what_the_deliveries_say() {
    run(async {
        let (database, mut office) = Office::open().await;
        two_days(&mut office).await;
        let kept = keep(&database, "desk_2").await;
        assert_eq!((kept.busy, kept.days, kept.written), (false, 3, 3), "any desk writes for all");
        let row: Value = office.ask(format!("select to_jsonb(m) from public.queue_performance_metrics m where user_id = '{}' and metric_date = '2026-11-24'", office.noa)).await;
        for (key, value) in [
            ("leads_processed", json!(6)),
            ("leads_sent", json!(4)),
            ("leads_failed", json!(1)),
            ("leads_queued", json!(6)),
            ("leads_cancelled", json!(0)),
            ("average_processing_time_seconds", json!(2)),
            ("success_rate", json!(66.67)),
            ("failure_rate", json!(16.67)),
            ("throughput_per_hour", json!(1.33)),
            ("hourly_distribution", json!({ "00": 1, "09": 2, "11": 1 })),
            ("error_breakdown", json!({ "131026": 1, "outcome_unknown": 1 })),
            ("client_id", Value::Null),
            ("peak_queue_size", Value::Null),
        ] {
            assert_eq!(row[key], value, "{key}: {row}");
        }
        assert_eq!(row["queue_wait_time_avg_minutes"].as_f64(), Some(10.0));
        assert_eq!(office.count(format!("public.queue_performance_metrics where user_id = '{}' and metric_date = '2026-11-23' and leads_sent = 1", office.noa)).await, 1);
    });
}

#[test]
fn twice_is_as_once_and_what_changed_since_is_written() {
    run(async {
        let (database, mut office) = Office::open().await;
        two_days(&mut office).await;
        keep(&database, "desk").await;
        let first = table(&mut office).await;
        assert_eq!(keep(&database, "desk").await.written, 0);
        assert_eq!(table(&mut office).await, first, "the same rows, ids and all");
        office.sent(office.amir, "2026-11-24T12:00:00Z").await;
        assert_eq!(keep(&database, "desk").await.written, 1);
        assert_eq!(
            office
                .count(format!("public.queue_performance_metrics where user_id = '{}' and leads_sent = 2", office.amir))
                .await,
            1
        );
        let ledger = office.count("queue_desk.queue_ledger where action = 'write_figures'").await;
        assert_eq!(ledger, 0, "what nobody asked for is no act");
    });
}

#[test]
fn a_crm_without_the_unique_key_gets_no_second_row_from_two_desks() {
    run(async {
        let (database, mut office) = Office::open().await;
        two_days(&mut office).await;
        office.does("alter table public.queue_performance_metrics drop constraint queue_performance_metrics_user_id_metric_date_key").await;
        let desks = [database.desk("desk").await, database.desk("desk_2").await, database.desk("runner").await];
        let all = futures_util::future::join_all(desks.iter().map(|desk| async {
            for _ in 0..5 {
                queue_desk::db::metrics::keep(&mut desk.database.writer().await.unwrap()).await.unwrap();
            }
        }));
        all.await;
        assert_eq!(office.count("public.queue_performance_metrics").await, 3);
    });
}

#[test]
fn what_was_simulated_is_never_written_on_a_live_database() {
    run(async {
        let (database, mut office) = Office::open().await;
        let at = &office.ask::<String>("select queue_desk.now()::text").await;
        office.sent(office.noa, at).await;
        office.does("update queue_desk.instance set kind = 'live'").await;
        assert_eq!(keep(&database, "desk").await.written, 0);
        assert_eq!(table(&mut office).await, json!([]));
        let client = Some(office.client);
        office.tried(Tried { user: office.amir, client, at, outcome: "sent", code: None, simulated: false }).await;
        keep(&database, "desk").await;
        assert_eq!(
            office.ask::<Vec<Uuid>>("select array_agg(user_id) from public.queue_performance_metrics").await,
            [office.amir]
        );
    });
}

#[test]
fn an_old_day_is_written_when_a_person_settles_what_was_unknown() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.at(NOW).await;
        let unknown = office.not_sent(office.noa, "2026-11-10T08:00:00Z", "unknown", None).await;
        assert_eq!(keep(&database, "desk").await.days, 0, "too old to have changed");
        let desk = database.desk("desk").await;
        queue_desk::action::resolve::resolve(&desk, &[unknown], "not_sent", None).await.unwrap();
        assert_eq!(keep(&database, "desk").await.written, 1);
        assert_eq!(
            office.ask::<Value>("select error_breakdown from public.queue_performance_metrics").await,
            json!({ "resolved_not_sent": 1 })
        );
    });
}

#[test]
fn a_run_leaves_its_day_there_and_a_table_that_is_not_as_it_should_be_stops_no_send() {
    run(async {
        for broken in [false, true] {
            let (database, mut office) = Office::open().await;
            if broken {
                office
                    .does("alter table public.queue_performance_metrics rename column metric_date to date_recorded")
                    .await;
            }
            let amir = office.amir;
            sending::due(&mut office, amir, 3).await;
            let desk = database.desk("desk_2").await;
            let receipt = automate(&desk, &queue_desk::sender::dry_run::DryRun, queue_desk::automation::Until::Drained)
                .await
                .unwrap();
            assert_eq!(receipt.changed, 3);
            assert_eq!(office.count("public.queue_performance_metrics where leads_sent = 3").await, i64::from(!broken));
        }
    });
}

#[test]
fn a_person_who_asks_for_it_gets_a_receipt() {
    run(async {
        let (database, mut office) = Office::open().await;
        two_days(&mut office).await;
        office.sent(office.noa, "2026-03-03T08:00:00Z").await;
        let url = database.url("desk");
        let said = terminal::json(&url, &["metrics", "--write", "--from", "2026-03-01", "--to", "2026-03-31"]);
        assert_eq!(
            (said.code, &said.json()["action"], &said.json()["changed"]),
            (0, &json!("write_figures"), &json!(1))
        );
        office.holds_receipt(&said.json()).await;
        assert_eq!(office.count("public.queue_performance_metrics where metric_date = '2026-03-03'").await, 1);
        let again = terminal::json(&url, &["metrics", "--write", "--from", "2026-03-01", "--to", "2026-03-31"]).json();
        assert_eq!(
            (&again["changed"], &again["skipped"]),
            (&json!(0), &json!([{ "reason": "unchanged", "count": 1 }]))
        );
        assert_eq!(terminal::json(&database.url("unmapped"), &["metrics", "--write"]).error()["code"], "no_operator");
    });
}
