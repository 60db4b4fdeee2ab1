//! A large database: 300,000 leads, 1,000,000 messages, most of them sent long ago.

use std::{pin::pin, sync::atomic::AtomicBool, time::Duration};

use futures_util::TryStreamExt;
use queue_desk::{
    action::{self, Desk, export, grids},
    audit::check,
    embedded::Role,
    model::{lead::LeadFilter, metrics::MetricsFilter, page::Filter},
    transfer::csv::Preset,
};
use sqlx::{Executor, PgConnection};

use crate::{
    support::{Office, TestDatabase},
    table::{Table, timed},
};

const PAGES: usize = 60;
const PAGE: u32 = 100;

/// Phones, names and times follow the row's number; nine in ten messages were sent, the rest waits, failed or was cancelled.
const LEADS: &str = "
    insert into public.leads (client_id, first_name, last_name, phone, status, created_at)
      select $1, 'Lead', n::text, '+97254' || (1000000 + n), 'contacted', now() - make_interval(mins => n::integer) from generate_series(1, 300000) n";
const MESSAGES: &str = "
    insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, queue_status, priority,
        scheduled_for, created_at, updated_at, sent_at)
      select l.id, $1, l.client_id, n, 'Hello', l.phone, case when k < 90 then 'sent' when k < 95 then 'queued' when k < 98 then 'failed' else 'cancelled' end,
        1 + k % 10, case when k between 90 and 94 then now() + make_interval(secs => (n % 86400)::double precision) else now() - make_interval(mins => n::integer) end,
        now() - make_interval(mins => n::integer), now() - make_interval(mins => n::integer), case when k < 90 then now() - make_interval(mins => n::integer) end
      from (select x.*, row_number() over (order by x.id) as n, abs(hashtext(x.id::text || r)) % 100 as k from public.leads x cross join generate_series(1, 4) r limit 1000000) l";
const DELIVERIES: &str = "
    insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, worker_id, sender, phone_hash, due_at, claimed_at, dispatched_at, finished_at, outcome, simulated)
      select m.id, 1, m.lead_id, m.user_id, m.client_id, gen_random_uuid(), 'fake', sha256(m.recipient_phone::bytea), m.scheduled_for, m.sent_at, m.sent_at, m.sent_at, 'sent', true
      from public.whatsapp_message_queue m where m.queue_status = 'sent'";
const ADOPT: &str = "insert into queue_desk.adopted (message_id) select m.id from public.whatsapp_message_queue m where m.queue_status = 'queued'";

const BY_KEY: &str = "select * from public.whatsapp_message_queue where id > $1 order by id limit 100";

pub async fn all(table: &mut Table) {
    if !["page", "counts", "metrics", "check", "export"].iter().any(|case| table.wants(case)) {
        return;
    }
    let database = TestDatabase::new().await;
    let mut office = Office::new(&database).await;
    fill(&database, &mut office).await;
    let desk = database.desk("desk").await;
    pages(table, &desk, &mut office.owner).await;
    counts(table, &desk, &mut office.owner).await;
    metrics(table, &desk, &mut office.owner).await;
    whole(table, &database, &desk, &mut office.owner).await;
}

/// As the superuser, whose session may leave triggers and keys out.
async fn fill(database: &TestDatabase, office: &mut Office) {
    office.owner.execute("set statement_timeout = 0").await.unwrap();
    let mut root = database.session(Role::Superuser.name()).await;
    root.execute("set session_replication_role = replica").await.unwrap();
    sqlx::query(LEADS).bind(office.client).execute(&mut root).await.unwrap();
    sqlx::query(MESSAGES).bind(office.noa).execute(&mut root).await.unwrap();
    root.execute(DELIVERIES).await.unwrap();
    root.execute(ADOPT).await.unwrap();
    root.execute("vacuum analyze").await.unwrap();
}

/// First pages as the screen asks for them, and a page from the middle; the peer walks the primary key, which no page can beat.
async fn pages(table: &mut Table, desk: &Desk, owner: &mut PgConnection) {
    if !table.wants("page") {
        return;
    }
    let mut by_key = vec![];
    for _ in 0..PAGES {
        by_key.push(timed(sqlx::query(BY_KEY).bind(uuid::Uuid::new_v4()).fetch_all(&mut *owner)).await.0);
    }
    let peer = "100 rows by primary key";
    let lane = |word: &str| Filter { lane: Some(word.to_owned()), ..Filter::default() };
    for (case, filter) in [
        ("page of 1,000,000 messages: all", Filter::default()),
        ("page of 1,000,000 messages: queued", lane("queued")),
        ("page of 1,000,000 messages: sent", lane("sent")),
        ("page of 1,000,000 messages: failed", lane("failed")),
        (
            "page of 1,000,000 messages: a phone's last digits",
            Filter { search: Some("1299999".to_owned()), ..Filter::default() },
        ),
    ] {
        let rounds = if filter.search.is_some() { 5 } else { PAGES };
        table.line(case, &repeat(rounds, || grids::messages(desk, &filter, None, PAGE)).await, peer, &by_key);
    }
    let mut after = None;
    for _ in 0..200 {
        after = grids::messages(desk, &Filter::default(), after.as_deref(), 500).await.unwrap().next;
    }
    let every = Filter::default();
    let deep = repeat(PAGES, || grids::messages(desk, &every, after.as_deref(), PAGE)).await;
    table.line("page of 1,000,000 messages: after 100,000 rows", &deep, peer, &by_key);
    let every = LeadFilter::default();
    let leads = repeat(PAGES, || grids::leads(desk, &every, None, PAGE)).await;
    table.line("page of 300,000 leads", &leads, peer, &by_key);
}

async fn counts(table: &mut Table, desk: &Desk, owner: &mut PgConnection) {
    if !table.wants("counts") {
        return;
    }
    let bare = "select queue_status, count(*) from public.whatsapp_message_queue group by 1";
    let mut by_hand = vec![];
    for _ in 0..5 {
        by_hand.push(timed(owner.fetch_all(bare)).await.0);
    }
    table.line(
        "counts of the sidebar, 1,000,000 messages",
        &repeat(5, || grids::counts(desk)).await,
        "count(*) by status",
        &by_hand,
    );
}

/// The peer counts the deliveries of the same days and nothing else.
async fn metrics(table: &mut Table, desk: &Desk, owner: &mut PgConnection) {
    if !table.wants("metrics") {
        return;
    }
    for (case, days, bare) in [
        (
            "metrics of today, 1,000,000 messages",
            1,
            "select outcome, count(*) from queue_desk.delivery where dispatched_at > now() - interval '1 day' group by 1",
        ),
        (
            "metrics of 30 days, 1,000,000 messages",
            30,
            "select outcome, count(*) from queue_desk.delivery where dispatched_at > now() - interval '30 days' group by 1",
        ),
        (
            "metrics of 366 days, 1,000,000 messages",
            366,
            "select outcome, count(*) from queue_desk.delivery where dispatched_at > now() - interval '366 days' group by 1",
        ),
    ] {
        let mut by_hand = vec![];
        for _ in 0..5 {
            by_hand.push(timed(owner.fetch_all(bare)).await.0);
        }
        let filter = MetricsFilter { days: Some(days), ..MetricsFilter::default() };
        table.line(
            case,
            &repeat(5, || action::metrics::figures(desk, &filter)).await,
            "count(*) of the same deliveries",
            &by_hand,
        );
    }
    let mut kept = vec![];
    for _ in 0..2 {
        let mut conn = desk.database.writer().await.unwrap();
        kept.push(timed(queue_desk::db::metrics::keep(&mut conn)).await.0);
    }
    table.line("the CRM's daily figures, first and again", &kept, "the same again", &kept[1..]);
}

/// What reads everything.
async fn whole(table: &mut Table, database: &TestDatabase, desk: &Desk, owner: &mut PgConnection) {
    if table.wants("check") {
        let by_hand = "select (select count(*) from public.leads), (select count(*) from public.whatsapp_message_queue),
            (select count(*) from public.whatsapp_message_queue m where m.lead_id is not null and not exists (select from public.leads l where l.id = m.lead_id)),
            (select count(*) from public.whatsapp_message_queue m where m.user_id is not null and not exists (select from auth.users u where u.id = m.user_id)),
            (select count(*) from public.leads l where l.client_id is not null and not exists (select from public.clients c where c.id = l.client_id))";
        let (mut ours, mut bare) = (vec![], vec![]);
        for _ in 0..3 {
            bare.push(timed(owner.fetch_all(by_hand)).await.0);
            ours.push(timed(async { check::run(&database.options("postgres"), "desk").await.unwrap() }).await.0);
        }
        table.line("schema check, 1,000,000 messages", &ours, "the same counts by hand", &bare);
    }
    if table.wants("export") {
        let copy = "copy (select m.*, l.first_name, l.last_name, l.phone, d.outcome from public.whatsapp_message_queue m
            left join public.leads l on l.id = m.lead_id left join queue_desk.delivery d on d.message_id = m.id order by m.created_at desc) to stdout (format csv)";
        let file = std::env::temp_dir().join(format!("queue-desk-bench-{}.csv", uuid::Uuid::new_v4().simple()));
        let (ours, receipt) = timed(async {
            let watch = export::Watch { progress: &|_| {}, cancelled: &AtomicBool::new(false) };
            export::to_file(desk, &Filter::default(), Preset::Excel, &file, &watch).await.unwrap()
        })
        .await;
        let _ = std::fs::remove_file(&file);
        assert_eq!(receipt.changed, 1_000_000, "every message is in the file");
        let bare = timed(async {
            let mut bytes = pin!(owner.copy_out_raw(copy).await.unwrap());
            while bytes.try_next().await.unwrap().is_some() {}
        })
        .await
        .0;
        table.line("export 1,000,000 messages, Excel", &[ours], "COPY of the join, to nowhere", &[bare]);
    }
}

async fn repeat<T, E: std::fmt::Debug, F: Future<Output = Result<T, E>>>(
    times: usize,
    mut work: impl FnMut() -> F,
) -> Vec<Duration> {
    let mut spent = vec![];
    for _ in 0..times {
        let (time, done) = timed(work()).await;
        done.unwrap();
        spent.push(time);
    }
    spent
}
