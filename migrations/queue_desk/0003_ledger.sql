-- The ledger: every state change of messages, jobs, gates and settings, by whomever, and every receipt. Ids and state words
-- only: no names, phones or texts. Append-only; no foreign keys, so that deleting a lead in the CRM cannot erase its history.
-- Locks: none on existing tables.
create table queue_desk.queue_ledger (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  login text not null default session_user,
  user_id uuid,
  as_user uuid,
  actor_kind text not null check (actor_kind in ('person', 'automation', 'system', 'foreign')),
  action text not null,
  entity text not null,
  entity_id text,
  lead_id uuid,
  from_state text,
  to_state text,
  reason text,
  receipt_id uuid,
  detail jsonb,
  -- The operator, else the login. A column, because behind row security no index of an expression with casts is reached.
  who text generated always as (coalesce(as_user::text, user_id::text, login)) stored
);
create index queue_ledger_lead on queue_desk.queue_ledger (lead_id, id) where lead_id is not null;
create index queue_ledger_entity on queue_desk.queue_ledger (entity, entity_id, id);
create index queue_ledger_receipt on queue_desk.queue_ledger (receipt_id, id) where receipt_id is not null;
create index queue_ledger_at on queue_desk.queue_ledger (at);
-- What its screen is narrowed to: the operator, else the login; the act; receipts and other programs, which are few among many rows.
create index queue_ledger_who on queue_desk.queue_ledger (who, id);
create index queue_ledger_action on queue_desk.queue_ledger (action, id);
create index queue_ledger_receipts on queue_desk.queue_ledger (id) where entity = 'receipt';
create index queue_ledger_foreign on queue_desk.queue_ledger (id) where actor_kind = 'foreign';
create index queue_ledger_instance on queue_desk.queue_ledger (id) where entity = 'instance';

-- Hashes live apart, because the ledger refuses UPDATE.
create table queue_desk.ledger_seal (
  ledger_id bigint primary key,
  seq bigint not null unique,
  hash bytea not null,
  hash_version smallint not null default 1
);

-- Where our triggers could not write: they never make a foreign writer fail, they leave a line here instead.
create table queue_desk.ledger_gap (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  place text not null,
  error text not null
);

create function queue_desk.refuse_ledger_change() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'The ledger is append-only: % on % is refused.', tg_op, tg_table_name using errcode = 'QD009';
end $$;
create trigger queue_ledger_rows before update or delete on queue_desk.queue_ledger
  for each row execute function queue_desk.refuse_ledger_change();
create trigger queue_ledger_truncate before truncate on queue_desk.queue_ledger
  for each statement execute function queue_desk.refuse_ledger_change();
create trigger ledger_seal_rows before update or delete on queue_desk.ledger_seal
  for each row execute function queue_desk.refuse_ledger_change();
create trigger ledger_seal_truncate before truncate on queue_desk.ledger_seal
  for each statement execute function queue_desk.refuse_ledger_change();
-- ALWAYS: session_replication_role = replica does not switch them off.
alter table queue_desk.queue_ledger enable always trigger queue_ledger_rows;
alter table queue_desk.queue_ledger enable always trigger queue_ledger_truncate;
alter table queue_desk.ledger_seal enable always trigger ledger_seal_rows;
alter table queue_desk.ledger_seal enable always trigger ledger_seal_truncate;
