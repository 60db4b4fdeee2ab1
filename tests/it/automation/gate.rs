//! Every reason to hold a message: before the claim, between claim and dispatch, and as the screen is told.
//! The clock stands at Tuesday 2027-01-12, 10:00 in Jerusalem; Amir's office is open day and night until a test closes it.

use chrono::{DateTime, Utc};
use queue_desk::{automation::Until, sender::Answer};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::support::{
    Office, TestDatabase, run,
    sending::{Fake, Hand, Reply, automate, counted, deliveries, due, message, now, one_due, set_clock, status},
};

const TUESDAY_AT_TEN: &str = "2027-01-12T08:00:00Z";
const PHONE: &str = "+972541112233";

type Why = Vec<(String, Option<DateTime<Utc>>)>;

async fn why(conn: &mut PgConnection, message: Uuid) -> Why {
    sqlx::query_as("select reason, next_at from queue_desk.gate($1)").bind(message).fetch_all(conn).await.unwrap()
}

async fn why_on_the_screen(conn: &mut PgConnection, message: Uuid) -> Why {
    sqlx::query_as("select reason, next_at from queue_desk.gates(array[$1])")
        .bind(message)
        .fetch_all(conn)
        .await
        .unwrap()
}

/// Claims a message that may go, closes the gate with `close`, and expects it to be held for this reason alone until `next_at`
/// (none: until a person acts), by everyone who asks.
async fn holds(reason: &str, next_at: Option<&str>, close: &str) {
    let database = TestDatabase::new().await;
    let mut office = Office::new(&database).await;
    set_clock(&mut office, TUESDAY_AT_TEN).await;
    let user = office.amir;
    let (lead, id) = one_due(&mut office, user).await;
    let hand = Hand::of(&database, "runner").await;
    assert_eq!(why(&mut office.owner, id).await, [], "nothing holds it yet");
    let claimed = hand.claim().await;
    assert_eq!(claimed.len(), 1, "it may go before the gate closes");

    let mut sql = close.to_owned();
    for (name, value) in
        [("$message", id), ("$lead", lead), ("$user", user), ("$client", office.client), ("$noa", office.noa)]
    {
        sql = sql.replace(name, &format!("'{value}'"));
    }
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut office.owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));

    let expected: Option<DateTime<Utc>> = next_at.map(|at| at.parse().unwrap());
    let agrees = |found: Why, who: &str| {
        assert_eq!(found.len(), 1, "{who} names one reason: {found:?}");
        assert_eq!(found[0].0, reason, "{who}");
        let off = match (found[0].1, expected) {
            (Some(found), Some(expected)) => (found - expected).num_seconds().abs(),
            (None, None) => 0,
            _ => i64::MAX,
        };
        assert!(off <= 5, "{who} says until {:?}, not {expected:?}", found[0].1);
    };
    agrees(why(&mut office.owner, id).await, "the gate of a claimed message");

    let before = counted(&mut office.owner, user).await;
    let dispatch = hand.dispatch(claimed[0]).await;
    assert!(!dispatch.go, "the gate closed between claim and dispatch");
    assert_eq!(dispatch.reason.as_deref(), Some(reason));
    assert_eq!(status(&mut office.owner, id).await, "queued", "it waits again");
    let tries = deliveries(&mut office.owner, id).await;
    assert_eq!(tries.len(), 1);
    assert_eq!(tries[0].outcome.as_deref(), Some("not_sent"));
    assert_eq!(tries[0].reason.as_deref(), Some(reason));
    assert!(!tries[0].dispatched);
    assert_eq!(counted(&mut office.owner, user).await, before, "what was not dispatched is not counted");
    let ledger: i64 = sqlx::query_scalar(
        "select count(*) from queue_desk.queue_ledger where entity_id = $1::text and from_state = 'sending' and to_state = 'queued' and reason = $2",
    )
    .bind(id)
    .bind(reason)
    .fetch_one(&mut office.owner)
    .await
    .unwrap();
    assert_eq!(ledger, 1, "the ledger says why it came back");

    assert!(hand.claim().await.is_empty(), "nor is it claimed");
    agrees(why(&mut office.owner, id).await, "the gate of a queued message");
    agrees(why_on_the_screen(&mut office.owner, id).await, "the screen");
    let fake = Fake::default();
    let receipt = automate(&database.desk("runner").await, &fake, Until::Drained).await.unwrap();
    assert_eq!(fake.seen(), [], "a run sends nothing");
    assert_eq!(receipt.changed, 0);
    assert_eq!(receipt.detail["held"][0]["reason"].as_str().unwrap_or("not_adopted"), reason, "the receipt says why");
}

macro_rules! held {
    ($($test:ident: $reason:literal, $next_at:expr, $close:expr;)*) => {
        $(#[test] fn $test() { run(holds($reason, $next_at, $close)); })*
    };
}

held! {
    a_message_that_nobody_adopted_is_held: "not_adopted", None, "delete from queue_desk.adopted";
    a_message_before_its_slot_is_held: "not_due", Some("2027-01-12T09:00:00Z"),
        "update whatsapp_message_queue set scheduled_for = '2027-01-12T09:00:00Z'";
    a_message_before_its_send_after_is_held: "not_due", Some("2027-01-12T08:30:00Z"),
        "update whatsapp_message_queue set send_after = '2027-01-12T08:30:00Z'";
    a_message_without_a_slot_is_held: "not_due", None, "update whatsapp_message_queue set scheduled_for = null";
    a_message_48_hours_past_its_slot_is_held: "too_old", None,
        "update whatsapp_message_queue set scheduled_for = '2027-01-10T07:59:59Z'";
    an_expired_message_is_held: "expired", None, "update whatsapp_message_queue set expires_at = '2027-01-12T08:00:00Z'";
    a_message_without_a_lead_is_held: "no_lead", None, "update whatsapp_message_queue set lead_id = null";
    a_message_without_a_user_is_held: "no_user", None, "update whatsapp_message_queue set user_id = null";
    a_message_of_an_inactive_operator_is_held: "operator_inactive", None,
        "update queue_desk.operator set active = false where user_id = $user";
    a_message_outside_opening_hours_waits_for_the_opening: "outside_hours", Some("2027-01-12T10:00:00Z"),
        "update user_queue_settings set work_days = jsonb_set(work_days, '{business_hours,start}', '\"12:00\"') where user_id = $user";
    a_message_after_closing_waits_for_the_next_working_day: "outside_hours", Some("2027-01-14T07:00:00Z"),
        "update user_queue_settings set work_days = '{\"work_days\": [4], \"business_hours\": {\"start\": \"09:00\", \"end\": \"17:00\", \"timezone\": \"Asia/Jerusalem\"}}' where user_id = $user";
    a_message_on_a_holiday_waits_for_the_day_after: "outside_hours", Some("2027-01-12T22:00:00Z"),
        "update user_queue_settings set work_days = work_days || '{\"custom_holidays\": [\"2027-01-12\"]}' where user_id = $user";
    a_message_too_early_for_the_lead_waits_for_its_morning: "quiet_hours", Some("2027-01-12T09:00:00Z"),
        "update user_queue_settings set advanced = jsonb_set(advanced, '{quiet_hours}', '{\"start\": \"11:00\", \"end\": \"20:00\"}') where user_id = $user";
    a_message_too_late_for_the_lead_waits_for_the_next_morning: "quiet_hours", Some("2027-01-13T03:00:00Z"),
        "update user_queue_settings set advanced = jsonb_set(advanced, '{quiet_hours}', '{\"start\": \"05:00\", \"end\": \"10:00\"}') where user_id = $user";
    quiet_hours_are_those_of_the_leads_country: "quiet_hours", Some("2027-01-12T09:00:00Z"),
        "update whatsapp_message_queue set recipient_phone = '+442079460000';
         update user_queue_settings set advanced = advanced - 'quiet_hours' where user_id = $user";
    a_pause_of_everybody_holds: "paused", None, "insert into queue_desk.pause (scope) values ('all')";
    a_pause_of_the_operator_holds: "paused", None, "insert into queue_desk.pause (scope, subject) values ('operator', $user)";
    a_pause_of_the_lead_holds: "paused", None, "insert into queue_desk.pause (scope, subject) values ('lead', $lead)";
    a_pause_of_the_client_holds: "paused", None, "insert into queue_desk.pause (scope, subject) values ('client', $client)";
    a_pause_of_the_template_holds: "paused", None,
        "update whatsapp_message_queue set message_template = 'spring'; insert into queue_desk.pause (scope, subject) values ('template', 'spring')";
    a_pause_until_a_time_holds_until_then: "paused", Some("2027-01-12T11:30:00Z"),
        "insert into queue_desk.pause (scope, until) values ('all', '2027-01-12T11:30:00Z')";
    a_full_hour_holds_until_the_next: "hour_cap", Some("2027-01-12T09:00:00Z"),
        "update user_queue_settings set advanced = jsonb_set(advanced, '{rate_limiting,messages_per_hour}', '3') where user_id = $user;
         insert into queue_desk.limit_window values ('operator_hour', $user, '2027-01-12T08:00:00Z', 3)";
    a_full_day_holds_until_local_midnight: "day_cap", Some("2027-01-12T22:00:00Z"),
        "update user_queue_settings set processing_targets = jsonb_set(processing_targets, '{max_daily_capacity}', '3') where user_id = $user;
         insert into queue_desk.limit_window values ('operator_day', $user, '2027-01-11T22:00:00Z', 3)";
    a_full_rate_limit_of_the_day_holds_too: "day_cap", Some("2027-01-12T22:00:00Z"),
        "update user_queue_settings set advanced = jsonb_set(advanced, '{rate_limiting,messages_per_day}', '2') where user_id = $user;
         insert into queue_desk.limit_window values ('operator_day', $user, '2027-01-11T22:00:00Z', 2)";
    an_opt_out_of_the_lead_holds: "opted_out", None, "insert into queue_desk.opt_out (lead_id, source) values ($lead, 'test')";
    an_opt_out_of_the_phone_holds: "opted_out", None,
        "insert into queue_desk.opt_out (phone_hash, source) values (queue_desk.phone_hash('+972541112233'), 'test')";
    a_taken_lead_is_held: "taken", None, "insert into queue_desk.lead_gate (lead_id, owner) values ($lead, $noa) on conflict (lead_id) do update set owner = $noa";
    a_person_taken_under_another_lead_is_held: "same_person_taken", None,
        "insert into leads (id, phone) values ('00000000-0000-4000-8000-000000000001', '054-111 2233');
         insert into queue_desk.lead_gate (lead_id, owner) values ('00000000-0000-4000-8000-000000000001', $noa)";
    an_open_unknown_of_the_lead_holds: "unknown_open", None,
        "insert into queue_desk.delivery (message_id, attempt, lead_id, sender, claimed_at, dispatched_at, finished_at, outcome)
         values (gen_random_uuid(), 1, $lead, 'fake', '2027-01-01', '2027-01-01', '2027-01-01', 'unknown')";
    an_open_unknown_of_the_phone_holds: "unknown_open", None,
        "insert into queue_desk.delivery (message_id, attempt, lead_id, phone_hash, sender, claimed_at, dispatched_at, finished_at, outcome)
         values (gen_random_uuid(), 1, gen_random_uuid(), queue_desk.phone_hash('+972541112233'), 'fake', '2026-11-01', '2026-11-01', '2026-11-01', 'unknown')";
}

/// One lead, one message, the fixed clock; then this SQL.
async fn goes(sql: &'static str) {
    let database = TestDatabase::new().await;
    let mut office = Office::new(&database).await;
    set_clock(&mut office, TUESDAY_AT_TEN).await;
    let user = office.amir;
    let (_, id) = one_due(&mut office, user).await;
    sqlx::raw_sql(sql).execute(&mut office.owner).await.unwrap();
    let fake = Fake::default();
    automate(&database.desk("runner").await, &fake, Until::Drained).await.unwrap();
    assert_eq!(fake.seen(), [(id, PHONE.to_owned())], "it goes: {sql}");
    assert_eq!(status(&mut office.owner, id).await, "sent");
}

#[test]
fn what_is_over_holds_nothing() {
    run(async {
        goes("insert into queue_desk.pause (scope, until) values ('all', '2027-01-12T07:59:59Z')").await;
        goes("insert into queue_desk.pause (scope, subject) values ('lead', gen_random_uuid()::text), ('template', 'spring')").await;
        goes("update whatsapp_message_queue set scheduled_for = '2027-01-10T08:30:00Z', expires_at = '2027-01-12T08:30:00Z'").await;
        goes("insert into queue_desk.lead_gate (lead_id, owner) select id, null from leads").await;
        goes("insert into queue_desk.delivery (message_id, attempt, lead_id, sender, claimed_at, dispatched_at, finished_at, outcome, settled_at)
              select gen_random_uuid(), 1, id, 'fake', '2026-11-01', '2026-11-01', '2026-11-01', 'unknown', '2026-11-02' from leads").await;
    });
}

#[test]
fn a_message_whose_state_the_crm_erased_after_the_claim_is_not_sent() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        let (_, id) = one_due(&mut office, user).await;
        let hand = Hand::of(&database, "runner").await;
        let claimed = hand.claim().await;
        sqlx::raw_sql("update whatsapp_message_queue set queue_status = null")
            .execute(&mut office.owner)
            .await
            .unwrap();
        assert!(!hand.dispatch(claimed[0]).await.go, "NULL is not `sending`");
        assert_eq!(message(&mut office.owner, id).await.status, None, "and is left as it is");
        assert_eq!(deliveries(&mut office.owner, id).await[0].outcome.as_deref(), Some("cancelled"));
        assert_eq!(counted(&mut office.owner, user).await, (0, 0));
    });
}

#[test]
fn the_second_lead_with_one_phone_waits_out_the_cool_down() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.amir;
        let (_, first) = one_due(&mut office, user).await;
        let (_, second) = one_due(&mut office, user).await;
        let hand = Hand::of(&database, "runner").await;
        let claimed = hand.claim().await;
        assert_eq!(claimed.len(), 2, "nothing was dispatched yet, so both are claimed");
        assert!(hand.dispatch(claimed[0]).await.go);
        let dispatch = hand.dispatch(claimed[1]).await;
        assert_eq!(
            (dispatch.go, dispatch.reason.as_deref()),
            (false, Some("contacted_recently")),
            "while the first is on the wire"
        );
        let held = if claimed[1].message_id == second { second } else { first };
        let cool_down_over = now(&mut office.owner).await + chrono::Duration::hours(72);
        let found = why(&mut office.owner, held).await;
        assert_eq!(found[0].0, "contacted_recently");
        assert!((found[0].1.unwrap() - cool_down_over).num_seconds().abs() < 5);
        hand.settle(claimed[0], queue_desk::db::run::Outcome::Sent).await;
        assert!(hand.claim().await.is_empty(), "nor is it claimed");
        assert_eq!(status(&mut office.owner, held).await, "queued");
    });
}

#[test]
fn limits_count_what_was_dispatched_and_give_nothing_back() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        set_clock(&mut office, TUESDAY_AT_TEN).await;
        let user = office.amir;
        due(&mut office, user, 5).await;
        sqlx::raw_sql(
            "update user_queue_settings set advanced = jsonb_set(advanced, '{rate_limiting,messages_per_hour}', '2'),
                         processing_targets = jsonb_set(processing_targets, '{max_daily_capacity}', '3')",
        )
        .execute(&mut office.owner)
        .await
        .unwrap();
        let desk = database.desk("runner").await;
        // What was refused and what never left are counted as well.
        let mut fake = Fake::saying(Reply::Say(Answer::Refused { code: "131026".into() }));
        fake.replies.insert("+972541000001".into(), Reply::Say(Answer::NotSent));
        automate(&desk, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen().len(), 2, "two an hour");
        assert_eq!(counted(&mut office.owner, user).await, (2, 2));

        office.pass(3600).await;
        automate(&desk, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen().len(), 3, "three a day");
        assert_eq!(counted(&mut office.owner, user).await, (3, 3));
        office.pass(3600).await;
        automate(&desk, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen().len(), 3, "a new hour is not a new day");

        set_clock(&mut office, "2027-01-12T22:00:30Z").await;
        automate(&desk, &fake, Until::Drained).await.unwrap();
        assert_eq!(fake.seen().len(), 5, "a new local day, two an hour");
    });
}
