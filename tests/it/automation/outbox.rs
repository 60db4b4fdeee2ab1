//! The words for leads.status, beside a CRM whose webhook is slow, fails or hangs.

use std::time::Instant;

use queue_desk::{
    action::{prepare, take, undo},
    automation::outbox::{Drained, drain},
    model::receipt::Receipt,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::support::{Office, TestDatabase, database::value, run};

/// Stands for the CRM's trigger that calls out for each updated lead and waits for the answer.
const WEBHOOK: &str = "
    create function public.webhook() returns trigger language plpgsql as $$
    begin
      if new.first_name like '%fails%' then raise exception 'connection refused'; end if;
      perform pg_sleep(case when new.first_name like '%hangs%' then 60 else 0.3 end);
      return null;
    end $$;
    create trigger webhook after update on public.leads for each row execute function public.webhook();";

/// An office whose CRM knows the words that the queue wants to say.
async fn office(database: &TestDatabase) -> Office {
    let mut office = Office::new(database).await;
    let words = "alter table public.leads drop constraint leads_status_check;
        alter table public.leads add constraint leads_status_check check (status in ('new', 'hot', 'queued', 'contacted', 'engaged'));";
    sqlx::raw_sql(words).execute(&mut office.owner).await.expect("words");
    office
}

async fn status(owner: &mut PgConnection, lead: Uuid) -> String {
    sqlx::query_scalar("select status from public.leads where id = $1")
        .bind(lead)
        .fetch_one(owner)
        .await
        .expect("a lead")
}

async fn outbox(owner: &mut PgConnection, lead: Uuid) -> (String, Option<String>) {
    let query = "select state, reason from queue_desk.stage_outbox where lead_id = $1 order by id desc limit 1";
    sqlx::query_as(query).bind(lead).fetch_one(owner).await.expect("a word")
}

fn stage(receipt: &Receipt) -> &str {
    receipt.detail["stage"]["state"].as_str().unwrap_or_default()
}

#[test]
fn a_slow_failing_or_hanging_webhook_slows_and_undoes_no_action_and_the_outbox_tells() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = office(&database).await;
        let slow = office.lead(Some(office.client), "slow", Some("+972541000001")).await;
        let fails = office.lead(Some(office.client), "fails", Some("+972541000002")).await;
        let hangs = office.lead(Some(office.client), "hangs", Some("+972541000003")).await;
        sqlx::raw_sql(WEBHOOK).execute(&mut office.owner).await.expect("a webhook");
        let desk = database.desk("desk_2").await;

        let began = Instant::now();
        for lead in [slow, fails, hangs] {
            let receipt = take::take(&desk, lead, None, None).await.expect("taken");
            assert_eq!((receipt.changed, stage(&receipt)), (1, "pending"));
            assert_eq!(status(&mut office.owner, lead).await, "new", "the action itself writes no lead");
        }
        assert!(began.elapsed().as_millis() < 1500, "three takes waited for no webhook: {:?}", began.elapsed());

        let drained = drain(&desk.database).await.expect("drained");
        assert_eq!(drained, Drained { written: 1, refused: 0, postponed: 2 });
        assert_eq!(status(&mut office.owner, slow).await, "engaged", "the first legal word of the stage");
        assert_eq!(outbox(&mut office.owner, slow).await, ("written".into(), None));
        assert_eq!(status(&mut office.owner, fails).await, "new");
        assert_eq!(outbox(&mut office.owner, fails).await, ("pending".into(), Some("refused_P0001".into())));
        assert_eq!(outbox(&mut office.owner, hangs).await, ("pending".into(), Some("timeout".into())));
        let owned =
            value::<i64>(&mut office.owner, "select count(*) from queue_desk.lead_gate where owner is not null").await;
        assert_eq!(owned, 3, "no take was undone");
        assert_eq!(
            drain(&desk.database).await.expect("drained"),
            Drained::default(),
            "postponed words wait for their time"
        );

        let again = "update queue_desk.stage_outbox set next_try_at = now(), tries = 4 where state = 'pending'";
        sqlx::query(again).execute(&mut office.owner).await.expect("time passes");
        assert_eq!(drain(&desk.database).await.expect("drained").refused, 2, "after five tries it gives up");
        assert_eq!(outbox(&mut office.owner, fails).await, ("refused".into(), Some("refused_P0001".into())));
    });
}

#[test]
fn a_word_that_a_person_changed_meanwhile_is_never_overwritten() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = office(&database).await;
        let lead = office.leads(1).await[0];
        let desk = database.desk("desk_2").await;
        take::take(&desk, lead, None, None).await.expect("taken");
        sqlx::query("update public.leads set status = 'hot'")
            .execute(&mut office.owner)
            .await
            .expect("a person's word");

        assert_eq!(drain(&desk.database).await.expect("drained"), Drained { refused: 1, ..Drained::default() });
        assert_eq!(status(&mut office.owner, lead).await, "hot");
        assert_eq!(outbox(&mut office.owner, lead).await, ("refused".into(), Some("word_changed".into())));
    });
}

#[test]
fn undo_puts_a_written_word_back_and_withdraws_a_waiting_one() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = office(&database).await;
        let leads = office.leads(2).await;
        let desk = database.desk("desk_2").await;

        let plan = prepare::preview(&desk, None, None).await.expect("a plan");
        let prepared = prepare::apply(&desk, &plan, false).await.expect("queued");
        assert_eq!(drain(&desk.database).await.expect("drained").written, 2);
        assert_eq!(status(&mut office.owner, leads[0]).await, "queued");
        undo::undo(&desk, prepared.receipt_id).await.expect("undone");
        assert_eq!(drain(&desk.database).await.expect("drained").written, 2);
        assert_eq!(status(&mut office.owner, leads[0]).await, "new", "the old word is back");

        let taken = take::take(&desk, leads[1], None, None).await.expect("taken");
        undo::undo(&desk, taken.receipt_id).await.expect("undone");
        assert_eq!(drain(&desk.database).await.expect("drained"), Drained::default());
        assert_eq!(outbox(&mut office.owner, leads[1]).await, ("refused".into(), Some("undone".into())));
    });
}

#[test]
fn two_desks_write_each_word_once() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = office(&database).await;
        let leads = office.leads(40).await;
        let desk = database.desk("desk_2").await;
        for lead in &leads {
            take::take(&desk, *lead, None, None).await.expect("taken");
        }
        let other = database.desk("desk").await;
        let (one, two) = tokio::join!(drain(&desk.database), drain(&other.database));
        assert_eq!(one.expect("drained").written + two.expect("drained").written, 40);
        let rows = "select count(*) from queue_desk.queue_ledger where action = 'stage' and entity = 'lead'";
        assert_eq!(value::<i64>(&mut office.owner, rows).await, 40);
    });
}
