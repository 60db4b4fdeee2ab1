-- Queue Desk {{version}}: what this database lacks, for an SQL editor (Supabase: SQL Editor, as postgres).
--
-- * Take a backup first. Nothing is deleted: rows that point nowhere go to queue_desk.quarantine and can be put back.
-- * Safe to run again: each part looks whether it was done. Afterwards run `queue-desk check`, and `queue-desk migrate --apply` once,
--   which adopts what it finds.
-- * Indexes are built without CONCURRENTLY, because an editor runs everything in one transaction: writers to that table wait for it.
--   Where a table is large, first run its statement alone with `create index concurrently`.
-- * Each lock is given up after 5 s; then nothing of the part was done: run the script again.
set lock_timeout = '5s';
set statement_timeout = '15min';

create schema if not exists queue_desk;
create table if not exists queue_desk.migration_step (
  id text primary key, kind text not null, checksum text not null, state text not null check (state in ('running', 'done', 'failed')),
  attempts integer not null default 0, started_at timestamptz not null default clock_timestamp(), finished_at timestamptz, error text,
  by text not null default session_user, app_version text not null);
alter table queue_desk.migration_step enable row level security;

