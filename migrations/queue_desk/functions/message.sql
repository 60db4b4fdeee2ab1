-- What people do with messages that wait or failed. Lock order as in automation.sql, with the lock of Prepare before all others:
-- prepare, gate, phone, message, delivery. Each verb locks its messages in the order of their ids and then reads them again, so that
-- it judges what a claim, dispatch or settle that it waited for has left. What is not changed is counted with its reason.

-- The ids asked for, each once, in the order asked. A receipt lists what it changed, so their number is bounded.
create or replace function queue_desk.asked_for(p_ids uuid[]) returns uuid[]
language plpgsql immutable set search_path = '' as $$
declare
  v_ids uuid[];
begin
  select coalesce(array_agg(x.id order by x.n), '{}') into v_ids from (
    select i.id, min(i.n) as n from unnest(p_ids) with ordinality i (id, n) where i.id is not null group by i.id) x;
  if cardinality(v_ids) > 5000 then
    raise exception '% messages were named, and one action takes 5,000. Nothing was changed.', cardinality(v_ids)
      using errcode = 'QD008', hint = 'Do it in parts.';
  end if;
  return v_ids;
end $$;

-- Those of these messages that an operator may act upon: exactly those that row security shows (0007_crm_row_security.sql): the operator's
-- own, those of a client of theirs, those of a lead that they may access; of the pool's leads those that name no client.
create or replace function queue_desk.may_touch(p_ids uuid[], p_user uuid) returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
declare
  v_clients uuid[] := queue_desk.clients_of(p_user);
  v_projects uuid[] := queue_desk.projects_of(p_user);
  v_leads uuid[] := queue_desk.leads_of(p_user);
  v_pool boolean := queue_desk.pool_open();
begin
  return (select coalesce(array_agg(m.id), '{}') from public.whatsapp_message_queue m left join public.leads l on l.id = m.lead_id
    where m.id = any (p_ids) and (m.user_id = p_user or m.client_id = any (v_clients) or l.client_id = any (v_clients)
      or l.current_project_id = any (v_projects) or m.lead_id = any (v_leads)
      or (v_pool and m.client_id is null and l.client_id is null and (m.lead_id is null or l.id is not null))));
end $$;

create or replace function queue_desk.lock_messages(p_ids uuid[]) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform 1 from public.whatsapp_message_queue m where m.id = any (p_ids) order by m.id for no key update;
end $$;

-- [{reason, count}] of a receipt; nulls are those that changed.
create or replace function queue_desk.count_reasons(p_reasons text[]) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('reason', r.reason, 'count', r.count) order by r.count desc, r.reason), '[]')
  from (select x.reason, count(*)::integer as count from unnest(p_reasons) x (reason) where x.reason is not null group by x.reason) r
$$;

-- Cancels those of these that wait, claimed but not dispatched included, and returns their ids. What is on the wire finishes.
create or replace function queue_desk.cancel_waiting(p_ids uuid[], p_word text, p_said text) returns uuid[]
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_ids uuid[];
begin
  -- Lock first, then read again: only the next statement sees the delivery of a claim that this one waited for.
  perform queue_desk.lock_messages(p_ids);
  select coalesce(array_agg(m.id order by m.id), '{}') into v_ids from public.whatsapp_message_queue m
  where m.id = any (p_ids) and (m.queue_status = 'queued' or (m.queue_status = 'sending' and exists (
      select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is null)))
    and not exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is not null);
  update queue_desk.delivery d set finished_at = queue_desk.now(), outcome = 'cancelled', reason = p_word
  where d.message_id = any (v_ids) and d.finished_at is null and d.dispatched_at is null;
  update public.whatsapp_message_queue m set queue_status = 'cancelled', last_error = p_said, error_message = p_said where m.id = any (v_ids);
  return v_ids;
end $$;

create or replace function queue_desk.cancel(p_ids uuid[], p_as_user uuid default null, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_ids uuid[] := queue_desk.asked_for(p_ids);
  v_may uuid[];
  v_changed uuid[];
begin
  perform queue_desk.begin_action('cancel', 'person', v_user, p_reason);
  v_may := queue_desk.may_touch(v_ids, v_user);
  v_changed := queue_desk.cancel_waiting(v_may, 'cancelled', 'Cancelled by ' || v_user);
  return queue_desk.write_receipt('cancel', cardinality(v_ids), cardinality(v_changed), queue_desk.count_reasons(array(
    select case
        when m.id is null then 'not_found'
        when not m.id = any (v_may) then 'no_access'
        when m.queue_status in ('queued', 'sending') then 'on_the_wire'
        when m.queue_status = 'sent' then 'already_sent'
        when m.queue_status = 'failed' then 'failed_already'
        else 'already_cancelled' end
    from unnest(v_ids) i (id) left join public.whatsapp_message_queue m on m.id = i.id where not i.id = any (v_changed))),
    null, jsonb_build_object('message_ids', v_changed));
end $$;

-- Why these failed or cancelled messages may not be queued again (null: they may), in the order given. The deliveries decide: what
-- was sent, is on the wire or nobody knows the outcome of is not sent again, whatever the CRM's row says. The lead and the person behind
-- the phone are judged as Prepare judges them, but for the cool-down, which the gate waits out.
create or replace function queue_desk.requeue_reasons(p_ids uuid[]) returns table (message_id uuid, reason text)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
  with asked as materialized (
    select i.id as asked_id, i.n, m.id, m.lead_id, coalesce(m.queue_status, 'cancelled') as status, m.error_code, m.recipient_phone as phone,
      coalesce(m.sent_at, m.delivered_at, m.read_at) is not null as went, d.open, d.sent, d.unknown
    from unnest(p_ids) with ordinality i (id, n) left join public.whatsapp_message_queue m on m.id = i.id
    cross join lateral (
      select bool_or(x.finished_at is null) as open, bool_or(x.dispatched_at is not null and x.outcome = 'sent') as sent,
        bool_or(x.outcome = 'unknown' and x.settled_at is null) as unknown
      from queue_desk.delivery x where x.message_id = i.id) d),
  by_lead as materialized (select * from queue_desk.lead_reasons(array(select distinct a.lead_id from asked a where a.lead_id is not null), interval '0')),
  by_phone as materialized (select * from queue_desk.phone_reasons(array(select distinct a.phone from asked a where a.phone is not null), interval '0')),
  judged as (
    select a.*, case
        when a.id is null then 'not_found'
        when a.status = 'sending' or a.open then 'on_the_wire'
        when a.status = 'queued' then 'already_queued'
        when a.status = 'sent' or a.sent or a.went then 'already_sent'
        when a.unknown or a.error_code = 'outcome_unknown' then 'unknown_open'
        when l.reason is not null then l.reason
        when p.reason is not null then p.reason
        -- Opt-outs and unknowns are kept by phone, and compare E.164 only.
        when a.phone !~ '^\+[1-9][0-9]{6,14}$' then 'phone_not_valid' end as why
    from asked a left join by_lead l on l.lead_id = a.lead_id left join by_phone p on p.phone = a.phone)
  select j.asked_id, case when j.why is not null then j.why
      when row_number() over (partition by coalesce(j.lead_id, j.asked_id), j.why is null order by j.n) > 1
        or row_number() over (partition by queue_desk.phone_key(j.phone), j.why is null order by j.n) > 1 then 'already_queued' end
  from judged j order by j.n;
end $$;

-- Queues these again where they may be, and says why not for the others. The caller holds the lock of Prepare, so that no other
-- message for the same lead or phone is being queued, and nobody is taking the lead or opting out, at this moment.
create or replace function queue_desk.requeue(p_ids uuid[], p_now boolean) returns table (message_id uuid, reason text)
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_now timestamptz := queue_desk.now();
  v_judged jsonb;
begin
  perform queue_desk.lock_messages(p_ids);
  select coalesce(jsonb_agg(jsonb_build_object('message_id', r.message_id, 'reason', r.reason)), '[]') into v_judged from queue_desk.requeue_reasons(p_ids) r;
  -- queued_at stays: the gate asks whether the person was written to since.
  update public.whatsapp_message_queue m set queue_status = 'queued', error_code = null, last_error = null, error_message = null,
    scheduled_for = case when p_now then coalesce(queue_desk.open_from(m.user_id, v_now), v_now) else m.scheduled_for end
  from jsonb_to_recordset(v_judged) j (message_id uuid, reason text) where m.id = j.message_id and j.reason is null;
  return query select j.message_id, j.reason from jsonb_to_recordset(v_judged) j (message_id uuid, reason text);
end $$;

-- Retry: failed or cancelled messages go again, now or at the operator's next opening. Pressing it on another program's row makes it ours,
-- where Adopt would: one's own, or anybody's for an admin.
create or replace function queue_desk.retry(p_ids uuid[], p_as_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_ids uuid[] := queue_desk.asked_for(p_ids);
  v_may uuid[];
  v_changed uuid[];
  v_reasons text[];
begin
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('prepare'));
  perform queue_desk.begin_action('retry', 'person', v_user);
  v_may := queue_desk.may_touch(v_ids, v_user);
  if not queue_desk.is_admin() then
    v_may := array(select m.id from public.whatsapp_message_queue m where m.id = any (v_may)
      and (m.user_id = v_user or exists (select from queue_desk.adopted a where a.message_id = m.id)));
  end if;
  select coalesce(array_agg(r.message_id) filter (where r.reason is null), '{}'), array_agg(r.reason) into v_changed, v_reasons
  from queue_desk.requeue(array(select i.id from unnest(v_ids) with ordinality i (id, n) where i.id = any (v_may) order by i.n), true) r;
  insert into queue_desk.adopted (message_id, by) select i.id, coalesce(queue_desk.current_user_id(), v_user) from unnest(v_changed) i (id) on conflict do nothing;
  return queue_desk.write_receipt('retry', cardinality(v_ids), cardinality(v_changed), queue_desk.count_reasons(v_reasons || array(
    select case when m.id is null then 'not_found' else 'no_access' end
    from unnest(v_ids) i (id) left join public.whatsapp_message_queue m on m.id = i.id where not i.id = any (v_may))),
    null, jsonb_build_object('message_ids', v_changed));
end $$;
