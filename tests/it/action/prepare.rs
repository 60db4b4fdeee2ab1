//! Prepare Tomorrow's Queue: what was shown is what is written, and what changed meanwhile is noticed.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Office,
    contract::{adds_up, everything, skipped, written},
    database::value,
    run,
    window::Window,
};

#[test]
fn applying_writes_the_slots_phones_positions_and_texts_that_were_shown() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(5).await;
        office.lead(Some(office.client), "Noga", Some("052-765 4321")).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        assert_eq!(plan["items"].as_array().unwrap().len(), 6, "{plan}");

        let receipt = window.commit(&plan).unwrap();
        assert_eq!((&receipt["asked"], &receipt["changed"]), (&json!(6), &json!(6)));
        let shown: Vec<Value> = plan["items"].as_array().unwrap().iter().map(|i| {
            json!({ "lead": i["lead_id"], "slot": i["slot"], "phone": i["phone"], "position": i["position"], "content": i["content"] })
        }).collect();
        let written: Value = office.ask(format!(
            "select jsonb_agg(jsonb_build_object('lead', m.lead_id, 'slot', to_char(m.scheduled_for at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
               'phone', m.recipient_phone, 'position', m.queue_position, 'content', m.message_content) order by m.queue_position)
             from whatsapp_message_queue m where m.queue_status = 'queued' and m.user_id = '{}' and m.client_id = '{}'", office.amir, office.client)).await;
        assert_eq!(written, json!(shown));
        assert!(shown.iter().any(|i| i["phone"] == "+972527654321" && i["content"] == "Hello Noga"), "{shown:?}");

        // Both column pairs of the CRM, ours to send, and the plan kept.
        assert_eq!(office.count("whatsapp_message_queue where template_name = 'follow_up_template' and message_template = template_name and template_parameters = message_variables and message_type = 'template'").await, 6);
        assert_eq!(office.count("queue_desk.plan_item i join queue_desk.adopted a using (message_id, plan_id) join whatsapp_message_queue m on m.id = i.message_id and m.scheduled_for = i.slot and m.lead_id = i.lead_id and m.queue_position = i.position").await, 6);
        assert_eq!(
            office
                .count(format!(
                    "queue_desk.plan where receipt_id = '{}' and as_user = '{}'",
                    receipt["receipt_id"].as_str().unwrap(),
                    office.amir
                ))
                .await,
            1
        );
        let touched = value::<i64>(&mut office.owner, "select count(*) from leads where status <> 'new'").await;
        assert_eq!(touched, 0, "the lead itself is untouched");
    });
}

#[test]
fn slots_are_unique_in_order_and_as_far_apart_as_the_rate_says() {
    run(async {
        let (database, mut office) = Office::open().await;
        office
            .setting(
                office.amir,
                "advanced",
                json!({ "rate_limiting": { "messages_per_hour": 60, "messages_per_day": 1000 } }),
            )
            .await;
        office.leads(20).await;
        let window = Window::open(database.desk("desk_2").await, None);
        window.prepare();
        let more = office.lead(Some(office.client), "Late", Some("0501234567")).await;
        window.prepare();
        assert_eq!(office.count("whatsapp_message_queue a join whatsapp_message_queue b on a.id < b.id and abs(extract(epoch from a.scheduled_for - b.scheduled_for)) < 60").await, 0);
        let (first, late): (i64, bool) = (
            office.count("whatsapp_message_queue where queue_position between 1 and 21").await,
            office
                .ask(format!("select queue_position = 21 from whatsapp_message_queue where lead_id = '{more}'"))
                .await,
        );
        assert_eq!((first, late), (21, true));
    });
}

/// Something that happens between the preview and the button, and the word for it on the receipt.
fn meanwhile(office: &Office, lead: Uuid) -> Vec<(&'static str, String)> {
    let (dana, client) = (office.dana, office.client);
    let gone = office.other_client;
    vec![
        ("plan_changed", format!("update leads set first_name = 'Renamed' where id = '{lead}'")),
        ("plan_changed", format!("update leads set phone = '0509999999' where id = '{lead}'")),
        ("plan_changed", format!("update leads set status = 'hot' where id = '{lead}'")),
        ("no_access", format!("update leads set client_id = '{gone}' where id = '{lead}'")),
        ("no_access", format!("delete from leads where id = '{lead}'")),
        (
            "taken",
            format!("insert into queue_desk.lead_gate (lead_id, owner, since) values ('{lead}', '{dana}', now())"),
        ),
        ("opted_out", format!("insert into queue_desk.opt_out (lead_id, source) values ('{lead}', 'crm')")),
        (
            "opted_out",
            format!(
                "insert into queue_desk.opt_out (phone_hash, source) select queue_desk.phone_hash(phone), 'crm' from leads where id = '{lead}'"
            ),
        ),
        (
            "already_queued",
            format!(
                "insert into whatsapp_message_queue (lead_id, user_id, queue_position, message_content, recipient_phone) values ('{lead}', '{dana}', 1, 'Hi', '-')"
            ),
        ),
        (
            "already_queued",
            format!(
                "insert into whatsapp_message_queue (user_id, client_id, queue_position, message_content, recipient_phone) select '{dana}', '{client}', 1, 'Hi', '0' || substr(phone, 5) from leads where id = '{lead}'"
            ),
        ),
        (
            "unknown_open",
            format!(
                "insert into queue_desk.delivery (message_id, attempt, lead_id, sender, claimed_at, finished_at, outcome) values (gen_random_uuid(), 1, '{lead}', 'fake', now(), now(), 'unknown')"
            ),
        ),
        (
            "contacted_recently",
            format!(
                "insert into queue_desk.delivery (message_id, attempt, lead_id, sender, claimed_at, dispatched_at, finished_at, outcome) values (gen_random_uuid(), 1, '{lead}', 'fake', now(), queue_desk.now(), now(), 'sent')"
            ),
        ),
        (
            "same_person_taken",
            format!(
                "with l as (insert into leads (client_id, phone, status) select '{gone}', phone, 'hot' from leads where id = '{lead}' returning id) insert into queue_desk.lead_gate (lead_id, owner, since) select id, '{dana}', now() from l"
            ),
        ),
    ]
}

#[test]
fn what_changed_since_the_preview_refuses_the_plan_and_one_click_queues_the_others() {
    run(async {
        let (database, mut office) = Office::open().await;
        let window = Window::open(database.desk("desk_2").await, None);
        let victim = office.lead(Some(office.client), "Victim", Some("+972541000900")).await;
        for (n, (reason, sql)) in meanwhile(&office, victim).into_iter().enumerate() {
            // The one that changes and two that stay as they are.
            office.does(format!(
                "delete from whatsapp_message_queue; delete from leads; delete from queue_desk.lead_gate;
                 delete from queue_desk.opt_out; delete from queue_desk.delivery;
                 insert into leads (id, client_id, first_name, phone, status) values ('{victim}', '{0}', 'Victim', '+972541000900', 'new'),
                   (gen_random_uuid(), '{0}', 'Stays', '+972541000901', 'new'), (gen_random_uuid(), '{0}', 'Stays too', '+972541000902', 'new')", office.client)).await;
            let plan = window.plan();
            assert_eq!(plan["items"].as_array().unwrap().len(), 3, "{n} {reason}: {plan}");
            office.does(sql.clone()).await;
            let before = everything(&mut office.owner).await;

            let error = window.commit(&plan).expect_err(&sql);
            assert_eq!((&error["code"], &error["retryable"]), (&json!("plan_stale"), &json!(false)), "{sql}: {error}");
            assert!(error["message"].as_str().unwrap().starts_with("1 of 3"), "{error}");
            assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0], "{sql}");

            let receipt = window.commit_others(&plan);
            assert_eq!((&receipt["changed"], skipped(&receipt, reason)), (&json!(2), 1), "{sql}: {receipt}");
            adds_up(&receipt);
            office.holds_receipt(&receipt).await;
            assert_eq!(office.changes(&receipt, "message", "queued").await, 2);
            assert_eq!(office.count(format!("queue_desk.plan_item i join queue_desk.plan p on p.id = i.plan_id where i.lead_id = '{victim}' and p.id = '{}'", plan["id"].as_str().unwrap())).await, 0, "{sql}");
        }
    });
}

#[test]
fn a_new_lead_does_not_make_a_plan_stale_and_is_not_queued_with_it() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(2).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        let newcomer = office.lead(Some(office.client), "New", Some("0501234567")).await;
        assert_eq!(window.commit(&plan).unwrap()["changed"], 2);
        assert_eq!(office.count(format!("whatsapp_message_queue where lead_id = '{newcomer}'")).await, 0);
    });
}

#[test]
fn a_plan_is_good_once() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(3).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        window.commit(&plan).unwrap();
        let before = everything(&mut office.owner).await;
        for without_changed in [false, true] {
            window.refused(
                "prepare_apply",
                json!({ "planId": plan["id"], "withoutChanged": without_changed }),
                "plan_stale",
            );
        }
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
    });
}

#[test]
fn a_plan_of_another_window_or_of_a_day_gone_by_is_refused() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(3).await;
        let window = Window::open(database.desk("desk_2").await, None);
        let plan = window.plan();
        let other = Window::open(database.desk("desk_2").await, None);
        other.refused("prepare_apply", json!({ "planId": plan["id"], "withoutChanged": true }), "plan_stale");

        office.pass(3 * 86_400).await;
        for without_changed in [false, true] {
            window.refused(
                "prepare_apply",
                json!({ "planId": plan["id"], "withoutChanged": without_changed }),
                "plan_stale",
            );
        }
        assert_eq!(
            office.count("whatsapp_message_queue").await,
            0,
            "messages of the day before yesterday would all go at once"
        );
    });
}
