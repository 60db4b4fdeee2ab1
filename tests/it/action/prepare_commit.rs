//! Prepare under bad conditions: refused rows, hostile names, colleagues pressing at the same moment, many leads.

use std::time::Instant;

use queue_desk::action::{Desk, prepare};
use serde_json::json;

use crate::support::{
    Office,
    contract::{adds_up, skipped},
    run,
    window::Window,
};

#[test]
fn a_row_that_the_database_refuses_is_failed_with_its_reason_and_the_rest_goes_in() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(40).await;
        office.does("alter table whatsapp_message_queue add constraint no_thirteen check (recipient_phone not in ('+972541000013', '+972541000029'))").await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        assert_eq!(plan["items"].as_array().unwrap().len(), 40);
        let receipt = window.commit(&plan).unwrap();
        assert_eq!(receipt["changed"], 38, "{receipt}");
        adds_up(&receipt);
        let refused: Vec<String> = vec![
            office.ask("select id::text from leads where phone = '+972541000013'").await,
            office.ask("select id::text from leads where phone = '+972541000029'").await,
        ];
        let failed = receipt["failed"].as_array().unwrap();
        assert_eq!(failed.len(), 2);
        for one in failed {
            assert!(refused.contains(&one["id"].as_str().unwrap().to_owned()), "{receipt}");
            assert!(one["reason"].as_str().unwrap().contains("no_thirteen"), "{receipt}");
            assert!(!one.to_string().contains("97254"), "no phone in a receipt: {one}");
        }
        assert_eq!(office.count("whatsapp_message_queue").await, 38);
        assert_eq!(office.count("queue_desk.plan_item").await, 38);
        assert_eq!(office.count("queue_desk.adopted").await, 38);
        assert_eq!(
            office.changes(&receipt, "message", "queued").await,
            38,
            "a row that was rolled back is not in the ledger"
        );
        office.holds_receipt(&receipt).await;
    });
}

#[test]
fn where_every_row_is_refused_nothing_is_queued_and_each_is_named() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(7).await;
        office.does("alter table whatsapp_message_queue add constraint closed check (false)").await;
        let receipt = Window::open(database.desk("desk_2").await, None).prepare();
        assert_eq!((&receipt["changed"], receipt["failed"].as_array().unwrap().len()), (&json!(0), 7), "{receipt}");
        assert_eq!(office.count("queue_desk.adopted").await, 0);
    });
}

#[test]
fn hostile_names_go_in_as_they_are_read_and_never_as_anything_else() {
    run(async {
        let (database, mut office) = Office::open().await;
        let names = [
            ("O'Brien\"; drop table leads; --", "Hello O'Brien\"; drop table leads; --"),
            ("two\nlines\r\n", "Hello two lines"),
            ("=1+1", "Hello =1+1"),
            ("@SUM(A1)", "Hello @SUM(A1)"),
            ("נועה 🦊", "Hello נועה 🦊"),
            ("{last_name}", "Hello {last_name}"),
            ("$1 %s \\ {first_name}", "Hello $1 %s \\ {first_name}"),
            ("\u{202e}evil", "Hello evil"),
            ("   ", "Hello"),
            ("-", "Hello"),
        ];
        for (n, (name, _)) in names.iter().enumerate() {
            sqlx::query("insert into leads (client_id, first_name, phone, status) values ($1, $2, $3, 'new')")
                .bind(office.client)
                .bind(name)
                .bind(format!("+97254200000{n}"))
                .execute(&mut office.owner)
                .await
                .unwrap();
        }
        let window = Window::open(database.desk("desk_2").await, None);
        assert_eq!(window.prepare()["changed"], names.len());
        for (n, (name, text)) in names.iter().enumerate() {
            let content: String = office
                .ask(format!(
                    "select message_content from whatsapp_message_queue where recipient_phone = '+97254200000{n}'"
                ))
                .await;
            assert_eq!(content, *text, "{name:?}");
        }
        assert_eq!(office.count("leads").await, names.len() as i64);
        let words: String = office.ask("select string_agg(l::text, '') from queue_desk.queue_ledger l").await;
        assert!(!words.contains("Brien") && !words.contains("97254"), "ids and state words only");
    });
}

async fn plan_and_commit(desk: Desk) -> u32 {
    let plan = prepare::preview(&desk, None, None).await.unwrap();
    prepare::apply(&desk, &plan, true).await.unwrap().changed
}

#[test]
fn two_desks_that_press_at_the_same_moment_never_queue_a_lead_or_a_phone_twice() {
    run(async {
        let (database, mut office) = Office::open().await;
        // Noa and Amir share the first client; Dana has the same people under the second.
        let desks = [database.desk("desk").await, database.desk("desk_2").await, database.desk("desk_3").await];
        let mut both_wrote = 0;
        for round in 0..12 {
            office.does("delete from whatsapp_message_queue; delete from leads").await;
            let leads = office.leads(30).await;
            office.does(format!("insert into leads (client_id, first_name, phone, status) select '{}', first_name, '0' || substr(phone, 5), 'new' from leads", office.other_client)).await;
            let [a, b, c] = desks.clone().map(|desk| tokio::spawn(plan_and_commit(desk)));
            let (a, b, c) = (a.await.unwrap(), b.await.unwrap(), c.await.unwrap());
            both_wrote += i32::from([a, b, c].iter().filter(|n| **n > 0).count() > 1);
            assert_eq!(a + b + c, 30, "round {round}: {a} {b} {c}");
            assert_eq!(office.count("whatsapp_message_queue").await, leads.len() as i64);
            assert_eq!(
                office.count("(select lead_id from whatsapp_message_queue group by 1 having count(*) > 1) x").await,
                0
            );
            assert_eq!(
                office
                    .count("(select recipient_phone from whatsapp_message_queue group by 1 having count(*) > 1) x")
                    .await,
                0
            );
        }
        println!("rounds in which two desks wrote: {both_wrote}");
    });
}

#[test]
fn one_plan_pressed_by_many_at_once_is_queued_once() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(25).await;
        let desk = database.desk("desk_2").await;
        let plan = prepare::preview(&desk, None, None).await.unwrap();
        let mut presses = Vec::new();
        for _ in 0..5 {
            let (desk, plan) = (database.desk("desk_2").await, plan.clone());
            presses
                .push(tokio::spawn(async move { prepare::apply(&desk, &plan, true).await.map_or(0, |r| r.changed) }));
        }
        let mut changed = Vec::new();
        for press in presses {
            changed.push(press.await.unwrap());
        }
        changed.sort_unstable();
        assert_eq!(changed, [0, 0, 0, 0, 25]);
        assert_eq!(office.count("whatsapp_message_queue").await, 25);
    });
}

#[test]
fn a_thousand_leads_go_in_at_once() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(1_000).await;
        office.does("analyze").await;
        let window = Window::open(database.desk("desk_2").await, None);
        let started = Instant::now();
        let plan = window.plan();
        let planned = started.elapsed();
        let receipt = window.commit(&plan).unwrap();
        println!("1,000 leads: preview {planned:?}, commit {:?}", started.elapsed() - planned);
        assert_eq!((&receipt["changed"], skipped(&receipt, "over_target")), (&json!(1_000), 0));
        assert_eq!(office.count("whatsapp_message_queue m join queue_desk.plan_item i on i.message_id = m.id and i.slot = m.scheduled_for").await, 1_000);
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    });
}

#[test]
fn a_lead_without_a_phone_gets_no_message_to_a_phone_that_somebody_made_up() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(None, "Nophone", None).await;
        let plan: serde_json::Value = office
            .ask(format!(
                "select jsonb_build_object('plan_id', gen_random_uuid(), 'day', current_date + 1, 'asked', 1, 'left_out', '[]'::jsonb, 'items', jsonb_build_array(jsonb_build_object(
                   'lead_id', l.id, 'phone', '+972541999999', 'slot', (current_date + 1 + time '09:00') at time zone 'Asia/Jerusalem', 'position', 1, 'content', 'hello', 'template', 't',
                   'variables', '{{}}'::jsonb, 'fingerprint', queue_desk.lead_fingerprint(l)))) from leads l where l.id = '{lead}'"
            ))
            .await;
        let mut desk = database.session("desk_2").await;
        let receipt: serde_json::Value = sqlx::query_scalar("select queue_desk.prepare_commit(null, $1, true)")
            .bind(plan)
            .fetch_one(&mut desk)
            .await
            .unwrap();
        assert_eq!((&receipt["changed"], skipped(&receipt, "plan_changed")), (&json!(0), 1), "{receipt}");
        assert_eq!(office.count("whatsapp_message_queue").await, 0);
    });
}
