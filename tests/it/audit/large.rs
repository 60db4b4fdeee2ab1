//! The check of a large database: a million messages, three hundred thousand leads. Only when it is asked for
//! (`QUEUE_DESK_LARGE=1`, `cargo xtask slow`): making the rows takes a minute.

use std::time::Instant;

use ::queue_desk::model::finding::{Level, Status};
use sqlx::PgConnection;

use super::check::{check_as, failed, find, healthy};
use crate::support::{database::value, run};

/// What an admin would count by hand: the rows of the tables, and for each documented key the rows that point nowhere.
const BY_HAND: &str = "
  select (select count(*) from public.leads) + (select count(*) from public.whatsapp_message_queue) + (select count(*) from public.lead_processing_queue)
    + (select count(*) from public.whatsapp_message_queue m left join public.leads l on l.id = m.lead_id where m.lead_id is not null and l.id is null)
    + (select count(*) from public.whatsapp_message_queue m left join auth.users u on u.id = m.user_id where m.user_id is not null and u.id is null)
    + (select count(*) from public.whatsapp_message_queue m left join public.clients c on c.id = m.client_id where m.client_id is not null and c.id is null)
    + (select count(*) from public.leads l left join public.clients c on c.id = l.client_id where l.client_id is not null and c.id is null)
    + (select count(*) from public.leads l left join public.projects p on p.id = l.current_project_id where l.current_project_id is not null and p.id is null)
    + (select count(*) from (select queue_status, count(*) from public.whatsapp_message_queue group by 1) x)
    + (select count(*) from (select status, count(*) from public.leads group by 1) x)";

async fn fill(owner: &mut PgConnection) {
    for sql in [
        "alter table public.whatsapp_message_queue disable trigger user",
        "insert into public.leads (client_id, current_project_id, first_name, phone, status) select c.id, p.id, 'Lead', '+97254' || (1000000 + n), 'qualified'
           from generate_series(1, 300000) n, (select id from public.clients order by id limit 1) c, (select id from public.projects order by id limit 1) p",
        "insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, queue_status, sent_at)
           select l.id, o.user_id, l.client_id, 1, 'Hello', l.phone, (array['sent', 'failed', 'cancelled'])[1 + g % 3], now()
           from (select id, client_id, phone, row_number() over () as n from public.leads where status = 'qualified') l, generate_series(1, 4) g, (select user_id from queue_desk.operator order by 1 limit 1) o
           where l.n <= 250000",
        "alter table public.whatsapp_message_queue enable trigger user",
        "vacuum (analyze) public.whatsapp_message_queue",
        "vacuum (analyze) public.leads",
    ] {
        sqlx::raw_sql(sql).execute(&mut *owner).await.expect(sql);
    }
}

#[test]
fn a_million_messages_are_checked_in_about_the_time_of_counting_them_by_hand() {
    if std::env::var_os("QUEUE_DESK_LARGE").is_none() {
        return;
    }
    run(async {
        let (database, mut office) = healthy().await;
        fill(&mut office.owner).await;
        let mut hand = database.session("postgres").await;
        for round in 1..=3 {
            let since = Instant::now();
            let orphans: i64 = value(&mut hand, BY_HAND).await;
            let by_hand = since.elapsed();
            let report = check_as(&database, "postgres").await;
            println!(
                "round {round}: by hand {} ms, check {} ms ({} answers)",
                by_hand.as_millis(),
                report.took_ms,
                report.findings.len()
            );
            assert!(orphans > 1_300_000);
            assert_eq!(find(&report, "T1", "public.whatsapp_message_queue").evidence.count, Some(1_000_010));
            assert_eq!(find(&report, "O1", "public.whatsapp_message_queue.lead_id").status, Status::Pass);
            assert_eq!(failed(&report, Level::Warn), []);
        }
    });
}
