//! From a healthy database one thing is broken at a time, and two: the check finds that, and nothing else.
//!
//! Of the pairs a sample runs each time; `QUEUE_DESK_PAIRS=all` runs every one (`cargo xtask slow`, about a quarter of an hour).

use std::collections::BTreeSet;

use ::queue_desk::{audit::report, embedded::Role, model::finding::Level};
use futures_util::{StreamExt, stream};

use super::check::{check_as, failed, healthy, seal_all};
use crate::support::{TestDatabase, run};

/// What is broken, and what must be found: the check and what it is about.
pub struct Break {
    pub name: &'static str,
    pub sql: &'static str,
    pub found: &'static [(&'static str, &'static str)],
}

const fn broken(name: &'static str, sql: &'static str, found: &'static [(&'static str, &'static str)]) -> Break {
    Break { name, sql, found }
}

const MESSAGES: &str = "public.whatsapp_message_queue";
const STATUS: &str = "public.whatsapp_message_queue.queue_status";
const LEADS: &str = "public.leads";
const STEP: &str = "queue_desk.migration_step";

#[rustfmt::skip]
pub const BREAKS: &[Break] = &[
    // K1, K2
    broken("the database is read only", "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$", &[("K1", "login postgres")]),
    broken("an operator who is no user", "insert into queue_desk.operator (user_id, name) values ('00000000-0000-4000-8000-000000000001', 'Nobody'); insert into public.user_queue_settings (user_id) select '00000000-0000-4000-8000-000000000001' where false",
        &[("K2", "queue_desk.operator"), ("S1", "public.user_queue_settings")]),
    broken("the owner is mapped to nobody", "update queue_desk.login set active = false where db_role = 'postgres'", &[("K2", "login postgres")]),
    // T1, T2
    broken("a column of leads is gone", "alter table public.leads drop column last_interaction", &[("T1", LEADS)]),
    broken("a column of leads has another type", "alter table public.leads alter column last_interaction type date", &[("T1", LEADS)]),
    broken("a column of leads may be null", "alter table public.leads alter column created_at drop not null", &[("T1", LEADS)]),
    broken("messages demand what we do not know", "alter table public.whatsapp_message_queue add column tenant text; update public.whatsapp_message_queue set tenant = 'x'; alter table public.whatsapp_message_queue alter column tenant set not null", &[("T1", MESSAGES)]),
    broken("a table is gone", "drop table public.queue_performance_metrics", &[("T1", "public.queue_performance_metrics")]),
    broken("no primary key", "alter table public.lead_members drop constraint lead_members_pkey", &[("T2", "public.lead_members")]),
    broken("no key at all", "alter table public.project_members drop constraint project_members_pkey, drop constraint project_members_project_id_user_id_key", &[("T2", "public.project_members")]),
    // F1 to F5
    broken("no key to users", "alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_user_id_fkey", &[("F1", "public.whatsapp_message_queue.user_id")]),
    // A key by any other name is the key.
    broken("a key by another name", "alter table public.whatsapp_message_queue rename constraint whatsapp_message_queue_client_id_fkey to something_else", &[]),
    broken("a key that never looked back", "alter table public.leads drop constraint leads_client_id_fkey; alter table public.leads add foreign key (client_id) references public.clients (id) not valid", &[("F2", "public.leads.client_id")]),
    broken("a key that keeps users", "alter table public.lead_processing_queue drop constraint lead_processing_queue_user_id_fkey; alter table public.lead_processing_queue add foreign key (user_id) references auth.users (id)", &[("F3", "public.lead_processing_queue.user_id")]),
    broken("a key that eats leads", "alter table public.leads drop constraint leads_current_project_id_fkey; alter table public.leads add foreign key (current_project_id) references public.projects (id) on delete cascade", &[("F3", "public.leads.current_project_id")]),
    broken("another table keeps users", "create table public.notes (id uuid primary key, author uuid references auth.users (id))", &[("F3", "public.notes.author")]),
    broken("set null on what may not be null", "create table public.tags (id uuid primary key, lead_id uuid not null references public.leads (id) on delete set null)", &[("F3", "public.tags.lead_id")]),
    broken("a key twice", "alter table public.lead_members add constraint again foreign key (lead_id) references public.leads (id) on delete cascade", &[("F4", "public.lead_members.lead_id")]),
    broken("a key of another type", "alter table public.queue_performance_metrics drop constraint queue_performance_metrics_client_id_fkey; alter table public.queue_performance_metrics alter column client_id type text using client_id::text",
        &[("F1", "public.queue_performance_metrics.client_id"), ("F4", "public.queue_performance_metrics.client_id")]),
    broken("a key to an address", "create unique index on auth.users (email); alter table public.clients add column owner_email text references auth.users (email)", &[("F3", "public.clients.owner_email"), ("F4", "public.clients.owner_email")]),
    broken("a column like a key", "alter table public.clients add column agency_id uuid", &[("F5", "public.clients.agency_id")]),
    // O1 to O3. The second: the key is there and valid, and the ids are wrong.
    broken("a row that points nowhere", "alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_lead_id_fkey; update public.whatsapp_message_queue set lead_id = gen_random_uuid() where id = (select min(id::text)::uuid from public.whatsapp_message_queue)",
        &[("F1", "public.whatsapp_message_queue.lead_id"), ("O1", "public.whatsapp_message_queue.lead_id")]),
    broken("a row that points nowhere under a valid key", "set session_replication_role = replica; update public.whatsapp_message_queue set client_id = gen_random_uuid() where id = (select min(id::text)::uuid from public.whatsapp_message_queue)", &[("O1", "public.whatsapp_message_queue.client_id")]),
    broken("all rows point nowhere", "set session_replication_role = replica; update public.whatsapp_message_queue set user_id = gen_random_uuid()", &[("O1", "public.whatsapp_message_queue.user_id"), ("O2", "public.whatsapp_message_queue.user_id")]),
    broken("rows in quarantine", "insert into queue_desk.quarantine (run_id, step, src_schema, src_table, src_pk, row_data, row_text, action, reasons) values
        (gen_random_uuid(), 'x', 'public', 'whatsapp_message_queue', '{}', jsonb_build_object('user_id', gen_random_uuid()), '', 'moved', '{}'),
        (gen_random_uuid(), 'x', 'public', 'whatsapp_message_queue', '{}', '{}', '', 'moved', '{}')",
        &[("O3", "queue_desk.quarantine"), ("O3", "queue_desk.quarantine")]),
    // C1 to C3
    broken("cancelled is not allowed", "alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_queue_status_check; alter table public.whatsapp_message_queue add check (queue_status in ('queued', 'sending', 'sent', 'failed'))", &[("C1", STATUS)]),
    // Over several columns, on rows as they are: automation's `sent` comes with its time, Take's `cancelled` keeps a phone.
    broken("sent needs its time", "alter table public.whatsapp_message_queue add check (queue_status <> 'sent' or sent_at is not null)", &[]),
    broken("cancelled needs no phone", "alter table public.whatsapp_message_queue add check (queue_status <> 'cancelled' or recipient_phone = '')", &[("C1", STATUS)]),
    broken("no templates", "alter table public.whatsapp_message_queue add check (message_type <> 'template')", &[("C1", STATUS)]),
    broken("a domain without cancelled", "create domain public.job_word as text check (value in ('queued', 'processing', 'completed', 'failed')); drop index public.idx_lead_processing_queue_scheduled;
      alter table public.lead_processing_queue drop constraint lead_processing_queue_queue_status_check, alter column queue_status drop default, alter column queue_status type public.job_word, alter column queue_status set default 'queued'",
        &[("C1", "public.lead_processing_queue.queue_status")]),
    broken("an unknown word", "alter table public.whatsapp_message_queue drop constraint whatsapp_message_queue_queue_status_check; alter table public.whatsapp_message_queue add check (queue_status <> 'x');
      update public.whatsapp_message_queue set queue_status = 'paused' where id = (select max(id::text)::uuid from public.whatsapp_message_queue)", &[("C2", STATUS)]),
    broken("leads that cannot be written", "alter table public.leads add check (interaction_count > 0) not valid", &[("C1", "public.leads.status"), ("C2", LEADS)]),
    broken("another default", "alter table public.whatsapp_message_queue alter column queue_status set default 'pending'", &[("C3", STATUS)]),
    broken("no default", "alter table public.lead_processing_queue alter column queue_status drop default", &[("C3", "public.lead_processing_queue.queue_status")]),
    broken("any word may be written", "alter table public.lead_processing_queue drop constraint lead_processing_queue_queue_status_check", &[("C3", "public.lead_processing_queue.queue_status")]),
    broken("two messages for a lead", "insert into public.whatsapp_message_queue (lead_id, user_id, queue_position, message_content, recipient_phone) select m.lead_id, m.user_id, 1, 'Again', m.recipient_phone from public.whatsapp_message_queue m limit 1", &[("D1", MESSAGES)]),
    // I1 to I3
    broken("a key without its index", "drop index public.idx_leads_client_id", &[("I1", "public.leads.client_id")]),
    broken("no index for the claim", "drop index public.queue_desk_due", &[("I2", "public.whatsapp_message_queue.user_id,priority,scheduled_for,queue_position,id")]),
    // Another one begins with it.
    broken("an index that another covers", "drop index public.idx_whatsapp_message_queue_queue_status", &[]),
    broken("a broken index", "update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.idx_leads_state'::regclass", &[("I3", LEADS)]),
    broken("the index for what was done is broken", "update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.queue_desk_done'::regclass", &[("I2", "public.whatsapp_message_queue.updated_at,id"), ("I3", MESSAGES)]),
    broken("an index twice", "create index leads_state_again on public.leads (state)", &[("I3", LEADS)]),
    // R1 to R6
    broken("row security of leads is off", "alter table public.leads disable row level security", &[("R1", LEADS), ("R2", LEADS)]),
    broken("visitors write leads", "create policy open on public.leads for insert to anon with check (true); grant insert on public.leads to anon", &[("R1", LEADS), ("R3", LEADS)]),
    broken("a part of a table without row security", "create table public.old_jobs () inherits (public.lead_processing_queue); grant select on public.old_jobs to authenticated", &[("R1", "public.old_jobs")]),
    broken("desks may not read leads", "drop policy queue_desk_reads on public.leads", &[("R3", LEADS)]),
    broken("desks may not read deliveries", "drop policy desk_reads on queue_desk.delivery", &[("R3", "queue_desk.delivery")]),
    broken("nothing limits desks", "drop policy queue_desk_limits on public.leads", &[("R3", LEADS)]),
    broken("a limit that limits nothing", "alter policy queue_desk_limits on public.clients using ((select queue_desk.pool_open()) or true)", &[("R3", "public.clients")]),
    broken("a policy that is always true", "create policy everyone on public.lead_processing_queue for select to authenticated using (true)", &[("R3", "public.lead_processing_queue")]),
    broken("a policy twice", "create policy again on public.user_queue_settings for all to authenticated using (user_id = (select auth.uid()))", &[("R3", "public.user_queue_settings")]),
    broken("a policy that asks for each row", "create policy slow on public.queue_performance_metrics for select to authenticated using (user_id = auth.uid())", &[("R4", "public.queue_performance_metrics")]),
    broken("a claim that anybody may invent, limited", "create policy mine on public.projects for select using (client_id = (select auth.uid()))", &[]),
    broken("a claim that anybody may invent", "drop policy queue_desk_limits on public.whatsapp_message_queue; create policy mine on public.whatsapp_message_queue for select using (client_id = (select auth.uid()))", &[("R3", MESSAGES), ("R5", MESSAGES)]),
    broken("a view past row security", "create view public.all_leads as select id from public.leads; grant select on public.all_leads to authenticated", &[("R6", "public.all_leads")]),
    broken("a view that asks as the caller", "create view public.my_leads with (security_invoker = on) as select id from public.leads; grant select on public.my_leads to authenticated", &[]),
    broken("a function past row security", "create function public.count_leads() returns bigint language sql security definer set search_path = '' as 'select count(*) from public.leads'", &[("R6", "public.count_leads")]),
    broken("a function that can be led astray", "create function public.count_clients() returns bigint language sql security definer as 'select count(*) from public.clients'; revoke execute on function public.count_clients() from public", &[("R6", "public.count_clients")]),
    // L1 to L3
    broken("no seals", "drop table queue_desk.ledger_seal", &[("L1", "queue_desk.queue_ledger"), ("L2", "queue_desk.ledger_seal"), ("L2", "queue_desk.ledger_seal")]),
    broken("desks write the ledger", "grant insert on queue_desk.queue_ledger to queue_desk_operator", &[("L1", "queue_desk.queue_ledger")]),
    broken("the ledger has a key", "alter table queue_desk.queue_ledger add foreign key (lead_id) references public.leads (id) not valid", &[("L1", "queue_desk.queue_ledger")]),
    broken("the CRM has a ledger of its own", "create table public.queue_ledger (id uuid primary key)", &[("L1", "public.queue_ledger")]),
    broken("a guard is off", "alter table queue_desk.queue_ledger disable trigger queue_ledger_rows", &[("L2", "queue_desk.queue_ledger")]),
    broken("a guard that a replica passes", "alter table queue_desk.queue_ledger enable trigger queue_ledger_truncate", &[("L2", "queue_desk.queue_ledger")]),
    broken("a guard is gone", "drop trigger ledger_seal_rows on queue_desk.ledger_seal", &[("L2", "queue_desk.ledger_seal")]),
    broken("an eye is shut", "alter table public.whatsapp_message_queue disable trigger queue_desk_watch_update", &[("L2", MESSAGES)]),
    broken("an eye is gone", "drop trigger queue_desk_watch_delete on public.lead_processing_queue", &[("L2", "public.lead_processing_queue")]),
    broken("a gap", "insert into queue_desk.ledger_gap (place, error) values ('leads UPDATE', 'division by zero')", &[("L2", "queue_desk.ledger_gap")]),
    broken("a row of the ledger was changed", "alter table queue_desk.queue_ledger disable trigger queue_ledger_rows; update queue_desk.queue_ledger set reason = 'forged' where id = (select min(ledger_id) from queue_desk.ledger_seal); alter table queue_desk.queue_ledger enable always trigger queue_ledger_rows", &[("L3", "queue_desk.queue_ledger")]),
    broken("a seal is gone", "alter table queue_desk.ledger_seal disable trigger ledger_seal_rows; delete from queue_desk.ledger_seal where seq = 2; alter table queue_desk.ledger_seal enable always trigger ledger_seal_rows", &[("L3", "queue_desk.queue_ledger")]),
    // M1 to M3
    broken("a function is older", "update queue_desk.migration_step set checksum = 'other' where id = 'queue_desk/functions/take'", &[("M1", STEP)]),
    broken("a step had another text", "update queue_desk.migration_step set checksum = 'other' where id = 'queue_desk/0003_ledger'", &[("M1", STEP)]),
    broken("a step failed", "update queue_desk.migration_step set state = 'failed', error = 'lock timeout' where id = 'queue_desk/0009_due_index'", &[("M1", STEP)]),
    broken("a step is pending", "delete from queue_desk.migration_step where id = 'queue_desk/functions/undo'", &[("M1", STEP)]),
    broken("the database is newer", "insert into queue_desk.migration_step (id, kind, checksum, state, app_version) values ('queue_desk/9999_later', 'tx', 'x', 'done', '9.9.9')", &[("M1", STEP)]),
    broken("a function has another text", "create or replace function queue_desk.now() returns timestamptz language sql volatile set search_path = '' as 'select pg_catalog.now()'", &[("M2", "queue_desk/functions/now")]),
    broken("a table of ours is gone", "drop table queue_desk.limit_pace", &[("M2", "queue_desk/0004_fences")]),
    broken("a column of ours is gone", "alter table queue_desk.plan drop column fingerprint", &[("M2", "queue_desk/0005_plans")]),
    broken("an index of ours is gone", "drop index queue_desk.run_open", &[("M2", "queue_desk/0004_fences")]),
    broken("the index of phones is gone", "drop index public.queue_desk_lead_phone", &[("M2", "queue_desk/0012_lead_phone_index")]),
    broken("a stray migration table", "create table public._sqlx_migrations (version bigint primary key)", &[("M3", "public._sqlx_migrations")]),
    // X1, X2. As in the source CRM: the column was renamed, the function was not.
    broken("a function that cannot run", "create function public.queue_whatsapp_message(p_lead uuid) returns void language plpgsql as $f$ begin
        insert into whatsapp_message_queue (lead_id, message_id, queue_position) values (p_lead, gen_random_uuid(), 1); end $f$", &[("X1", "public.queue_whatsapp_message")]),
    broken("a function that reads what is gone", "set check_function_bodies = off; create function public.get_next_queued_messages(n integer) returns setof uuid language sql as $f$ select q.message_id from public.whatsapp_message_queue q where q.queue_status = 'queued' limit n for update skip locked $f$", &[("X1", "public.get_next_queued_messages")]),
    broken("a trigger that calls out", "create schema net; create function net.http_post(url text) returns bigint language sql as 'select 1::bigint';
      create function public.tell_backend() returns trigger language plpgsql as $f$ begin perform net.http_post('https://example.test'); return new; end $f$;
      create trigger tell_backend after update on public.leads for each row execute function public.tell_backend()", &[("X2", LEADS)]),
    // S1
    broken("settings that nobody can read", "update public.user_queue_settings set advanced = '[]' where user_id = (select min(user_id::text)::uuid from queue_desk.operator)", &[("S1", "public.user_queue_settings")]),
    broken("no settings", "delete from public.user_queue_settings where user_id = (select max(user_id::text)::uuid from queue_desk.operator)", &[("S1", "public.user_queue_settings")]),
    broken("flat settings", "update public.user_queue_settings set advanced = '{\"batch_size\": 10}' where user_id = (select max(user_id::text)::uuid from queue_desk.operator where active)", &[("S1", "public.user_queue_settings")]),
];

/// Copies at work at once.
const AT_ONCE: usize = 3;
/// Each run takes every 311th pair: a dozen.
const ONE_IN: usize = 311;
/// The healthy database, sealed, with nobody connected: to be copied.
async fn template() -> TestDatabase {
    let (database, mut office) = healthy().await;
    seal_all(&mut office).await;
    sqlx::Connection::close(office.owner).await.expect("closed");
    database
}

/// Breaks a copy and compares what is found with `expected`. None: it could not be broken so.
async fn judge(template: &TestDatabase, breaks: &[&Break], exact: bool) -> Option<Result<(), String>> {
    let since = std::time::Instant::now();
    let database = template.copy().await;
    let copied = since.elapsed();
    for b in breaks {
        let mut admin = database.session(Role::Superuser.name()).await;
        if let Err(e) = sqlx::raw_sql(b.sql).execute(&mut admin).await {
            return match breaks.len() {
                1 => Some(Err(format!("{}: {e}", b.name))),
                _ => None,
            };
        }
    }
    let report = check_as(&database, "postgres").await;
    if std::env::var_os("QUEUE_DESK_TIMES").is_some() {
        eprintln!("copy {copied:?}, check {} ms, all {:?}", report.took_ms, since.elapsed());
    }
    let found = failed(&report, Level::Info);
    let mut expected: Vec<(String, String)> =
        breaks.iter().flat_map(|b| b.found).map(|(i, o)| ((*i).to_owned(), (*o).to_owned())).collect();
    expected.sort();
    let same = match exact {
        true => found == expected,
        false => found.iter().collect::<BTreeSet<_>>() == expected.iter().collect::<BTreeSet<_>>(),
    };
    let names: Vec<&str> = breaks.iter().map(|b| b.name).collect();
    Some(match same {
        true => Ok(()),
        false => Err(format!(
            "{}\n  expected {expected:?}\n  found    {found:?}\n{}",
            names.join(" + "),
            if exact { report::text(&report) } else { String::new() }
        )),
    })
}

#[test]
fn each_thing_that_is_broken_is_found_and_nothing_else() {
    run(async {
        let template = template().await;
        let judged = stream::iter(BREAKS).map(async |b| judge(&template, &[b], true).await);
        let judged: Vec<_> = judged.buffer_unordered(AT_ONCE).collect().await;
        let wrong: Vec<String> = judged.into_iter().flatten().filter_map(Result::err).collect();
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), BREAKS.len(), wrong.join("\n\n"));
    });
}

/// Where breaking the second mends the first: it puts another check in the place of the narrow one; it switches the guards on again.
const HIDDEN: &[(&str, &str)] =
    &[("cancelled is not allowed", "an unknown word"), ("a guard is off", "a row of the ledger was changed")];

#[test]
fn two_things_that_are_broken_are_both_found() {
    let all = std::env::var("QUEUE_DESK_PAIRS").is_ok_and(|v| v == "all");
    let mut pairs: Vec<[&Break; 2]> = Vec::new();
    for (n, a) in BREAKS.iter().enumerate() {
        pairs.extend(BREAKS[n + 1..].iter().map(|b| [a, b]));
    }
    let hidden = |[a, b]: &[&Break; 2]| HIDDEN.iter().any(|(x, y)| (*x, *y) == (a.name, b.name));
    let total = pairs.len();
    // A prime step walks through all of them before it repeats.
    let chosen = pairs.into_iter().enumerate().filter(|(n, p)| (all || n % ONE_IN == 0) && !hidden(p)).map(|(_, p)| p);
    let chosen: Vec<[&Break; 2]> = chosen.collect();
    run(async {
        let template = template().await;
        let judged = stream::iter(&chosen).map(async |pair| judge(&template, &pair[..], false).await);
        let judged: Vec<_> = judged.buffer_unordered(AT_ONCE).collect().await;
        let applied = judged.iter().flatten().count();
        let wrong: Vec<String> = judged.into_iter().flatten().filter_map(Result::err).collect();
        println!("{total} pairs: {} tried, {applied} could be broken so, {} found wrong", chosen.len(), wrong.len());
        assert!(wrong.is_empty(), "{} of {applied}:\n{}", wrong.len(), wrong.join("\n\n"));
    });
}
