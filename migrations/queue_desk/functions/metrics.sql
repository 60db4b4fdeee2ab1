-- The figures of a range of local days, from the deliveries (the authority) and the rows of the CRM that they prove. Judges access itself, in
-- one query and without row security, because a rule that is asked for each of a million rows costs seconds: what counts is what row
-- security shows (0007_crm_row_security.sql): the caller's own, those of the caller's clients, of leads that the caller may access, and of
-- the shared pool. Being an admin widens nothing. `hidden` is how many of the range are not counted for that.
--
-- p_days: that many days up to today; else p_from to p_to, each today where null; at most 366. The days are those of the operator asked
-- for, else the caller's. A message counts by its last attempt, at the moment of its dispatch; one that failed and was tried again is not
-- failed. Simulated deliveries count on a sample only. Compared with: the same hours of the last working day for one day, else the days
-- before, up to the same hour where the range ends today. Index: queue_desk.delivery_dispatched.
create or replace function queue_desk.metrics(p_days integer, p_from date, p_to date, p_operator uuid) returns jsonb
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  v_me uuid := queue_desk.current_user_id();
  v_now timestamptz := queue_desk.now();
  v_clients uuid[] := queue_desk.clients_of(v_me);
  v_projects uuid[] := queue_desk.projects_of(v_me);
  v_leads uuid[] := queue_desk.leads_of(v_me);
  v_pool boolean := queue_desk.pool_open();
  v_sample boolean;
  v_shift interval;
  s record;
  v_today date;
  v_from date;
  v_to date;
  v_days integer;
  v_past date;
  v_start timestamptz;
  v_end timestamptz;
  v_past_start timestamptz;
  v_past_end timestamptz;
  v_horizon timestamptz;
  v_result jsonb;
begin
  if v_me is null then
    raise exception 'The login "%" is not mapped to an active operator: it sees no messages, so there is nothing to count.', session_user
      using errcode = 'QD001', hint = 'Ask your admin to map it in the list of operators.';
  end if;
  if p_operator is not null and not exists (select from queue_desk.operator o where o.user_id = p_operator) then
    raise exception 'There is no operator with this id.' using errcode = 'QD001', hint = 'Choose one of the list of operators.';
  end if;
  select i.kind = 'sample', i.clock_offset into v_sample, v_shift from queue_desk.instance i;
  select * into s from queue_desk.operator_settings(coalesce(p_operator, v_me));
  v_today := (v_now at time zone s.zone)::date;
  if p_days is not null and (p_from is not null or p_to is not null) then
    raise exception 'Give a number of days or a range, not both.' using errcode = 'QD008';
  elsif p_days not between 1 and 366 then
    raise exception 'At most 366 days can be counted at once, and at least one.' using errcode = 'QD008', hint = 'Choose a shorter range.';
  end if;
  v_to := coalesce(p_to, v_today);
  v_from := coalesce(p_from, case when p_days is null then v_to else v_today - p_days + 1 end);
  if v_from > v_to then
    raise exception 'The range ends before it begins (% to %).', v_from, v_to using errcode = 'QD008', hint = 'Give the earlier day first.';
  elsif v_to - v_from >= 366 then
    raise exception 'At most 366 days can be counted at once; % to % are %.', v_from, v_to, v_to - v_from + 1
      using errcode = 'QD008', hint = 'Choose a shorter range.';
  elsif v_from < '2000-01-01' or v_to > v_today + 3660 then
    raise exception 'There is nothing to count from % to %.', v_from, v_to using errcode = 'QD008', hint = 'Choose days from 2000 on.';
  end if;
  v_days := v_to - v_from + 1;
  v_start := v_from::timestamp at time zone s.zone;
  v_end := (v_to + 1)::timestamp at time zone s.zone;
  v_past := v_from - v_days;
  if v_days = 1 and not s.always_open then
    select coalesce(max(d.day), v_past) into v_past from (select v_from - n as day from generate_series(1, 7) n) d
    where (extract(dow from d.day)::integer = any (s.work_days) or s.weekends) and not d.day::text = any (s.holidays);
  end if;
  v_past_start := v_past::timestamp at time zone s.zone;
  v_past_end := case when v_today between v_from and v_to then ((v_now at time zone s.zone) - (v_from - v_past) * interval '1 day') at time zone s.zone
    else (v_past + v_days)::timestamp at time zone s.zone end;
  -- What waits is of now, whatever was asked: slots of the range, and of today and tomorrow, where the operators' days end.
  v_horizon := greatest(v_end, v_now + interval '2 days');

  with bar as materialized (
    select n, case when v_days = 1 then v_start + n * interval '1 hour' else (v_from + n)::timestamp at time zone s.zone end as at
    from generate_series(0, case when v_days = 1 then ceil(extract(epoch from v_end - v_start) / 3600)::integer else v_days end - 1) n),
  found as materialized (
    select d.message_id, d.user_id, d.dispatched_at, d.due_at, d.dispatched_at >= v_start as recent, case when d.outcome = 'not_sent' then 'failed' else d.outcome end as outcome,
      case d.outcome when 'failed' then coalesce(d.error_code, 'failed') when 'not_sent' then 'resolved_not_sent' end as code,
      coalesce(d.user_id = v_me or d.client_id = any (v_clients) or (v_pool and d.client_id is null and d.lead_id is null)
        or exists (select from public.leads l where l.id = d.lead_id and (l.client_id = any (v_clients) or l.current_project_id = any (v_projects)
          or l.id = any (v_leads) or (v_pool and d.client_id is null and l.client_id is null))), false) as seen
    from queue_desk.delivery d
    where d.dispatched_at >= v_past_start and d.dispatched_at < v_end and (d.dispatched_at >= v_start or d.dispatched_at < v_past_end)
      and (d.outcome in ('sent', 'failed', 'unknown') or (d.outcome = 'not_sent' and d.reason = 'resolved'))
      and (v_sample or not d.simulated) and (p_operator is null or d.user_id = p_operator)
      and (d.outcome = 'sent' or not exists (select from queue_desk.delivery x where x.message_id = d.message_id and x.attempt > d.attempt))),
  attempt as materialized (
    select f.message_id, f.user_id, f.recent, f.outcome, f.code,
      case when f.outcome = 'sent' then extract(epoch from greatest(f.dispatched_at, f.due_at) - f.due_at)::double precision end as wait,
      case when not f.recent then null when v_days = 1 then floor(extract(epoch from f.dispatched_at - v_start) / 3600)::integer
        else (f.dispatched_at at time zone s.zone)::date - v_from end as n
    from found f where f.seen),
  -- What the provider said later is in the CRM's rows. Each by its key (offset 0): the planner would rather read the whole queue.
  status as materialized (
    select a.recent, count(*) filter (where m.delivered_at is not null or m.read_at is not null) as delivered, count(m.read_at) as read from attempt a
    cross join lateral (select q.delivered_at, q.read_at from public.whatsapp_message_queue q where q.id = a.message_id offset 0) m
    where a.outcome = 'sent' group by 1),
  cancelled as (
    select m.updated_at + v_shift >= v_start as recent, count(*) as count from public.whatsapp_message_queue m
    where m.queue_status = 'cancelled' and m.updated_at >= v_past_start - v_shift and m.updated_at < v_end - v_shift
      and (m.updated_at >= v_start - v_shift or m.updated_at < v_past_end - v_shift) and (p_operator is null or m.user_id = p_operator)
      and (m.user_id = v_me or m.client_id = any (v_clients) or (v_pool and m.client_id is null and m.lead_id is null)
        or exists (select from public.leads l where l.id = m.lead_id and (l.client_id = any (v_clients) or l.current_project_id = any (v_projects)
          or l.id = any (v_leads) or (v_pool and m.client_id is null and l.client_id is null))))
    group by 1),
  total as (
    select p.recent, jsonb_build_object('sent', count(a.outcome) filter (where a.outcome = 'sent'), 'delivered', coalesce((select x.delivered from status x where x.recent = p.recent), 0), 'read', coalesce((select x.read from status x where x.recent = p.recent), 0),
      'failed', count(a.outcome) filter (where a.outcome = 'failed'),
      'unknown', count(a.outcome) filter (where a.outcome = 'unknown'), 'cancelled', coalesce((select c.count from cancelled c where c.recent = p.recent), 0),
      'wait_half', round(percentile_cont(0.5) within group (order by a.wait)), 'wait_most', round(percentile_cont(0.95) within group (order by a.wait))) as figures
    from (values (true), (false)) p (recent) left join attempt a on a.recent = p.recent group by p.recent),
  past_bar as (
    select a.n, count(*) filter (where a.outcome = 'sent') as sent, count(*) filter (where a.outcome = 'failed') as failed, count(*) filter (where a.outcome = 'unknown') as unknown,
      round(percentile_cont(0.5) within group (order by a.wait)) as wait_half, round(percentile_cont(0.95) within group (order by a.wait)) as wait_most
    from attempt a where a.recent group by a.n),
  queue as not materialized (
    select m.id, m.user_id, m.scheduled_for, a.message_id is not null as ours
    from public.whatsapp_message_queue m left join queue_desk.adopted a on a.message_id = m.id
    where m.queue_status = 'queued' and (p_operator is null or m.user_id = p_operator)
      and (m.user_id = v_me or m.client_id = any (v_clients) or (v_pool and m.client_id is null and m.lead_id is null)
        or exists (select from public.leads l where l.id = m.lead_id and (l.client_id = any (v_clients) or l.current_project_id = any (v_projects)
          or l.id = any (v_leads) or (v_pool and m.client_id is null and l.client_id is null))))),
  due as materialized (select q.* from queue q where q.scheduled_for is null or q.scheduled_for <= v_now),
  -- As the sidebar asks (src-tauri/sql/message/counts.sql): at most 2,000, the rest counts as planned.
  asked as materialized (select array_agg(q.id) as ids from (select x.id from due x where x.ours limit 2000) q),
  gate as materialized (select g.* from asked cross join lateral queue_desk.gates(asked.ids) g),
  waiting as materialized (
    select q.user_id, queue_desk.sane(q.scheduled_for) as slot, q.ours, case when q.ours then g.reason else 'not_adopted' end as reason, g.detail, g.next_at,
      not q.ours or g.message_id is not null as held
    from due q left join gate g on g.message_id = q.id),
  -- Every zone is whole quarters of an hour away from UTC.
  ahead as materialized (
    select q.user_id, to_timestamp(floor(extract(epoch from q.scheduled_for) / 900) * 900) as at, count(*) as count, count(*) filter (where q.ours) as ours
    from queue q where q.scheduled_for > v_now and q.scheduled_for < v_horizon group by 1, 2),
  -- Held: when it was due. Planned: its slot, and what may go this moment now.
  coming as (
    select case when w.at < v_start or w.at >= v_end then null when v_days = 1 then floor(extract(epoch from w.at - v_start) / 3600)::integer
        else (w.at at time zone s.zone)::date - v_from end as n, sum(w.held) as held, sum(w.planned) as planned
    from (select x.slot as at, 1 as held, 0 as planned from waiting x where x.held
      union all select v_now, 0, 1 from waiting x where not x.held
      union all select x.at, 0, x.ours from ahead x where x.ours > 0) w group by 1),
  operators as (
    select o.user_id, o.name, o.active, c.day_cap, date_trunc('day', v_now at time zone c.zone) at time zone c.zone as from_at,
      (date_trunc('day', v_now at time zone c.zone) + interval '1 day') at time zone c.zone as to_at
    from queue_desk.operator o cross join lateral queue_desk.operator_settings(o.user_id) c
    where (p_operator is null or o.user_id = p_operator) and (o.active or o.user_id = p_operator or exists (select from attempt a where a.recent and a.user_id = o.user_id))),
  spark as (
    select x.user_id, jsonb_object_agg(x.n, x.sent) as sent, sum(x.sent) as total, sum(x.failed) as failed from (
      select a.user_id, a.n, count(*) filter (where a.outcome = 'sent') as sent, count(*) filter (where a.outcome = 'failed') as failed
      from attempt a where a.recent group by a.user_id, a.n) x group by x.user_id),
  longest as (
    select w.user_id, count(*) as count, min(w.slot) as since, round(percentile_cont(0.5) within group (order by extract(epoch from v_now - w.slot)::double precision)) as half,
      (array_agg(w.reason order by w.slot))[1] as reason, (array_agg(w.detail order by w.slot))[1] as detail, (array_agg(w.next_at order by w.slot))[1] as next_at
    from waiting w where w.ours and w.slot is not null and w.user_id is not null group by w.user_id)
  select jsonb_build_object(
    'at', v_now, 'zone', s.zone, 'from', v_from, 'to', v_to, 'today', v_today, 'sample', v_sample, 'hourly', v_days = 1, 'ends_at', v_end,
    'totals', (select t.figures from total t where t.recent),
    'before', (select t.figures from total t where not t.recent) || jsonb_build_object('from', v_past, 'to', v_past + v_days - 1, 'until', v_past_end,
      'whole', not v_today between v_from and v_to),
    'bars', (select jsonb_agg(jsonb_build_object('at', b.at,
        'local', to_char(b.at at time zone s.zone, case when v_days = 1 then 'YYYY-MM-DD HH24:MI' else 'YYYY-MM-DD' end), 'sent', coalesce(p.sent, 0), 'failed', coalesce(p.failed, 0), 'unknown', coalesce(p.unknown, 0),
        'held', coalesce(c.held, 0), 'planned', coalesce(c.planned, 0), 'wait_half', p.wait_half, 'wait_most', p.wait_most) order by b.n)
      from bar b left join past_bar p on p.n = b.n left join coming c on c.n = b.n),
    'operators', (select coalesce(jsonb_agg(jsonb_build_object('user_id', o.user_id, 'name', o.name, 'active', o.active, 'cap', o.day_cap,
        'used', coalesce((select w.used from queue_desk.limit_window w where w.scope = 'operator_day' and w.subject = o.user_id and w.starts_at = o.from_at), 0),
        'reserved', (select count(*) from waiting w where w.user_id = o.user_id and w.slot >= o.from_at and w.slot < o.to_at)
          + (select coalesce(sum(x.count), 0) from ahead x where x.user_id = o.user_id and x.at >= o.from_at and x.at < o.to_at),
        'sent', coalesce(k.total, 0), 'failed', coalesce(k.failed, 0),
        'spark', (select jsonb_agg(coalesce((k.sent ->> b.n::text)::integer, 0) order by b.n) from bar b)) order by o.name, o.user_id), '[]')
      from operators o left join spark k on k.user_id = o.user_id),
    'waiting', (select coalesce(jsonb_agg(jsonb_build_object('user_id', l.user_id, 'name', o.name, 'count', l.count, 'since', l.since, 'half', l.half,
        'reason', l.reason, 'detail', l.detail, 'next_at', l.next_at) order by l.since, l.user_id), '[]')
      from longest l left join queue_desk.operator o on o.user_id = l.user_id),
    'failures', (select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'count', f.count) order by f.count desc, f.code), '[]')
      from (select a.code, count(*) as count from attempt a where a.recent and a.outcome = 'failed' group by a.code) f),
    'hidden', (select count(*) from found f where f.recent and not f.seen))
  into v_result;
  return v_result;
end $$;

-- Writes the CRM's own figures (public.queue_performance_metrics), a row per operator and local day, anew from the deliveries: the days of a
-- range, or, without one, those that can have changed: the last three, and older ones on which something was settled since. Written only
-- where something is different, so twice is as once; update, else insert, under one lock, because a CRM may lack the unique key. Simulated
-- deliveries count on a sample only, and a day on which nothing was dispatched has no row. A person who asks gets a receipt.
-- Locks: advisory `queue_desk`/`figures` (who comes second has nothing to do); the rows written.
create or replace function queue_desk.write_figures(p_from date, p_to date, p_asked boolean) returns jsonb
language plpgsql volatile security definer set search_path = '' set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  v_now timestamptz := queue_desk.now();
  v_sample boolean := (select i.kind = 'sample' from queue_desk.instance i);
  v_since timestamptz;
  v_until timestamptz;
  v_days integer := 0;
  v_written integer := 0;
  f record;
begin
  if not queue_desk.is_mapped() then
    raise exception 'The login "%" is not mapped to an active operator. Nothing was written.', session_user
      using errcode = 'QD001', hint = 'Ask your admin to map it in the list of operators.';
  end if;
  if p_asked then
    perform queue_desk.refuse_old_app();
    if p_from > p_to or p_to - p_from >= 366 then
      raise exception 'The figures of 1 to 366 days can be written at once, the earlier day first. Nothing was written.'
        using errcode = 'QD008', hint = 'Choose a shorter range.';
    end if;
    perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('figures'));
    perform queue_desk.begin_action('write_figures', 'person', queue_desk.current_user_id());
  elsif not pg_try_advisory_xact_lock(hashtext('queue_desk'), hashtext('figures')) then
    return jsonb_build_object('busy', true, 'days', 0, 'written', 0);
  end if;
  -- Wide enough for every zone; each operator's own days are cut out below.
  v_since := coalesce(p_from::timestamp at time zone 'UTC' - interval '1 day', v_now - interval '31 days');
  v_until := coalesce((p_to + 2)::timestamp at time zone 'UTC', v_now + interval '1 day');
  for f in
    with person as materialized (
      select o.user_id, c.zone from queue_desk.operator o cross join lateral queue_desk.operator_settings(o.user_id) c
      where exists (select from auth.users u where u.id = o.user_id)),
    -- The last attempt of each message.
    attempt as materialized (
      select d.*, p.zone, (d.dispatched_at at time zone p.zone)::date as day from queue_desk.delivery d join person p on p.user_id = d.user_id
      where d.dispatched_at >= v_since and d.dispatched_at < v_until and (v_sample or not d.simulated)
        and (d.outcome in ('sent', 'failed', 'unknown') or (d.outcome = 'not_sent' and d.reason = 'resolved'))
        and (d.outcome = 'sent' or not exists (select from queue_desk.delivery x where x.message_id = d.message_id and x.attempt > d.attempt))),
    changed as materialized (
      select a.user_id, a.day, min(a.zone) as zone from attempt a
      where a.day between coalesce(p_from, '-infinity') and coalesce(p_to, 'infinity') group by a.user_id, a.day
      having p_from is not null or a.day >= (v_now at time zone min(a.zone))::date - 2 or max(a.settled_at) >= v_now - interval '3 days'),
    one as (
      select a.user_id, a.day, a.lead_id, case a.outcome when 'unknown' then 'outcome_unknown' when 'not_sent' then 'resolved_not_sent' else coalesce(a.error_code, 'failed') end as code,
        case a.outcome when 'not_sent' then 'failed' else a.outcome end as outcome,
        extract(epoch from a.finished_at - a.dispatched_at) as took, to_char(a.dispatched_at at time zone a.zone, 'HH24') as hour,
        case when a.outcome = 'sent' then extract(epoch from greatest(a.dispatched_at, a.due_at) - a.due_at) / 60 end as wait
      from attempt a join changed c on c.user_id = a.user_id and c.day = a.day),
    slot as (
      select c.user_id, c.day, count(distinct m.lead_id)::integer as queued, (count(distinct m.lead_id) filter (where m.queue_status = 'cancelled'))::integer as cancelled
      from changed c join public.whatsapp_message_queue m on m.user_id = c.user_id and m.scheduled_for >= c.day::timestamp at time zone c.zone
        and m.scheduled_for < (c.day + 1)::timestamp at time zone c.zone
      join queue_desk.adopted d on d.message_id = m.id group by c.user_id, c.day),
    hours as (
      select h.user_id, h.day, jsonb_object_agg(h.hour, h.count order by h.hour) as counts from (
        select o.user_id, o.day, o.hour, count(*) as count from one o where o.outcome = 'sent' group by 1, 2, 3) h group by 1, 2),
    errors as (
      select e.user_id, e.day, jsonb_object_agg(e.code, e.count) as counts from (
        select o.user_id, o.day, o.code, count(*) as count
        from one o where o.outcome <> 'sent' group by 1, 2, 3) e group by 1, 2),
    figures as (
      select o.user_id, o.day, count(distinct o.lead_id)::integer as processed, (count(distinct o.lead_id) filter (where o.outcome = 'sent'))::integer as sent,
        (count(distinct o.lead_id) filter (where o.outcome = 'failed'))::integer as failed,
        round(avg(o.took) filter (where o.outcome in ('sent', 'failed')))::integer as took, round(avg(o.wait)::numeric, 2) as wait,
        round(100.0 * count(*) filter (where o.outcome = 'sent') / count(*), 2) as success, round(100.0 * count(*) filter (where o.outcome = 'failed') / count(*), 2) as failure,
        round(count(*) filter (where o.outcome = 'sent')::numeric / nullif(count(distinct o.hour) filter (where o.outcome = 'sent'), 0), 2) as pace
      from one o group by 1, 2)
    select g.*, coalesce(s.queued, 0) as queued, coalesce(s.cancelled, 0) as cancelled, coalesce(h.counts, '{}') as hours, coalesce(e.counts, '{}') as errors
    from figures g left join slot s on s.user_id = g.user_id and s.day = g.day left join hours h on h.user_id = g.user_id and h.day = g.day
    left join errors e on e.user_id = g.user_id and e.day = g.day order by g.user_id, g.day
  loop
    v_days := v_days + 1;
    update public.queue_performance_metrics m set leads_processed = f.processed, leads_queued = f.queued, leads_sent = f.sent, leads_failed = f.failed,
      leads_cancelled = f.cancelled, average_processing_time_seconds = f.took, queue_wait_time_avg_minutes = f.wait, success_rate = f.success,
      failure_rate = f.failure, throughput_per_hour = f.pace, hourly_distribution = f.hours, error_breakdown = f.errors
    where m.user_id = f.user_id and m.metric_date = f.day
      and (m.leads_processed, m.leads_queued, m.leads_sent, m.leads_failed, m.leads_cancelled, m.average_processing_time_seconds, m.queue_wait_time_avg_minutes,
        m.success_rate, m.failure_rate, m.throughput_per_hour, m.hourly_distribution, m.error_breakdown)
      is distinct from (f.processed, f.queued, f.sent, f.failed, f.cancelled, f.took, f.wait, f.success, f.failure, f.pace, f.hours, f.errors);
    if found then
      v_written := v_written + 1;
    elsif not exists (select from public.queue_performance_metrics m where m.user_id = f.user_id and m.metric_date = f.day) then
      insert into public.queue_performance_metrics (user_id, metric_date, leads_processed, leads_queued, leads_sent, leads_failed, leads_cancelled,
        average_processing_time_seconds, queue_wait_time_avg_minutes, success_rate, failure_rate, throughput_per_hour, hourly_distribution, error_breakdown)
      values (f.user_id, f.day, f.processed, f.queued, f.sent, f.failed, f.cancelled, f.took, f.wait, f.success, f.failure, f.pace, f.hours, f.errors);
      v_written := v_written + 1;
    end if;
  end loop;
  if not p_asked then
    return jsonb_build_object('busy', false, 'days', v_days, 'written', v_written);
  end if;
  return queue_desk.write_receipt('write_figures', v_days, v_written,
    case when v_days > v_written then jsonb_build_array(jsonb_build_object('reason', 'unchanged', 'count', v_days - v_written)) end, null,
    jsonb_build_object('from', p_from, 'to', p_to));
end $$;
