-- Who may read what. Desk logins are members of queue_desk_operator; they read through these policies and change things only
-- through the functions of this schema. Locks: ACCESS EXCLUSIVE on each table named, for the catalogue change only.
grant usage on schema queue_desk to queue_desk_operator;
grant usage on schema public to queue_desk_operator;

alter table queue_desk.instance enable row level security;
alter table queue_desk.operator enable row level security;
alter table queue_desk.login enable row level security;
alter table queue_desk.phone_zone enable row level security;
alter table queue_desk.queue_ledger enable row level security;
alter table queue_desk.ledger_seal enable row level security;
alter table queue_desk.ledger_gap enable row level security;
alter table queue_desk.lead_gate enable row level security;
alter table queue_desk.opt_out enable row level security;
alter table queue_desk.pause enable row level security;
alter table queue_desk.run enable row level security;
alter table queue_desk.adopted enable row level security;
alter table queue_desk.delivery enable row level security;
alter table queue_desk.limit_window enable row level security;
alter table queue_desk.limit_pace enable row level security;
alter table queue_desk.plan enable row level security;
alter table queue_desk.plan_item enable row level security;
alter table queue_desk.stage_outbox enable row level security;

-- Ids, state words and counters: every desk may read them, as long as its login is somebody's. The salt of the phone hashes is not among them.
grant select (id, kind, settings, clock_offset, sample_resets, going_live_at, going_live_by) on queue_desk.instance to queue_desk_operator;
grant select on queue_desk.operator, queue_desk.login, queue_desk.phone_zone, queue_desk.queue_ledger, queue_desk.ledger_seal,
  queue_desk.ledger_gap, queue_desk.lead_gate, queue_desk.opt_out, queue_desk.pause, queue_desk.adopted, queue_desk.limit_window, queue_desk.limit_pace, queue_desk.plan, queue_desk.plan_item,
  queue_desk.stage_outbox to queue_desk_operator;
-- A worker's id is the key to its deliveries: no desk reads another's.
grant select (id, login, as_user, sender, started_at, heartbeat_at, request_timeout, rescued, stop_requested_at, finished_at, receipt_id)
  on queue_desk.run to queue_desk_operator;
grant select (message_id, attempt, lead_id, user_id, client_id, run_id, sender, sender_number, phone_hash, claimed_at, heartbeat_at, dispatched_at,
  finished_at, outcome, reason, provider_message_id, error_code, simulated, settled_at, settled_by) on queue_desk.delivery to queue_desk_operator;
drop policy if exists desk_reads on queue_desk.instance;
create policy desk_reads on queue_desk.instance for select to queue_desk_operator using (true);
drop policy if exists desk_reads on queue_desk.operator;
create policy desk_reads on queue_desk.operator for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.login;
create policy desk_reads on queue_desk.login for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.phone_zone;
create policy desk_reads on queue_desk.phone_zone for select to queue_desk_operator using (true);
drop policy if exists desk_reads on queue_desk.queue_ledger;
-- Before this condition only operators that leak nothing reach an index: comparisons of plain columns do, casts do not (queue_ledger.who).
create policy desk_reads on queue_desk.queue_ledger for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.ledger_seal;
create policy desk_reads on queue_desk.ledger_seal for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.ledger_gap;
create policy desk_reads on queue_desk.ledger_gap for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.lead_gate;
create policy desk_reads on queue_desk.lead_gate for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.opt_out;
create policy desk_reads on queue_desk.opt_out for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.pause;
create policy desk_reads on queue_desk.pause for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.run;
create policy desk_reads on queue_desk.run for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.adopted;
create policy desk_reads on queue_desk.adopted for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.delivery;
create policy desk_reads on queue_desk.delivery for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.limit_window;
create policy desk_reads on queue_desk.limit_window for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.limit_pace;
create policy desk_reads on queue_desk.limit_pace for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.plan;
create policy desk_reads on queue_desk.plan for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.plan_item;
create policy desk_reads on queue_desk.plan_item for select to queue_desk_operator using ((select queue_desk.is_mapped()));
drop policy if exists desk_reads on queue_desk.stage_outbox;
create policy desk_reads on queue_desk.stage_outbox for select to queue_desk_operator using ((select queue_desk.is_mapped()));
