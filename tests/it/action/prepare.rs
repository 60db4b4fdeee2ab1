//! Prepare Tomorrow's Queue.

use serde_json::json;

use crate::support::{Office, TestDatabase, database::value, run, window::Window};

#[test]
fn a_preview_writes_nothing_and_applying_it_queues_what_it_showed() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(5).await;
        let window = Window::open(database.desk("desk_2").await, None);

        let plan = window.call("prepare_preview", json!({ "day": null }));
        assert_eq!(plan["items"].as_array().unwrap().len(), 5, "{plan}");
        assert_eq!(
            value::<i64>(&mut office.owner, "select count(*) from whatsapp_message_queue").await,
            0,
            "a preview writes nothing"
        );

        let receipt = window.call("prepare_apply", json!({ "planId": plan["id"], "withoutChanged": false }));
        assert_eq!(receipt["changed"], 5);
        assert_eq!(value::<i64>(&mut office.owner, "select count(*) from whatsapp_message_queue m join queue_desk.plan_item i on i.message_id = m.id where m.queue_status = 'queued' and m.scheduled_for = i.slot").await, 5);
        assert_eq!(value::<i64>(&mut office.owner, "select count(*) from queue_desk.queue_ledger where entity = 'message' and to_state = 'queued' and actor_kind = 'person'").await, 5);
    });
}
