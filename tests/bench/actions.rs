//! Prepare and take.

use queue_desk::action::{prepare, take};
use sqlx::{Acquire, Executor};

use crate::{
    support::{Office, TestDatabase},
    table::{Table, timed},
};

const LEADS: i32 = 10_000;
const ROUNDS: usize = 3;
const TAKES: i32 = 200;

/// What Prepare writes, without its rules, its ledger and its triggers.
const BARE: &str = "
    insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, scheduled_for)
    select l.id, $1, l.client_id, row_number() over (order by l.created_at), 'Hello', l.phone, now() + interval '1 day' from public.leads l";

pub async fn prepare(table: &mut Table) {
    if !table.wants("prepare") {
        return;
    }
    let (mut previews, mut commits, mut bare) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(LEADS).await;
        let roomy = "update public.user_queue_settings set
            processing_targets = '{\"target_leads_per_work_day\": 20000, \"max_daily_capacity\": 20000}',
            advanced = jsonb_set(advanced, '{rate_limiting,messages_per_day}', '20000')";
        office.owner.execute(roomy).await.unwrap();
        office.owner.execute("analyze").await.unwrap();

        let mut tx = office.owner.begin().await.unwrap();
        tx.execute("alter table public.whatsapp_message_queue disable trigger user").await.unwrap();
        bare.push(timed(sqlx::query(BARE).bind(office.noa).execute(&mut *tx)).await.0);
        tx.rollback().await.unwrap();

        let desk = database.desk("desk").await;
        let (time, plan) = timed(prepare::preview(&desk, None, None)).await;
        previews.push(time);
        let (time, receipt) = timed(async { prepare::apply(&desk, &plan.unwrap(), false).await }).await;
        commits.push(time);
        let changed = receipt.unwrap().changed;
        assert_eq!(i64::from(changed), i64::from(LEADS), "every lead is queued");
    }
    let both: Vec<_> = previews.iter().zip(&commits).map(|(a, b)| *a + *b).collect();
    table.line("prepare 10,000 leads: preview", &previews, "bare insert of the rows", &bare);
    table.line("prepare 10,000 leads: commit", &commits, "bare insert of the rows", &bare);
    table.line("prepare 10,000 leads: both", &both, "bare insert of the rows", &bare);
}

/// One after the other on held connections, as a desk does it.
pub async fn take(table: &mut Table) {
    if !table.wants("take") {
        return;
    }
    let database = TestDatabase::new().await;
    let mut office = Office::new(&database).await;
    let leads = office.leads(TAKES).await;
    for lead in &leads {
        let slot = chrono::Utc::now() + chrono::Duration::days(1);
        office.queued(*lead, office.noa, slot).await;
    }
    let desk = database.desk("desk").await;
    let (mut takes, mut trips) = (vec![], vec![]);
    for lead in leads {
        trips.push(timed(office.owner.execute("select 1")).await.0);
        let (time, receipt) = timed(take::take(&desk, lead, None, None)).await;
        assert_eq!(receipt.unwrap().changed, 1, "the lead is taken");
        takes.push(time);
    }
    table.line("take a lead with a message that waits", &takes, "select 1", &trips);
}
