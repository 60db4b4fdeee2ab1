//! The migration of 1,000,000 messages and 300,000 leads, with the web writing: its time, and the web's longest wait. Minutes; only with
//! QUEUE_DESK_SLOW (`cargo xtask slow`).

use std::time::Instant;

use queue_desk::audit::migrate;

use crate::support::{
    TestDatabase,
    fixture::{self, Web, assert_conserved, broken_references, rows},
    run,
};

#[test]
fn a_million_messages_are_migrated_while_the_web_writes() {
    if std::env::var_os("QUEUE_DESK_SLOW").is_none() {
        return;
    }
    run(async {
        let database = TestDatabase::fixture(&["broken"]).await;
        let mut owner = database.owner().await;
        fixture::run(&mut owner, "insert into leads (first_name, phone, status, client_id) select 'Lead ' || n, '+97252' || (1000000 + n), 'new', case when n % 1000 = 0 then md5('gone')::uuid when n % 2 = 0 then md5('client' || 1 + n % 20)::uuid end from generate_series(1, 299700) n;
            insert into whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, queue_status)
            select l.id, case when x.n % 100 = 0 then md5('client1')::uuid else md5('user' || 1 + x.n % 20)::uuid end, null, x.n, 'Hello', '+972540000000', case when x.n % 20 = 0 then 'queued' else 'sent' end
            from (select id, row_number() over () as n from leads) l join (select n, 1 + n % 300000 as k from generate_series(1, 999600) n) x on x.k = l.n; analyze").await;
        let before = rows(&mut owner).await;
        // What the same web waits on this machine when nobody migrates.
        let web = Web::start(&database).await;
        tokio::time::sleep(std::time::Duration::from_secs(20)).await;
        let (alone, ..) = web.stop().await;
        let web = Web::start(&database).await;
        let since = Instant::now();
        let last = std::sync::Mutex::new((String::new(), Instant::now()));
        let progress = |p: migrate::Progress| {
            let mut last = last.lock().unwrap();
            if last.1.elapsed().as_secs() >= 2 {
                eprintln!("  {:>5.1} s  {}", last.1.elapsed().as_secs_f32(), last.0);
            }
            *last = (format!("{} {}", p.step, p.place), Instant::now());
        };
        let wish = migrate::Wish { progress: &progress, ..Default::default() };
        let migration = migrate::apply_as(&mut owner, &wish).await.unwrap();
        let took = since.elapsed();
        let (longest, done, failed) = web.stop().await;
        eprintln!(
            "1,000,000 messages, 300,000 leads: {took:?}; the web's longest wait {longest:?} ({alone:?} when nobody migrates), {done} writes, {failed} failed; {:?}",
            migration.balance
        );
        assert_eq!((failed, migration.refused.len()), (0, 0));
        assert_conserved(&mut owner, &before, "large").await;
        assert_eq!(broken_references(&mut owner).await, Vec::<String>::new());
    });
}
