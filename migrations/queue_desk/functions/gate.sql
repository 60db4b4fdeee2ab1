-- What stops all messages of one operator right now, and until when; no row: nothing does.
create or replace function queue_desk.operator_gate(p_user uuid) returns table (reason text, detail text, next_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
declare
  v_now timestamptz := queue_desk.now();
  s record;
  v_day timestamptz;
  v_hour timestamptz;
  v_used integer;
  v_open timestamptz;
begin
  if not exists (select from queue_desk.operator o where o.user_id = p_user and o.active) then
    return query select 'operator_inactive', null::text, null::timestamptz;
    return;
  end if;
  return query select 'paused', p.reason, p.until from queue_desk.pause p
    where (p.scope = 'all' or (p.scope = 'operator' and p.subject = p_user::text)) and (p.until is null or p.until > v_now);
  select * into s from queue_desk.settings_of(p_user);
  v_open := queue_desk.open_from(p_user, v_now);
  if v_open is distinct from v_now then
    return query select 'outside_hours', null::text, v_open;
  end if;
  v_day := date_trunc('day', v_now at time zone s.zone) at time zone s.zone;
  v_hour := date_trunc('hour', v_now at time zone s.zone) at time zone s.zone;
  select w.used into v_used from queue_desk.limit_window w where w.scope = 'operator_day' and w.subject = p_user and w.starts_at = v_day;
  if coalesce(v_used, 0) >= s.day_cap then
    return query select 'day_cap', format('%s/%s', coalesce(v_used, 0), s.day_cap),
      queue_desk.open_from(p_user, (date_trunc('day', v_now at time zone s.zone) + interval '1 day') at time zone s.zone);
  end if;
  select w.used into v_used from queue_desk.limit_window w where w.scope = 'operator_hour' and w.subject = p_user and w.starts_at = v_hour;
  if coalesce(v_used, 0) >= s.hour_cap then
    return query select 'hour_cap', format('%s/%s', coalesce(v_used, 0), s.hour_cap), queue_desk.open_from(p_user, v_hour + interval '1 hour');
  end if;
end $$;

-- The gate, apart from what concerns a whole operator: every reason for which a queued or claimed message may not go now, and
-- when that reason ends (null: when a person acts). One predicate for the dispatcher and for the screen. Each reason is one
-- SELECT; a new reason is a new SELECT. Inlined into its callers, so a condition on message_id reaches the index.
create or replace function queue_desk.message_gate() returns table (message_id uuid, reason text, detail text, next_at timestamptz)
language sql stable as $$
  select m.id, r.reason, r.detail, r.next_at
  from public.whatsapp_message_queue m
  cross join lateral (select queue_desk.now() as at) clock
  cross join lateral (
    select 'not_adopted' as reason, null::text as detail, null::timestamptz as next_at
      where not exists (select from queue_desk.adopted a where a.message_id = m.id)
    union all
    -- The delivery is the authority: a row that another program put back to queued is neither free nor unsent.
    select case when d.finished_at is null then 'on_the_wire' else 'already_sent' end, null, null from queue_desk.delivery d
      where d.message_id = m.id and ((d.finished_at is null and m.queue_status = 'queued')
        or (d.dispatched_at is not null and (d.outcome = 'sent' or (d.outcome = 'unknown' and d.settled_at is null))))
    union all
    select 'no_lead', null, null where m.lead_id is null
    union all
    select 'no_user', null, null where m.user_id is null
    union all
    select 'not_due', null, queue_desk.sane(greatest(m.scheduled_for, m.send_after))
      where m.scheduled_for is null or greatest(m.scheduled_for, m.send_after) > clock.at
    union all
    select 'too_old', null, null where m.scheduled_for < clock.at - interval '48 hours'
    union all
    select 'expired', null, null where m.expires_at <= clock.at
    union all
    select 'quiet_hours', case when q.guessed then 'zone_unknown' end, q.until from queue_desk.quiet_until(m.recipient_phone, m.user_id, clock.at) q
    union all
    select 'paused', p.reason, p.until from queue_desk.pause p
      where (p.until is null or p.until > clock.at) and ((p.scope = 'lead' and p.subject = m.lead_id::text)
        or (p.scope = 'client' and (p.subject = m.client_id::text or p.subject = (select l.client_id::text from public.leads l where l.id = m.lead_id)))
        or (p.scope = 'template' and p.subject = coalesce(m.template_name, m.message_template)))
    union all
    select 'opted_out', null, null where exists (select from queue_desk.opt_out o where o.lead_id = m.lead_id)
      or exists (select from queue_desk.opt_out o where o.phone_hash = queue_desk.phone_hash(m.recipient_phone))
    union all
    select 'taken', o.name, null from queue_desk.lead_gate g left join queue_desk.operator o on o.user_id = g.owner
      where g.lead_id = m.lead_id and g.owner is not null
    union all
    select 'same_person_taken', min(o.name), null
      -- phone_key, written out as in index queue_desk_lead_phone.
      from public.leads l join queue_desk.lead_gate g on g.lead_id = l.id left join queue_desk.operator o on o.user_id = g.owner
      where g.owner is not null and l.id is distinct from m.lead_id
        and right(regexp_replace(l.phone, '[^0-9]', '', 'g'), 9) = queue_desk.phone_key(m.recipient_phone)
      having count(*) > 0
    union all
    select 'unknown_open', null, null where exists (
        select from queue_desk.delivery d where d.lead_id = m.lead_id and d.outcome = 'unknown' and d.settled_at is null)
      or exists (select from queue_desk.delivery d
        where d.phone_hash = queue_desk.phone_hash(m.recipient_phone) and d.outcome = 'unknown' and d.settled_at is null)
    union all
    -- Two leads with one phone may both have been planned, and an adopted row may spell its lead's phone in another way: the second
    -- waits out the cool-down.
    select 'contacted_recently', null, d.at + s.cool_down
      from (select max(x.dispatched_at) as at from (
          select y.message_id, y.dispatched_at, y.outcome from queue_desk.delivery y where y.phone_hash = queue_desk.phone_hash(m.recipient_phone)
          union all select y.message_id, y.dispatched_at, y.outcome from queue_desk.delivery y where y.lead_id = m.lead_id) x
        where x.message_id <> m.id and x.dispatched_at >= coalesce(m.queued_at, m.created_at, '-infinity')
          and coalesce(x.outcome, 'sent') in ('sent', 'unknown') having count(*) > 0) d
      cross join lateral queue_desk.settings_of(m.user_id) s
      where d.at + s.cool_down > clock.at
  ) r
  where m.queue_status in ('queued', 'sending')
$$;

-- Every reason for one message, for the dispatcher, the row on the screen and the lead's page. plpgsql, because it keeps its plan. For a
-- login that is nobody's (any more) that is the one reason: it is told nothing, and dispatches nothing.
create or replace function queue_desk.gate(p_message uuid) returns table (reason text, detail text, next_at timestamptz)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
begin
  if not queue_desk.is_known() then
    return query select 'no_operator', null::text, null::timestamptz;
    return;
  end if;
  return query
  select g.reason, g.detail, g.next_at from queue_desk.message_gate() g where g.message_id = p_message
  union all
  select o.reason, o.detail, o.next_at from public.whatsapp_message_queue m cross join lateral queue_desk.operator_gate(m.user_id) o
  where m.id = p_message and m.user_id is not null and m.queue_status in ('queued', 'sending');
end $$;

-- The reason that decides when each of these messages goes: one that waits for a person first, else the one that ends last. A login that is
-- nobody's is told of none.
create or replace function queue_desk.gates(p_messages uuid[]) returns table (message_id uuid, reason text, detail text, next_at timestamptz)
language sql stable security definer set search_path = '' as $$
  with operators as materialized (
    select u.user_id, o.reason, o.detail, o.next_at
    from (select distinct m.user_id from public.whatsapp_message_queue m where m.id = any (p_messages) and m.queue_status = 'queued' and m.user_id is not null) u
    cross join lateral queue_desk.operator_gate(u.user_id) o)
  select distinct on (g.message_id) g.message_id, g.reason, g.detail, g.next_at from (
    -- Other programs' rows may be many, and one reason is enough for them.
    select m.id as message_id, 'not_adopted' as reason, null::text as detail, null::timestamptz as next_at from public.whatsapp_message_queue m
    where m.id = any (p_messages) and m.queue_status = 'queued' and not exists (select from queue_desk.adopted a where a.message_id = m.id)
    union all
    select mg.message_id, mg.reason, mg.detail, mg.next_at from queue_desk.message_gate() mg
    where mg.message_id = any (array(select a.message_id from queue_desk.adopted a where a.message_id = any (p_messages)))
    union all
    select m.id, o.reason, o.detail, o.next_at from public.whatsapp_message_queue m join operators o on o.user_id = m.user_id
    join queue_desk.adopted a on a.message_id = m.id
    where m.id = any (p_messages) and m.queue_status = 'queued') g
  where (select queue_desk.is_known())
  order by g.message_id, g.next_at desc nulls first, g.reason
$$;
