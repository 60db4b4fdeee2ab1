-- The numbers of the sidebar in one moment: messages by lane, why the due ones are held, each operator's day. At most 2,000 due
-- messages of ours are asked why, the rest of them counts as queued. Locks: none. Index: queue_status, (scheduled_for) where queued.
with clock as materialized (select queue_desk.now() as at),
-- At most 10,001 of each: who has more wants to know that they are many, and a scan of a million rows costs a second. What is unknown
-- is looked for among all that failed.
word as materialized (
  (select 'queued' as lane, 'queued' as word from public.whatsapp_message_queue where queue_status = 'queued' limit 10001)
  union all (select 'sending', 'sending' from public.whatsapp_message_queue where queue_status = 'sending' limit 10001)
  union all (select case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end, 'sent'
    from public.whatsapp_message_queue m where m.queue_status = 'sent' limit 10001)
  union all (select 'failed', 'failed' from public.whatsapp_message_queue where queue_status = 'failed' and error_code is distinct from 'outcome_unknown' limit 10001)
  union all (select 'unknown', 'unknown' from public.whatsapp_message_queue where queue_status = 'failed' and error_code = 'outcome_unknown' limit 10001)
  union all (select 'cancelled', 'cancelled' from public.whatsapp_message_queue where queue_status = 'cancelled' limit 10001)
  union all (select 'cancelled', 'none' from public.whatsapp_message_queue where queue_status is null limit 10001)),
by_lane as (select w.lane, count(*)::integer as count from word w group by w.lane),
many as (select case w.word when 'none' then 'cancelled' else w.word end as lane from word w group by w.word having count(*) > 10000),
due as materialized (
  select m.id, a.message_id is not null as ours from public.whatsapp_message_queue m cross join clock left join queue_desk.adopted a on a.message_id = m.id
  where m.queue_status = 'queued' and (m.scheduled_for <= clock.at or m.scheduled_for is null)),
asked as materialized (select array_agg(d.id) as ids from (select due.id from due where due.ours limit 2000) d),
held as materialized (
  select g.reason, count(*) as count, min(g.next_at) as next_at from asked cross join lateral queue_desk.gates(asked.ids) g group by g.reason
  union all
  select 'not_adopted', count(*), null from due where not due.ours having count(*) > 0),
pause as (select p.by, p.reason, p.at, queue_desk.sane(p.until) as until from queue_desk.pause p, clock
  where p.scope = 'all' and (p.until is null or p.until > clock.at)),
operators as (
  select o.user_id, o.name, s.day_cap, s.zone,
    date_trunc('day', clock.at at time zone s.zone) at time zone s.zone as from_at,
    (date_trunc('day', clock.at at time zone s.zone) + interval '1 day') at time zone s.zone as to_at
  from queue_desk.operator o cross join clock cross join lateral queue_desk.operator_settings(o.user_id) s where o.active)
select jsonb_build_object(
  'at', (select at from clock),
  'lanes', jsonb_build_object('queued', 0, 'held', 0, 'sending', 0, 'sent', 0, 'delivered', 0, 'failed', 0, 'unknown', 0, 'cancelled', 0)
    || coalesce((select jsonb_object_agg(b.lane, b.count) from by_lane b), '{}')
    || (select jsonb_build_object('held', coalesce(sum(h.count), 0),
        'queued', coalesce((select b.count from by_lane b where b.lane = 'queued'), 0) - coalesce(sum(h.count), 0)) from held h),
  'more', coalesce((select jsonb_agg(distinct x.lane) from (select m.lane from many m union all select 'delivered' from many m where m.lane = 'sent') x), '[]'),
  'held', coalesce((select jsonb_agg(jsonb_build_object('reason', h.reason, 'count', h.count, 'next_at', h.next_at) order by h.count desc, h.reason) from held h), '[]'),
  'due', (select count(*) from due) - (select coalesce(sum(h.count), 0) from held h),
  'paused', exists (select from pause),
  'pause', (select jsonb_build_object('by_name', o.name, 'by_me', coalesce(p.by = queue_desk.current_user_id(), false), 'reason', p.reason, 'at', p.at, 'until', p.until)
    from pause p left join queue_desk.operator o on o.user_id = p.by),
  'operators', coalesce((select jsonb_agg(jsonb_build_object('user_id', o.user_id, 'name', o.name, 'cap', o.day_cap,
      'used', coalesce((select w.used from queue_desk.limit_window w where w.scope = 'operator_day' and w.subject = o.user_id and w.starts_at = o.from_at), 0),
      'planned', (select count(*) from public.whatsapp_message_queue m where m.user_id = o.user_id and m.queue_status = 'queued'
        and m.scheduled_for >= o.from_at and m.scheduled_for < o.to_at)) order by o.name) from operators o), '[]'),
  'next_at', (select least(
      (select queue_desk.sane(m.scheduled_for) from public.whatsapp_message_queue m cross join clock
        where m.queue_status = 'queued' and m.scheduled_for > clock.at and exists (select from queue_desk.adopted a where a.message_id = m.id)
        order by m.scheduled_for limit 1),
      (select min(h.next_at) from held h))))
