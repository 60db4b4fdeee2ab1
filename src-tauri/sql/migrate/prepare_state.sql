-- Where the runner remembers what it did. Schema and table of our own; no lock on anything existing.
create schema if not exists queue_desk;
create table if not exists queue_desk.migration_step (
  id text primary key,
  kind text not null,
  checksum text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  attempts integer not null default 0,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  error text,
  by text not null default session_user,
  app_version text not null
);
alter table queue_desk.migration_step enable row level security
