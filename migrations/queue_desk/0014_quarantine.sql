-- What migrate took out of the CRM's tables, or changed in them, so that their keys could be made: nothing is deleted, everything can be
-- put back. The rows hold names, phones and texts, so no desk may read them; functions/quarantine.sql lists them without.
-- No foreign keys: it must outlive what it points to. Locks: none on existing tables.
create table queue_desk.quarantine (
  id bigint generated always as identity primary key,
  run_id uuid not null,
  step text not null,
  src_schema text not null,
  src_table text not null,
  src_pk jsonb not null,
  row_data jsonb not null,
  -- The row as Postgres writes it: jsonb would lose the spaces and double keys of a json column.
  row_text text not null,
  action text not null check (action in ('moved', 'fk_nulled', 'value_mapped')),
  reasons text[] not null,
  old_values jsonb not null default '{}',
  -- What was written in their place: it is put back only where that still stands.
  new_values jsonb not null default '{}',
  at timestamptz not null default clock_timestamp(),
  by text not null default session_user,
  restored_at timestamptz,
  restored_by text,
  decided_at timestamptz,
  decided_by text
);
create index quarantine_open on queue_desk.quarantine (id) where restored_at is null and decided_at is null;
create index quarantine_row on queue_desk.quarantine (src_table, src_pk);
alter table queue_desk.quarantine enable row level security;
