-- Committed plans, and what the queue wants to say in leads.status. Locks: none on existing tables.
create table queue_desk.plan (
  id uuid primary key,
  by uuid not null,
  as_user uuid not null,
  day date not null,
  fingerprint text not null,
  committed_at timestamptz not null default clock_timestamp(),
  receipt_id uuid not null
);
create index plan_receipt on queue_desk.plan (receipt_id);

create table queue_desk.plan_item (
  plan_id uuid not null references queue_desk.plan (id),
  lead_id uuid not null,
  user_id uuid not null,
  message_id uuid not null,
  slot timestamptz not null,
  position integer not null,
  primary key (plan_id, lead_id)
);
create index plan_item_message on queue_desk.plan_item (message_id);

-- In the CRM every update of a lead fires a blocking webhook, so no action waits for one: the word waits here and is written
-- one lead per transaction. The old word is kept for undo.
create table queue_desk.stage_outbox (
  id bigint generated always as identity primary key,
  lead_id uuid not null,
  stage text not null check (stage in ('queued', 'contacted', 'human', 'restore')),
  old_word text,
  new_word text not null,
  state text not null default 'pending' check (state in ('pending', 'written', 'refused')),
  reason text,
  receipt_id uuid,
  at timestamptz not null default clock_timestamp(),
  tries smallint not null default 0,
  next_try_at timestamptz not null default clock_timestamp()
);
create index stage_outbox_pending on queue_desk.stage_outbox (next_try_at, id) where state = 'pending';
create index stage_outbox_lead on queue_desk.stage_outbox (lead_id, id);
