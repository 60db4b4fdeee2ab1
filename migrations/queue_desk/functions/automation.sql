-- Lock order of everything below, so that people and desks never deadlock: gate, phone, limits, message, delivery, stop.

-- Whether this sender may work here. A sample database refuses every real one, because any well-formed number may be somebody's;
-- a live database refuses the dry run, which would call simulated messages sent, and every other sender until an admin has
-- taken it live. `fake` is the tests' provider, for sample databases too.
create or replace function queue_desk.check_sender(p_sender text) returns void
language plpgsql stable security definer set search_path = '' as $$
declare
  v_kind text;
  v_live_since timestamptz;
begin
  select i.kind, i.going_live_at into v_kind, v_live_since from queue_desk.instance i;
  if v_kind = 'sample' and p_sender not in ('dry-run', 'fake') then
    raise exception 'This is a sample database: only the dry run may work here. Nothing was sent.' using errcode = 'QD006', hint = 'Use --sender dry-run.';
  elsif v_kind = 'live' and p_sender = 'dry-run' then
    raise exception 'The dry run works on sample databases only: here it would mark real messages as sent. Nothing was changed.'
      using errcode = 'QD006', hint = 'Make a sample database with the command `sample`.';
  elsif v_kind = 'live' and (v_live_since is null or p_sender not in ('whatsapp', 'webhook')) then
    raise exception 'This database was not taken live: nothing is sent from it. Nothing was changed.'
      using errcode = 'QD006', hint = 'An admin takes a database live.';
  end if;
end $$;

-- Whether this worker is the caller's own: its run was started by this login. A worker's id is not readable, and not enough.
create or replace function queue_desk.is_my_worker(p_worker uuid) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select from queue_desk.run r where r.worker_id = p_worker and r.login = session_user);
end $$;

-- Whose messages this caller may send: null is everybody's, for a runner who names nobody.
create or replace function queue_desk.sends_for(p_as_user uuid) returns uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  if p_as_user is null and queue_desk.is_runner() then
    perform queue_desk.refuse_old_app();
    return null;
  end if;
  return queue_desk.acting_as(p_as_user);
end $$;

-- `p_timeout_seconds` is how long one request of this sender may take.
create or replace function queue_desk.start_run(p_worker uuid, p_as_user uuid, p_sender text, p_timeout_seconds integer) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_for uuid := queue_desk.sends_for(p_as_user);
  v_now timestamptz := queue_desk.now();
  v_run uuid := gen_random_uuid();
begin
  perform queue_desk.check_sender(p_sender);
  perform queue_desk.begin_action('run', 'automation', v_for);
  insert into queue_desk.run (id, worker_id, as_user, sender, started_at, heartbeat_at, request_timeout)
  values (v_run, p_worker, v_for, p_sender, v_now, v_now, make_interval(secs => greatest(1, p_timeout_seconds)));
  perform queue_desk.append_ledger('run', 'run', v_run::text, null, null, 'running', p_sender, null);
  return jsonb_build_object('run_id', v_run, 'started_at', v_now, 'operator', (select o.name from queue_desk.operator o where o.user_id = v_for));
end $$;

-- Claims a batch: what is due, adopted and passes the gate, in the order priority, slot, position, id. Each claimed message
-- gets a delivery row whose attempt number is the fence. SKIP LOCKED: any number of desks may claim at once.
-- Index: queue_desk_due, or the CRM's own of (queue_status, priority, scheduled_for).
create or replace function queue_desk.claim(p_worker uuid, p_run uuid, p_as_user uuid, p_batch integer, p_sender text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_for uuid := queue_desk.sends_for(p_as_user);
  v_now timestamptz := queue_desk.now();
  v_run record;
  v_open uuid[];
  v_ids uuid[];
  v_claimed jsonb;
begin
  perform queue_desk.check_sender(p_sender);
  select * into v_run from queue_desk.run r where r.id = p_run and r.worker_id = p_worker and r.login = session_user and r.sender = p_sender;
  if not found then
    raise exception 'This run is not yours. Nothing was changed.' using errcode = 'QD002', hint = 'Start one.';
  end if;
  if v_run.stop_requested_at is not null or v_run.receipt_id is not null then
    return '[]';
  end if;
  perform queue_desk.begin_action('claim', 'automation', v_for);
  select coalesce(array_agg(o.user_id), '{}') into v_open from queue_desk.operator o
  where (v_for is null or o.user_id = v_for) and not exists (select from queue_desk.operator_gate(o.user_id));
  -- Candidates in order first, behind a fence (offset 0), then one after the other: asked the gate and locked, until the batch is
  -- full. Whatever the planner believes, it does not ask the gate about the whole queue.
  select array_agg(p.id) into v_ids from (
    select m.id from (
      select c.id, c.priority, c.scheduled_for, c.queue_position from public.whatsapp_message_queue c
      where c.queue_status = 'queued' and c.user_id = any (v_open) and c.scheduled_for <= v_now
      order by c.priority desc, c.scheduled_for, c.queue_position, c.id offset 0) c
    cross join lateral (
      select q.id from public.whatsapp_message_queue q
      -- Other programs' rows may be many; they are left out before the gate is asked.
      where q.id = c.id and q.queue_status = 'queued' and (select true from queue_desk.adopted a where a.message_id = q.id)
        and not exists (select from queue_desk.message_gate() g where g.message_id = q.id)
      for update of q skip locked) m
    order by c.priority desc, c.scheduled_for, c.queue_position, c.id limit p_batch) p;
  if v_ids is null then
    return '[]';
  end if;
  update public.whatsapp_message_queue m set queue_status = 'sending', processed_at = v_now where m.id = any (v_ids);
  with claimed as (
    insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, run_id, worker_id, sender, phone_hash, due_at, claimed_at, heartbeat_at, simulated)
    select m.id, coalesce((select max(d.attempt) from queue_desk.delivery d where d.message_id = m.id), 0) + 1, m.lead_id, m.user_id, m.client_id,
      p_run, p_worker, p_sender, queue_desk.phone_hash(m.recipient_phone), queue_desk.sane(greatest(m.scheduled_for, m.send_after)), v_now, v_now, p_sender = 'dry-run'
    from public.whatsapp_message_queue m where m.id = any (v_ids)
    returning message_id, attempt)
  select jsonb_agg(jsonb_build_object('message_id', c.message_id, 'attempt', c.attempt) order by m.priority desc, m.scheduled_for, m.queue_position, m.id)
  into v_claimed from claimed c join public.whatsapp_message_queue m on m.id = c.message_id;
  return v_claimed;
end $$;

-- The last word before a request starts. Locks the gate of the lead, the phone and the operator's limits in this order, asks
-- the gate again, counts, writes dispatched_at. {go: true, phone, content, ..} or {go: false, reason, next_at}, and then the
-- message is back in the queue. After `go` the request starts within 5 s, or its worker settles it as not_sent.
create or replace function queue_desk.dispatch(p_message uuid, p_attempt integer, p_worker uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  d record;
  m record;
  s record;
  v_now timestamptz;
  v_day timestamptz;
  v_hour timestamptz;
  v_reason record;
  v_sent record;
begin
  select * into d from queue_desk.delivery x where x.message_id = p_message and x.attempt = p_attempt;
  if not found or d.worker_id is distinct from p_worker or not queue_desk.is_my_worker(p_worker) or d.finished_at is not null or d.dispatched_at is not null then
    return jsonb_build_object('go', false, 'reason', case when d.outcome = 'cancelled' then 'cancelled' else 'not_ours' end);
  end if;
  perform queue_desk.check_sender(d.sender);
  insert into queue_desk.lead_gate (lead_id) values (d.lead_id) on conflict do nothing;
  perform 1 from queue_desk.lead_gate g where g.lead_id = d.lead_id for no key update;
  perform pg_advisory_xact_lock(hashtext('queue_desk.phone'), hashtext(encode(d.phone_hash, 'hex')));
  v_now := queue_desk.now();
  select * into s from queue_desk.settings_of(d.user_id);
  v_day := date_trunc('day', v_now at time zone s.zone) at time zone s.zone;
  v_hour := date_trunc('hour', v_now at time zone s.zone) at time zone s.zone;
  insert into queue_desk.limit_window (scope, subject, starts_at) values ('operator_day', d.user_id, v_day) on conflict do nothing;
  insert into queue_desk.limit_window (scope, subject, starts_at) values ('operator_hour', d.user_id, v_hour) on conflict do nothing;
  perform 1 from queue_desk.limit_window w where w.subject = d.user_id
    and ((w.scope = 'operator_day' and w.starts_at = v_day) or (w.scope = 'operator_hour' and w.starts_at = v_hour))
    order by w.scope for no key update;
  select * into m from public.whatsapp_message_queue x where x.id = p_message for no key update;
  select * into d from queue_desk.delivery x where x.message_id = p_message and x.attempt = p_attempt for no key update;

  if m.id is null or d.finished_at is not null or m.queue_status is distinct from 'sending' then
    update queue_desk.delivery x set finished_at = v_now, outcome = 'cancelled',
      reason = case when m.id is null then 'deleted' else coalesce(m.queue_status, 'no_status') end
    where x.message_id = p_message and x.attempt = p_attempt and x.finished_at is null;
    return jsonb_build_object('go', false, 'reason', 'cancelled');
  end if;
  -- Shared by all dispatches; stop_everything takes it alone, so that none is still being decided when it returns.
  perform pg_advisory_xact_lock_shared(hashtext('queue_desk'), hashtext('stop'));
  -- The locks above are those of the lead, phone and operator that were claimed.
  select g.reason, g.next_at into v_reason from queue_desk.gate(p_message) g order by g.next_at desc nulls first, g.reason limit 1;
  if not found and (m.lead_id is distinct from d.lead_id or m.user_id is distinct from d.user_id
      or queue_desk.phone_hash(m.recipient_phone) is distinct from d.phone_hash) then
    select 'changed' as reason, null::timestamptz as next_at into v_reason;
  end if;
  -- Who was deactivated sends nothing any more, not even what was claimed before.
  if v_reason.reason is null and queue_desk.current_user_id() is null and not queue_desk.is_runner() and not queue_desk.is_admin() then
    select 'operator_inactive' as reason, null::timestamptz as next_at into v_reason;
  end if;
  if v_reason.reason is not null then
    perform queue_desk.begin_action('dispatch', 'automation', d.user_id, v_reason.reason);
    -- An earlier attempt turned out to have been sent after this one was claimed: that is what the row says.
    select x.dispatched_at, x.provider_message_id into v_sent from queue_desk.delivery x
    where x.message_id = p_message and x.dispatched_at is not null and x.outcome = 'sent' order by x.attempt desc limit 1;
    update public.whatsapp_message_queue x set queue_status = case when v_sent.dispatched_at is null then 'queued' else 'sent' end,
      sent_at = coalesce(x.sent_at, v_sent.dispatched_at), whatsapp_message_id = coalesce(x.whatsapp_message_id, v_sent.provider_message_id)
    where x.id = p_message;
    update queue_desk.delivery x set finished_at = v_now, outcome = 'not_sent', reason = v_reason.reason
    where x.message_id = p_message and x.attempt = p_attempt;
    return jsonb_build_object('go', false, 'reason', v_reason.reason, 'next_at', v_reason.next_at);
  end if;
  update queue_desk.limit_window w set used = w.used + 1 where w.subject = d.user_id
    and ((w.scope = 'operator_day' and w.starts_at = v_day) or (w.scope = 'operator_hour' and w.starts_at = v_hour));
  update queue_desk.delivery x set dispatched_at = v_now, heartbeat_at = v_now where x.message_id = p_message and x.attempt = p_attempt;
  return jsonb_build_object('go', true, 'proof', jsonb_build_object('message_id', p_message, 'attempt', p_attempt, 'lead_id', d.lead_id, 'user_id', d.user_id,
      'client_id', d.client_id, 'run_id', d.run_id, 'sender', d.sender, 'phone_hash', d.phone_hash, 'claimed_at', d.claimed_at, 'dispatched_at', v_now, 'simulated', d.simulated), 'phone', m.recipient_phone, 'content', m.message_content, 'message_type', m.message_type,
    'template', coalesce(m.template_name, m.message_template), 'variables', coalesce(m.template_parameters, m.message_variables));
end $$;

-- Writes what became of attempts: the delivery first, then the CRM row where it is still ours (on the wire, unknown, or put back to
-- queued by another program meanwhile); 0 rows there is a reported conflict, not an error. An answer that comes after the rescue
-- called it unknown settles the unknown; "sent" is believed even after a person said that it was not, because what was queued again
-- must not go out. What was never dispatched can only be not_sent. A sender that could not begin is not asked again at once: 15 s, then
-- twice as long each time, up to 16 minutes (send_after, which the gate waits for).
-- Items: [{message_id, attempt, outcome: sent|failed|unknown|not_sent, provider_message_id, error_code}].
create or replace function queue_desk.settle(p_worker uuid, p_items jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_now timestamptz := queue_desk.now();
  v_settled jsonb;
  v_projected integer;
begin
  if not queue_desk.is_my_worker(p_worker) then
    return jsonb_build_object('settled', 0, 'conflicts', jsonb_array_length(p_items));
  end if;
  perform queue_desk.begin_action('settle', 'automation', null);
  perform 1 from public.whatsapp_message_queue m
  where m.id in (select (i ->> 'message_id')::uuid from jsonb_array_elements(p_items) i) order by m.id for no key update;
  with item as (
    select * from jsonb_to_recordset(p_items) i (message_id uuid, attempt integer, outcome text, provider_message_id text, error_code text)),
  settled as (
    update queue_desk.delivery d set finished_at = coalesce(d.finished_at, v_now), outcome = i.outcome, provider_message_id = i.provider_message_id,
      error_code = i.error_code, settled_at = case when d.finished_at is not null then v_now end, settled_by = case when d.finished_at is not null then 'worker' end
    from item i
    where d.message_id = i.message_id and d.attempt = i.attempt and d.worker_id = p_worker
      and (d.finished_at is null or (d.outcome = 'unknown' and d.settled_at is null and i.outcome <> 'unknown')
        or (d.settled_by <> 'worker' and i.outcome = 'sent'))
      and (i.outcome <> 'not_sent' or d.outcome is null)
      and (i.outcome = 'not_sent' or d.dispatched_at is not null)
    returning d.message_id, d.attempt, d.lead_id, d.dispatched_at, i.outcome, i.provider_message_id, i.error_code)
  select jsonb_agg(to_jsonb(s)) into v_settled from settled s;
  if v_settled is null then
    return jsonb_build_object('settled', 0, 'conflicts', jsonb_array_length(p_items));
  end if;
  update public.whatsapp_message_queue m set
    queue_status = case i.outcome when 'sent' then 'sent' when 'not_sent' then 'queued' else 'failed' end,
    sent_at = case when i.outcome = 'sent' then v_now else m.sent_at end,
    whatsapp_message_id = coalesce(i.provider_message_id, m.whatsapp_message_id),
    error_code = case i.outcome when 'sent' then null when 'not_sent' then m.error_code when 'unknown' then 'outcome_unknown' else i.error_code end,
    last_error = case i.outcome when 'sent' then null when 'not_sent' then m.last_error when 'unknown' then 'The outcome is not known.' else i.error_code end,
    error_message = case i.outcome when 'sent' then null when 'not_sent' then m.error_message when 'unknown' then 'The outcome is not known.' else i.error_code end,
    attempts = case when i.outcome = 'not_sent' then m.attempts else coalesce(m.attempts, 0) + 1 end,
    retry_count = case when i.outcome = 'not_sent' then m.retry_count else coalesce(m.attempts, 0) end,
    last_retry_at = case when i.outcome <> 'not_sent' and coalesce(m.attempts, 0) > 0 then v_now else m.last_retry_at end,
    -- One that a stop gave back was not dispatched, and may go at once.
    send_after = case when i.outcome = 'not_sent' and i.dispatched_at is not null then greatest(m.send_after, v_now + interval '15 seconds' * 2 ^ least(6, (
      select count(*) - 1 from queue_desk.delivery d where d.message_id = m.id and d.outcome = 'not_sent' and d.dispatched_at is not null))) else m.send_after end
  from jsonb_to_recordset(v_settled) i (message_id uuid, attempt integer, dispatched_at timestamptz, outcome text, provider_message_id text, error_code text)
  where m.id = i.message_id
    and (m.queue_status in ('sending', 'queued') or (m.queue_status = 'failed' and m.error_code in ('outcome_unknown', 'resolved_not_sent')))
    and not exists (select from queue_desk.delivery d where d.message_id = m.id and d.attempt > i.attempt);
  get diagnostics v_projected = row_count;
  perform queue_desk.request_stage(array(select (s ->> 'lead_id')::uuid from jsonb_array_elements(v_settled) s where s ->> 'outcome' = 'sent'), 'contacted');
  return jsonb_build_object('settled', jsonb_array_length(v_settled), 'conflicts', jsonb_array_length(p_items) - v_projected);
end $$;

-- One message's form of settle.
create or replace function queue_desk.settle(p_message uuid, p_attempt integer, p_worker uuid, p_outcome text, p_provider_id text, p_code text) returns jsonb
language sql volatile security definer set search_path = '' as $$
  select queue_desk.settle(p_worker, jsonb_build_array(jsonb_build_object('message_id', p_message, 'attempt', p_attempt, 'outcome', p_outcome,
    'provider_message_id', p_provider_id, 'error_code', p_code)))
$$;

-- Says that this worker lives, and hears whether somebody asked it to stop. A worker that was silent (a closed lid) and is back
-- has its run again.
create or replace function queue_desk.heartbeat(p_run uuid, p_worker uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_now timestamptz := queue_desk.now();
  v_stop boolean;
begin
  update queue_desk.run r set heartbeat_at = v_now, finished_at = null
  where r.id = p_run and r.worker_id = p_worker and r.login = session_user and r.receipt_id is null returning r.stop_requested_at is not null into v_stop;
  update queue_desk.delivery d set heartbeat_at = v_now from (
    select x.message_id, x.attempt from queue_desk.delivery x where x.worker_id = p_worker and v_stop is not null and x.finished_at is null
    order by x.message_id for no key update skip locked) mine
  where d.message_id = mine.message_id and d.attempt = mine.attempt;
  return jsonb_build_object('stop', coalesce(v_stop, true));
end $$;

-- Settles what a dead desk left behind. No heartbeat for longer than a request of its sender may take plus 30 s (the dry run's 2 s:
-- 32 s): not dispatched goes back to the queue, dispatched is unknown and never sent again by the
-- machine. A `sending` row without a delivery for ten minutes is another program's: unknown, marked foreign.
create or replace function queue_desk.is_silent(p_run uuid, p_heartbeat timestamptz, p_now timestamptz) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return p_heartbeat < p_now - interval '30 seconds' - coalesce((select r.request_timeout from queue_desk.run r where r.id = p_run), interval '2 seconds');
end $$;

create or replace function queue_desk.rescue(p_worker uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_now timestamptz := queue_desk.now();
  v_dead uuid[];
  v_foreign uuid[];
  v_returned uuid[];
  v_unknown uuid[];
begin
  -- Only who may send may rescue; raises QD001 for an unmapped login.
  perform queue_desk.sends_for(null);
  if not queue_desk.is_my_worker(p_worker) then
    raise exception 'This run is not yours. Nothing was changed.' using errcode = 'QD002', hint = 'Start one.';
  end if;
  select array_agg(p.id) into v_dead from (
    select m.id from queue_desk.delivery d join public.whatsapp_message_queue m on m.id = d.message_id
    where d.finished_at is null and queue_desk.is_silent(d.run_id, d.heartbeat_at, v_now) and d.worker_id is distinct from p_worker
    order by m.id for no key update of m skip locked) p;
  select array_agg(p.id) into v_foreign from (
    select m.id from public.whatsapp_message_queue m
    where m.queue_status = 'sending' and coalesce(greatest(m.processed_at, m.updated_at), m.created_at, '-infinity') < v_now - interval '10 minutes'
      and not exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null)
    order by m.id for no key update of m skip locked) p;
  -- A message deleted in the CRM while it was on the wire still has its proof settled.
  update queue_desk.delivery d set finished_at = v_now, outcome = case when d.dispatched_at is null then 'cancelled' else 'unknown' end, reason = 'deleted'
  where d.finished_at is null and queue_desk.is_silent(d.run_id, d.heartbeat_at, v_now) and d.worker_id is distinct from p_worker
    and not exists (select from public.whatsapp_message_queue m where m.id = d.message_id);

  with rescued as (
    update queue_desk.delivery d set finished_at = v_now, outcome = case when d.dispatched_at is null then 'not_sent' else 'unknown' end, reason = 'rescued'
    where d.message_id = any (v_dead) and d.finished_at is null and queue_desk.is_silent(d.run_id, d.heartbeat_at, v_now)
    returning d.message_id, d.outcome)
  select array_agg(r.message_id) filter (where r.outcome = 'not_sent'), array_agg(r.message_id) filter (where r.outcome = 'unknown')
  into v_returned, v_unknown from rescued r;
  insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, sender, phone_hash, claimed_at, dispatched_at, finished_at, outcome, reason)
  select m.id, coalesce((select max(d.attempt) from queue_desk.delivery d where d.message_id = m.id), 0) + 1, m.lead_id, m.user_id, m.client_id, 'foreign',
    queue_desk.phone_hash(m.recipient_phone), coalesce(m.processed_at, m.updated_at, v_now), coalesce(m.processed_at, m.updated_at, v_now), v_now, 'unknown', 'foreign'
  from public.whatsapp_message_queue m where m.id = any (v_foreign);

  perform queue_desk.begin_action('rescue', 'automation', null, 'no_heartbeat');
  update public.whatsapp_message_queue m set queue_status = 'queued' where m.id = any (v_returned) and m.queue_status = 'sending';
  update public.whatsapp_message_queue m set queue_status = 'failed', error_code = 'outcome_unknown', last_error = 'The outcome is not known.',
    error_message = 'The outcome is not known.', attempts = coalesce(m.attempts, 0) + 1
  where m.id = any (v_unknown || v_foreign) and m.queue_status = 'sending';
  update queue_desk.run r set finished_at = v_now where r.id in (
    select x.id from queue_desk.run x where x.finished_at is null and x.worker_id <> p_worker and queue_desk.is_silent(x.id, x.heartbeat_at, v_now)
      and not exists (select from queue_desk.delivery d where d.run_id = x.id and d.finished_at is null)
    for no key update skip locked);
  update queue_desk.run r set rescued = jsonb_build_object('returned', (r.rescued ->> 'returned')::integer + coalesce(cardinality(v_returned), 0),
    'unknown', (r.rescued ->> 'unknown')::integer + coalesce(cardinality(v_unknown), 0),
    'foreign', (r.rescued ->> 'foreign')::integer + coalesce(cardinality(v_foreign), 0))
  where r.worker_id = p_worker and (v_returned is not null or v_unknown is not null or v_foreign is not null);
  return jsonb_build_object('returned', coalesce(cardinality(v_returned), 0), 'unknown', coalesce(cardinality(v_unknown), 0),
    'foreign', coalesce(cardinality(v_foreign), 0));
end $$;

-- What waits for this caller: how many are due and may go, when the next may, why the others are held, and what other desks
-- still have on the wire. `--drain` ends when due and live are 0.
create or replace function queue_desk.outlook(p_worker uuid, p_as_user uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  return queue_desk.outlook_of(p_worker, queue_desk.sends_for(p_as_user));
end $$;

-- The same for whoever asked may ask: `p_for` null is everybody's. At most 2,000 messages are asked why; `more` says that there are others.
create or replace function queue_desk.outlook_of(p_worker uuid, p_for uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_now timestamptz := queue_desk.now();
  v_result jsonb;
begin
  with waiting as materialized (
    select m.id, m.user_id from public.whatsapp_message_queue m join queue_desk.adopted a on a.message_id = m.id
    where m.queue_status = 'queued' and (p_for is null or m.user_id = p_for)
    order by m.scheduled_for limit 2000),
  operators as materialized (
    select u.user_id, g.reason, g.next_at from (select distinct w.user_id from waiting w where w.user_id is not null) u
    cross join lateral queue_desk.operator_gate(u.user_id) g),
  why as materialized (
    select distinct on (w.id) w.id, r.reason, coalesce(r.next_at, case when r.reason is null then v_now end) as next_at
    from waiting w left join lateral (
      select g.reason, g.next_at from queue_desk.message_gate() g where g.message_id = w.id
      union all select o.reason, o.next_at from operators o where o.user_id = w.user_id) r on true
    order by w.id, r.next_at desc nulls first, r.reason)
  select jsonb_build_object(
    'due', (select count(*) from why y where y.reason is null),
    'next_at', (select min(y.next_at) from why y),
    'held', coalesce((select jsonb_agg(jsonb_build_object('reason', h.reason, 'count', h.count, 'next_at', h.next_at) order by h.count desc, h.reason)
      from (select y.reason, count(*) as count, min(y.next_at) as next_at from why y where y.reason is not null group by y.reason) h), '[]'),
    'live', (select count(*) from queue_desk.delivery d where d.finished_at is null and d.worker_id is distinct from p_worker and (p_for is null or d.user_id = p_for)),
    'more', (select count(*) = 2000 from waiting))
  into v_result;
  return v_result;
end $$;

-- Ends a run and writes its receipt from the deliveries in the database.
create or replace function queue_desk.finish_run(p_run uuid, p_worker uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  r record;
  t record;
  v_receipt uuid;
  v_held jsonb;
begin
  select * into r from queue_desk.run x
  where x.id = p_run and x.worker_id = p_worker and x.login = session_user and x.receipt_id is null for update;
  if not found then
    raise exception 'This run is not open. Nothing was changed.' using errcode = 'QD004', hint = 'It was ended already; its receipt is in the ledger.';
  end if;
  v_receipt := queue_desk.begin_action('run', 'automation', r.as_user);
  update queue_desk.run x set finished_at = queue_desk.now(), receipt_id = v_receipt where x.id = p_run;
  select count(*) as claimed, count(*) filter (where d.outcome = 'sent') as sent, count(*) filter (where d.outcome = 'failed') as failed,
    count(*) filter (where d.outcome = 'unknown') as unknown, count(*) filter (where d.outcome = 'not_sent') as returned,
    count(*) filter (where d.outcome = 'cancelled') as cancelled, count(*) filter (where d.outcome is null) as open,
    bool_or(d.simulated) as simulated
  into t from queue_desk.delivery d where d.run_id = p_run;
  v_held := queue_desk.outlook_of(p_worker, r.as_user);
  return queue_desk.write_receipt('run', t.claimed::integer, t.sent::integer,
    (select jsonb_agg(jsonb_build_object('reason', s.reason, 'count', s.count) order by s.count desc, s.reason) from (
      select case when d.outcome is null then 'on_the_wire' else coalesce(d.reason, d.outcome) end as reason, count(*) as count from queue_desk.delivery d
      where d.run_id = p_run and coalesce(d.outcome, 'not_sent') in ('not_sent', 'cancelled') group by 1) s),
    (select jsonb_agg(jsonb_build_object('id', f.message_id, 'reason', f.reason) order by f.message_id) from (
      select d.message_id, coalesce(d.error_code, case d.outcome when 'unknown' then 'outcome_unknown' else d.outcome end) as reason
      from queue_desk.delivery d where d.run_id = p_run and d.outcome in ('failed', 'unknown') order by d.message_id limit 100) f),
    jsonb_build_object('run_id', p_run, 'sender', r.sender, 'simulated', coalesce(t.simulated, r.sender = 'dry-run'), 'totals', jsonb_build_object(
      'claimed', t.claimed, 'sent', t.sent, 'failed', t.failed, 'unknown', t.unknown, 'returned', t.returned, 'cancelled', t.cancelled),
      'rescued', r.rescued, 'held', v_held -> 'held', 'more', v_held -> 'more', 'next_at', v_held -> 'next_at'));
end $$;
