-- Changes of messages that wait: when they go, in which order, by whom, and whether they are ours. A change that is no change of
-- state is kept in the ledger as {from, to} of each message; Undo reads it there.

-- Why these may not be changed (null: they may): only what waits and nobody has claimed.
create or replace function queue_desk.waiting_reasons(p_ids uuid[], p_may uuid[]) returns table (message_id uuid, reason text)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
  select i.id, case
      when m.id is null then 'not_found'
      when not m.id = any (p_may) then 'no_access'
      when m.queue_status = 'sending' or exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null) then 'on_the_wire'
      when m.queue_status is distinct from 'queued' then 'not_queued' end
  from unnest(p_ids) i (id) left join public.whatsapp_message_queue m on m.id = i.id;
end $$;

-- Another time for messages that wait. The gate still judges hours, so it is not before the next opening.
create or replace function queue_desk.reschedule(p_ids uuid[], p_at timestamptz, p_as_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_at < queue_desk.now() or p_at > queue_desk.now() + interval '1 year' or p_at is null then
    raise exception 'A message is rescheduled to a time ahead, within a year. Nothing was changed.' using errcode = 'QD008', hint = 'Give a later time, in UTC.';
  end if;
  return queue_desk.change_waiting('reschedule', p_ids, p_as_user, jsonb_build_object('at', p_at), p_at, null);
end $$;

-- 10 goes first, 1 last.
create or replace function queue_desk.set_priority(p_ids uuid[], p_priority integer, p_as_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
begin
  if p_priority is null or p_priority not between 1 and 10 then
    raise exception 'A priority is 1 to 10. Nothing was changed.' using errcode = 'QD008', hint = '10 goes first, 5 is normal.';
  end if;
  return queue_desk.change_waiting('set_priority', p_ids, p_as_user, jsonb_build_object('priority', p_priority), null, p_priority);
end $$;

-- Gives messages that wait another time or another priority, whichever is not null; `p_said` goes into the receipt.
create or replace function queue_desk.change_waiting(p_action text, p_ids uuid[], p_as_user uuid, p_said jsonb, p_at timestamptz, p_priority integer) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_ids uuid[] := queue_desk.asked_for(p_ids);
  v_may uuid[];
  v_changed uuid[];
  v_reasons text[];
begin
  perform queue_desk.begin_action(p_action, 'person', v_user);
  v_may := queue_desk.may_touch(v_ids, v_user);
  perform queue_desk.lock_messages(v_may);
  select coalesce(array_agg(j.message_id) filter (where j.why is null), '{}'), array_agg(j.why) into v_changed, v_reasons from (
    select w.message_id, case when w.reason is not null then w.reason when m.scheduled_for = p_at or m.priority = p_priority then 'unchanged' end as why
    from queue_desk.waiting_reasons(v_ids, v_may) w left join public.whatsapp_message_queue m on m.id = w.message_id) j;
  perform queue_desk.append_changes(p_action, null, (
    select jsonb_agg(jsonb_build_object('id', m.id, 'lead_id', m.lead_id, 'from', case when p_at is null then to_jsonb(m.priority) else to_jsonb(m.scheduled_for) end,
      'to', case when p_at is null then to_jsonb(p_priority) else to_jsonb(p_at) end))
    from public.whatsapp_message_queue m where m.id = any (v_changed)));
  update public.whatsapp_message_queue m set scheduled_for = coalesce(p_at, m.scheduled_for), priority = coalesce(p_priority, m.priority) where m.id = any (v_changed);
  return queue_desk.write_receipt(p_action, cardinality(v_ids), cardinality(v_changed), queue_desk.count_reasons(v_reasons), null,
    jsonb_build_object('message_ids', v_changed) || p_said);
end $$;

-- Gives waiting messages to another operator: one's own, or anybody's for an admin. The receiver may access the lead and has room on
-- the message's day (one that is late counts today). Under the lock of Prepare, so that two desks do not fill the same room twice.
-- A message that is claimed already is counted for whom it was claimed, and stays theirs.
create or replace function queue_desk.assign(p_ids uuid[], p_to uuid, p_as_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_ids uuid[] := queue_desk.asked_for(p_ids);
  v_admin boolean := queue_desk.is_admin();
  v_now timestamptz;
  s record;
  v_may uuid[];
  v_changed uuid[];
  v_reasons text[];
begin
  if not exists (select from queue_desk.operator o where o.user_id = p_to and o.active) then
    raise exception 'There is no active operator with this id. Nothing was changed.' using errcode = 'QD004', hint = 'Choose an active operator.';
  end if;
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('prepare'));
  perform queue_desk.begin_action('assign', 'person', v_user);
  v_now := queue_desk.now();
  select * into s from queue_desk.settings_of(p_to);
  v_may := queue_desk.may_touch(v_ids, v_user);
  perform queue_desk.lock_messages(v_may);
  with waiting as (
    select w.message_id, m.priority, m.scheduled_for, (greatest(m.scheduled_for, v_now) at time zone s.zone)::date as day, case
        when w.reason is not null then w.reason
        when m.user_id = p_to then 'already_theirs'
        when m.user_id is distinct from v_user and not v_admin then 'no_access'
        when not queue_desk.may_access(m.lead_id, p_to) then 'receiver_no_access' end as why
    from queue_desk.waiting_reasons(v_ids, v_may) w left join public.whatsapp_message_queue m on m.id = w.message_id),
  room as materialized (
    select d.day, s.day_cap - queue_desk.day_load(p_to, d.day::timestamp at time zone s.zone, (d.day + 1)::timestamp at time zone s.zone) as free
    from (select distinct w.day from waiting w where w.why is null) d),
  judged as (
    select w.message_id, case when w.why is not null then w.why
        when row_number() over (partition by w.day, w.why is null order by w.priority desc, w.scheduled_for, w.message_id) > r.free then 'over_capacity' end as why
    from waiting w left join room r on r.day = w.day)
  select coalesce(array_agg(j.message_id) filter (where j.why is null), '{}'), array_agg(j.why) into v_changed, v_reasons from judged j;
  perform queue_desk.append_changes('assign', null, (
    select jsonb_agg(jsonb_build_object('id', m.id, 'lead_id', m.lead_id, 'from', m.user_id, 'to', p_to))
    from public.whatsapp_message_queue m where m.id = any (v_changed)));
  update public.whatsapp_message_queue m set user_id = p_to where m.id = any (v_changed);
  return queue_desk.write_receipt('assign', cardinality(v_ids), cardinality(v_changed), queue_desk.count_reasons(v_reasons), null,
    jsonb_build_object('message_ids', v_changed, 'to', p_to, 'to_name', (select o.name from queue_desk.operator o where o.user_id = p_to)));
end $$;

-- Rows that another program queued become ours to send: one's own, or anybody's for an admin. Without ids: every waiting one of
-- the operator's, at most 5,000. The gate judges them from then on like any other.
create or replace function queue_desk.adopt(p_ids uuid[] default null, p_as_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_admin boolean := queue_desk.is_admin();
  v_now timestamptz := queue_desk.now();
  v_ids uuid[];
  v_may uuid[];
  v_changed uuid[];
  v_reasons text[];
begin
  perform queue_desk.begin_action('adopt', 'person', v_user);
  v_ids := case when p_ids is not null then queue_desk.asked_for(p_ids) else array(
    select m.id from public.whatsapp_message_queue m
    where m.user_id = v_user and m.queue_status = 'queued' and not exists (select from queue_desk.adopted a where a.message_id = m.id)
    order by m.scheduled_for, m.id limit 5000) end;
  v_may := queue_desk.may_touch(v_ids, v_user);
  perform queue_desk.lock_messages(v_may);
  select coalesce(array_agg(j.message_id) filter (where j.why is null), '{}'), array_agg(j.why) into v_changed, v_reasons from (
    select w.message_id, case
        when w.reason is not null then w.reason
        when m.user_id is distinct from v_user and not v_admin then 'no_access'
        when exists (select from queue_desk.adopted a where a.message_id = m.id) then 'already_adopted'
        when m.scheduled_for < v_now - interval '48 hours' then 'too_old'
        -- Opt-outs and unknowns are kept by phone, and compare E.164 only.
        when m.recipient_phone !~ '^\+[1-9][0-9]{6,14}$' then 'phone_not_valid' end as why
    from queue_desk.waiting_reasons(v_ids, v_may) w left join public.whatsapp_message_queue m on m.id = w.message_id) j;
  insert into queue_desk.adopted (message_id, by, at) select i.id, coalesce(queue_desk.current_user_id(), v_user), v_now from unnest(v_changed) i (id);
  perform queue_desk.append_changes('adopt', null, (
    select jsonb_agg(jsonb_build_object('id', m.id, 'lead_id', m.lead_id, 'from', null, 'to', v_now))
    from public.whatsapp_message_queue m where m.id = any (v_changed)));
  return queue_desk.write_receipt('adopt', cardinality(v_ids), cardinality(v_changed), queue_desk.count_reasons(v_reasons), null,
    jsonb_build_object('message_ids', v_changed));
end $$;
