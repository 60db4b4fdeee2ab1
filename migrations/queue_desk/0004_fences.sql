-- The fences between people and the dispatcher, and the proof of every attempt to send. No foreign keys into the CRM:
-- deleting a lead there must not erase them. Locks: none on existing tables.

-- Ownership of a lead. Take and dispatch both lock this row first; never `leads`, whose lock the web CRM holds while its
-- webhook calls out.
create table queue_desk.lead_gate (
  lead_id uuid primary key,
  owner uuid,
  since timestamptz,
  by uuid,
  version bigint not null default 0
);
create index lead_gate_owned on queue_desk.lead_gate (owner, lead_id) where owner is not null;

-- The only place for "do not message me": by lead, by phone, or both.
create table queue_desk.opt_out (
  id bigint generated always as identity primary key,
  lead_id uuid,
  phone_hash bytea,
  scope text not null default 'all' check (scope in ('all', 'marketing')),
  by uuid,
  at timestamptz not null default clock_timestamp(),
  source text not null,
  check (lead_id is not null or phone_hash is not null)
);
create index opt_out_lead on queue_desk.opt_out (lead_id);
create index opt_out_phone on queue_desk.opt_out (phone_hash);

-- A pause without subject is for everybody; until null is until somebody resumes.
create table queue_desk.pause (
  id bigint generated always as identity primary key,
  scope text not null check (scope in ('all', 'operator', 'client', 'lead', 'template')),
  subject text check ((subject is null) = (scope = 'all')),
  until timestamptz,
  by uuid,
  at timestamptz not null default clock_timestamp(),
  reason text
);
create unique index pause_subject on queue_desk.pause (scope, coalesce(subject, ''));

-- One row each time that a desk or a server starts sending.
create table queue_desk.run (
  id uuid primary key default gen_random_uuid(),
  worker_id uuid not null,
  login text not null default session_user,
  as_user uuid,
  sender text not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  -- How long one request of its sender may take; a dead worker is one that was silent for this and 30 s more.
  request_timeout interval not null,
  -- Settled by this run for desks that died: {returned, unknown, foreign}.
  rescued jsonb not null default '{"returned": 0, "unknown": 0, "foreign": 0}',
  stop_requested_at timestamptz,
  finished_at timestamptz,
  receipt_id uuid
);
create unique index run_worker on queue_desk.run (worker_id);
create index run_open on queue_desk.run (heartbeat_at) where finished_at is null;

-- The messages that are ours to send. Rows of anyone else are inert until a person adopts them.
create table queue_desk.adopted (
  message_id uuid primary key,
  plan_id uuid,
  by uuid,
  at timestamptz not null default clock_timestamp()
);
create index adopted_plan on queue_desk.adopted (plan_id) where plan_id is not null;

-- One attempt to send: the authority; the CRM row is its projection. The attempt number is the fence.
create table queue_desk.delivery (
  message_id uuid not null,
  attempt integer not null check (attempt > 0),
  lead_id uuid,
  user_id uuid,
  client_id uuid,
  run_id uuid,
  worker_id uuid,
  sender text not null,
  sender_number text,
  phone_hash bytea,
  -- When it was due as it was claimed.
  due_at timestamptz,
  claimed_at timestamptz not null,
  heartbeat_at timestamptz,
  dispatched_at timestamptz,
  finished_at timestamptz,
  outcome text check (outcome in ('sent', 'failed', 'unknown', 'not_sent', 'cancelled')),
  reason text,
  provider_message_id text,
  error_code text,
  simulated boolean not null default false,
  settled_at timestamptz,
  settled_by text,
  primary key (message_id, attempt),
  check ((finished_at is null) = (outcome is null))
) with (fillfactor = 80);
create unique index delivery_open on queue_desk.delivery (message_id) where finished_at is null;
create index delivery_open_heartbeat on queue_desk.delivery (heartbeat_at) where finished_at is null;
create index delivery_unknown_phone on queue_desk.delivery (phone_hash) where outcome = 'unknown' and settled_at is null;
create index delivery_unknown_lead on queue_desk.delivery (lead_id) where outcome = 'unknown' and settled_at is null;
create index delivery_phone on queue_desk.delivery (phone_hash, dispatched_at) where dispatched_at is not null;
create index delivery_lead on queue_desk.delivery (lead_id, dispatched_at) where dispatched_at is not null;
create index delivery_run on queue_desk.delivery (run_id);

-- Counters of what was dispatched in a clock hour or a local day; the limits are in user_queue_settings. Never given back.
create table queue_desk.limit_window (
  scope text not null check (scope in ('operator_hour', 'operator_day')),
  subject uuid not null,
  starts_at timestamptz not null,
  used integer not null default 0,
  primary key (scope, subject, starts_at)
) with (fillfactor = 50);

-- GCRA: the theoretical arrival time of the next message of a number or recipient.
create table queue_desk.limit_pace (
  scope text not null,
  subject text not null,
  tat timestamptz not null,
  primary key (scope, subject)
);
