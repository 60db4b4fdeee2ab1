//! Prepare: every reason for which a lead is left out.

use queue_desk::action::prepare;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Office, contract::skipped, run, window::Window};

/// Why the plan leaves this lead out; null when it does not.
fn reason(plan: &Value, lead: Uuid) -> (Value, Value) {
    let left_out = plan["left_out"].as_array().unwrap();
    let found = left_out.iter().find(|l| l["lead_id"] == json!(lead));
    assert!(found.is_some() || plan["items"].as_array().unwrap().iter().any(|i| i["lead_id"] == json!(lead)), "{plan}");
    found.map_or((Value::Null, Value::Null), |l| (l["reason"].clone(), l["detail"].clone()))
}

#[test]
fn each_reason_is_named_with_the_person_behind_it_and_counted_on_the_receipt() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (client, elsewhere, amir, dana) =
            (Some(office.client), Some(office.other_client), office.amir, office.dana);
        let fine = office.lead(client, "Fine", Some("0501000000")).await;
        let mut expected: Vec<(Uuid, &str, Value)> = Vec::new();
        for (name, phone, why) in [
            ("No phone", None, "no_phone"),
            ("Blank", Some("  "), "no_phone"),
            ("Letters", Some("call me"), "phone_not_valid"),
            ("Short", Some("0501"), "phone_not_valid"),
            ("No such country", Some("+999123456789"), "phone_not_valid"),
        ] {
            expected.push((office.lead(client, name, phone).await, why, Value::Null));
        }
        // The same person in three ways of writing: the oldest lead keeps the phone.
        let first = office.lead(client, "Twin", Some("052-222-0000")).await;
        office.does(format!("update leads set created_at = now() - interval '9 days' where id = '{first}'")).await;
        for phone in ["+972522220000", "00972 52 222 0000"] {
            expected.push((office.lead(client, "Other twin", Some(phone)).await, "same_phone", json!("Twin Test")));
        }
        let queued = office.lead(client, "Queued", Some("0503000000")).await;
        office.foreign(queued, amir).await;
        expected.push((queued, "already_queued", Value::Null));
        let sending = office.lead(client, "Sending", Some("0503000001")).await;
        let message = office.foreign(sending, amir).await;
        office.does(format!("update whatsapp_message_queue set queue_status = 'sending' where id = '{message}'")).await;
        expected.push((sending, "already_queued", Value::Null));
        // A colleague's row for the same phone under a client that this desk cannot see, written as people write it.
        let theirs = office.lead(elsewhere, "Theirs", Some("050-400-0000")).await;
        office.foreign(theirs, dana).await;
        expected.push((office.lead(client, "Same person", Some("+972504000000")).await, "already_queued", Value::Null));
        let taken = office.lead(client, "Taken", Some("0505000000")).await;
        office.taken(taken, dana).await;
        expected.push((taken, "taken", json!("Dana Levi")));
        let same_taken = office.lead(elsewhere, "Taken there", Some("0506000000")).await;
        office.taken(same_taken, dana).await;
        expected.push((
            office.lead(client, "Taken elsewhere", Some("+972 50 600 0000")).await,
            "same_person_taken",
            json!("Dana Levi"),
        ));
        let out = office.lead(client, "Out", Some("0507000000")).await;
        office.does(format!("insert into queue_desk.opt_out (lead_id, source) values ('{out}', 'crm')")).await;
        expected.push((out, "opted_out", Value::Null));
        office.does("insert into queue_desk.opt_out (phone_hash, source) values (queue_desk.phone_hash('+972507000001'), 'crm')").await;
        expected.push((office.lead(client, "Out by phone", Some("050 700 0001")).await, "opted_out", Value::Null));
        let unknown = office.lead(client, "Unknown", Some("0508000000")).await;
        office.delivery(unknown, "+972508000000", 500, "unknown").await;
        expected.push((unknown, "unknown_open", Value::Null));
        office.delivery(Uuid::new_v4(), "+972508000001", 500, "unknown").await;
        expected.push((office.lead(client, "Unknown phone", Some("0508000001")).await, "unknown_open", Value::Null));
        let recent = office.lead(client, "Recent", Some("0509000000")).await;
        office.delivery(recent, "+972509000000", 71, "sent").await;
        let recent_phone = office.lead(client, "Recent phone", Some("0509000001")).await;
        office.delivery(Uuid::new_v4(), "+972509000001", 71, "sent").await;
        let by_the_crm = office.lead(client, "Recent in the CRM", Some("0509000002")).await;
        let sent = office.foreign(by_the_crm, amir).await;
        office.does(format!("update whatsapp_message_queue set queue_status = 'sent', sent_at = queue_desk.now() - interval '71 hours' where id = '{sent}'")).await;
        let long_ago = office.lead(client, "Long ago", Some("0509000003")).await;
        office.delivery(long_ago, "+972509000003", 73, "sent").await;
        let not_sent = office.lead(client, "Never reached", Some("0509000004")).await;
        office.delivery(not_sent, "+972509000004", 1, "failed").await;
        // A time that is none must not stop the plan of everybody.
        office.does(format!("update leads set last_interaction = 'infinity' where id = '{not_sent}'; update leads set last_interaction = '-infinity' where id = '{long_ago}'")).await;

        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        for (lead, why, detail) in &expected {
            assert_eq!(reason(&plan, *lead), (json!(why), detail.clone()), "{plan}");
        }
        for lead in [recent, recent_phone, by_the_crm] {
            let (why, since) = reason(&plan, lead);
            assert_eq!(why, "contacted_recently");
            assert!(since.as_str().unwrap().ends_with('Z'), "the time of the contact: {since}");
        }
        for lead in [fine, first, long_ago, not_sent] {
            assert_eq!(reason(&plan, lead).0, Value::Null, "{plan}");
        }

        let receipt = window.commit(&plan).unwrap();
        assert_eq!(receipt["changed"], 4);
        assert_eq!(receipt["asked"].as_u64().unwrap() as usize, expected.len() + 3 + 4);
        for why in [
            "no_phone",
            "phone_not_valid",
            "same_phone",
            "already_queued",
            "taken",
            "same_person_taken",
            "opted_out",
            "unknown_open",
        ] {
            let count = expected.iter().filter(|(_, reason, _)| reason == &why).count() as u64;
            assert_eq!(skipped(&receipt, why), count, "{why}: {receipt}");
        }
        assert_eq!(office.count("whatsapp_message_queue m join leads l on l.id = m.lead_id where m.queue_metadata ? 'plan_id' and l.first_name in ('Fine', 'Twin', 'Long ago', 'Never reached')").await, 4);
        assert_eq!(office.count("whatsapp_message_queue where queue_metadata ? 'plan_id'").await, 4);
    });
}

#[test]
fn leads_asked_for_by_id_are_each_answered_for() {
    run(async {
        let (database, mut office) = Office::open().await;
        let fine = office.lead(Some(office.client), "Fine", Some("0501000000")).await;
        let hot = office.lead(Some(office.client), "Hot", Some("0501000001")).await;
        office.does(format!("update leads set status = 'hot' where id = '{hot}'")).await;
        let theirs = office.lead(Some(office.other_client), "Theirs", Some("0501000002")).await;
        let not_asked = office.lead(Some(office.client), "Not asked", Some("0501000003")).await;
        let nobody = Uuid::new_v4();
        let desk = database.desk("desk_2").await;
        let plan = prepare::preview(&desk, None, Some(&[fine, hot, theirs, nobody])).await.unwrap();
        let shown = serde_json::to_value(&plan).unwrap();
        assert_eq!(plan.items.iter().map(|i| i.lead_id).collect::<Vec<_>>(), [fine]);
        assert_eq!(reason(&shown, hot), (json!("status_not_eligible"), json!("hot")));
        assert_eq!(reason(&shown, theirs).0, "no_access");
        assert_eq!(reason(&shown, nobody).0, "not_found");

        let receipt = prepare::apply(&desk, &plan, true).await.unwrap();
        assert_eq!((receipt.asked, receipt.changed), (4, 1));
        assert_eq!(
            office.count(format!("whatsapp_message_queue where lead_id <> '{fine}' or lead_id is null")).await,
            0
        );
        let _ = not_asked;
    });
}

#[test]
fn a_lead_without_a_client_is_everybodys_until_the_pool_is_closed() {
    run(async {
        let (database, mut office) = Office::open().await;
        let pool = office.lead(None, "Pool", Some("0501000000")).await;
        let window = Window::open(database.desk("desk_3").await, None);
        assert_eq!(reason(&window.plan(), pool).0, Value::Null);
        let shown = window.plan();
        office.does("update queue_desk.instance set settings = settings || '{\"shared_pool\": false}'").await;
        assert_eq!(window.plan()["candidates"], 0);
        let error = window.commit(&shown).unwrap_err();
        assert_eq!(error["code"], "plan_stale");
        assert_eq!(office.count("whatsapp_message_queue").await, 0);
    });
}

#[test]
fn members_of_a_project_or_of_one_lead_may_queue_it() {
    run(async {
        let (database, mut office) = Office::open().await;
        let elsewhere = office.other_client;
        let by_project = office.lead(Some(elsewhere), "Project", Some("0501000000")).await;
        let by_lead = office.lead(Some(elsewhere), "Lead", Some("0501000001")).await;
        let hidden = office.lead(Some(elsewhere), "Hidden", Some("0501000002")).await;
        office
            .does(format!(
                "with p as (insert into projects (name, client_id) values ('P', '{elsewhere}') returning id),
               m as (insert into project_members (project_id, user_id) select id, '{0}' from p)
             update leads set current_project_id = (select id from p) where id = '{by_project}';
             insert into lead_members (lead_id, user_id) values ('{by_lead}', '{0}')",
                office.amir
            ))
            .await;
        let window = Window::open(database.desk("desk_2").await, None);
        assert_eq!(window.prepare()["changed"], 2);
        assert_eq!(
            office.count(format!("whatsapp_message_queue where lead_id in ('{by_project}', '{by_lead}')")).await,
            2
        );
        assert_eq!(office.count(format!("whatsapp_message_queue where lead_id = '{hidden}'")).await, 0);
    });
}
