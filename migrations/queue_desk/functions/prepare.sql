-- Why a lead may not be queued, judged over all rows of the database and not only those that the caller sees: a desk that saw
-- only its own would message a colleague's lead again. At most one reason a lead.
create or replace function queue_desk.lead_reasons(p_leads uuid[], p_cool_down interval) returns table (lead_id uuid, reason text, detail text)
language sql stable security definer set search_path = '' as $$
  with clock as materialized (select queue_desk.now() - p_cool_down as since)
  select distinct on (r.lead_id) r.lead_id, r.reason, r.detail from (
    select o.lead_id, 'opted_out' as reason, null::text as detail, 1 as rank from queue_desk.opt_out o where o.lead_id = any (p_leads)
    union all
    select g.lead_id, 'taken', o.name, 2 from queue_desk.lead_gate g left join queue_desk.operator o on o.user_id = g.owner
      where g.owner is not null and g.lead_id = any (p_leads)
    union all
    select d.lead_id, 'unknown_open', null, 3 from queue_desk.delivery d
      where d.outcome = 'unknown' and d.settled_at is null and d.lead_id = any (p_leads)
    union all
    select m.lead_id, 'already_queued', null, 4 from public.whatsapp_message_queue m
      where m.queue_status in ('queued', 'sending') and m.lead_id = any (p_leads)
    union all
    select m.lead_id, 'contacted_recently', to_char(m.sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 5
      from public.whatsapp_message_queue m, clock where m.sent_at > clock.since and m.lead_id = any (p_leads)
    union all
    select d.lead_id, 'contacted_recently', to_char(d.dispatched_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 5
      from queue_desk.delivery d, clock
      where d.dispatched_at > clock.since and d.lead_id = any (p_leads) and coalesce(d.outcome, 'unknown') in ('sent', 'unknown')) r
  order by r.lead_id, r.rank, r.detail desc
$$;

-- The same for a phone (E.164): the person behind it may stand in the CRM under several leads.
create or replace function queue_desk.phone_reasons(p_phones text[], p_cool_down interval) returns table (phone text, reason text, detail text)
language sql stable security definer set search_path = '' as $$
  with clock as materialized (select queue_desk.now() - p_cool_down as since),
  p as materialized (select u.phone, queue_desk.phone_hash(u.phone) as hash, queue_desk.phone_key(u.phone) as key from unnest(p_phones) u (phone)),
  live as materialized (
    select queue_desk.phone_key(m.recipient_phone) as key from public.whatsapp_message_queue m where m.queue_status in ('queued', 'sending')),
  owned as materialized (
    select queue_desk.phone_key(l.phone) as key, o.name from queue_desk.lead_gate g join public.leads l on l.id = g.lead_id
    left join queue_desk.operator o on o.user_id = g.owner where g.owner is not null and l.phone is not null)
  select distinct on (r.phone) r.phone, r.reason, r.detail from (
    select p.phone, 'opted_out' as reason, null::text as detail, 1 as rank from p join queue_desk.opt_out o on o.phone_hash = p.hash
    union all
    select p.phone, 'same_person_taken', owned.name, 2 from p join owned on owned.key = p.key
    union all
    select p.phone, 'unknown_open', null, 3 from p join queue_desk.delivery d on d.phone_hash = p.hash
      where d.outcome = 'unknown' and d.settled_at is null
    union all
    select p.phone, 'already_queued', null, 4 from p join live on live.key = p.key
    union all
    select p.phone, 'contacted_recently', to_char(d.dispatched_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 5
      from p join queue_desk.delivery d on d.phone_hash = p.hash cross join clock
      where d.dispatched_at > clock.since and coalesce(d.outcome, 'unknown') in ('sent', 'unknown')) r
  order by r.phone, r.rank, r.detail desc
$$;

-- How many of an operator's messages already stand in a local day: queued or sending with a slot in it, or sent in it.
create or replace function queue_desk.day_load(p_user uuid, p_from timestamptz, p_to timestamptz) returns integer
language sql stable security definer set search_path = '' as $$
  select count(*)::integer from public.whatsapp_message_queue m
  where m.user_id = p_user and m.scheduled_for >= p_from and m.scheduled_for < p_to
    and (m.queue_status in ('queued', 'sending', 'sent') or (m.queue_status = 'failed' and m.error_code = 'outcome_unknown'))
$$;

-- What the planner needs to know about a day. `p_day` null: the next working day in the operator's zone. `windows` is empty on
-- a closed day; `day` is null when no working day comes within 60.
create or replace function queue_desk.prepare_day(p_as_user uuid, p_day date) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_now timestamptz := queue_desk.now();
  s record;
  v_today date;
  v_day date := p_day;
  v_from timestamptz;
begin
  select * into s from queue_desk.settings_of(v_user);
  v_today := (v_now at time zone s.zone)::date;
  if v_day is null then
    v_day := (queue_desk.open_from(v_user, (v_today + 1)::timestamp at time zone s.zone) at time zone s.zone)::date;
  end if;
  v_from := v_day::timestamp at time zone s.zone;
  return jsonb_build_object(
    'as_user', v_user,
    'operator', (select o.name from queue_desk.operator o where o.user_id = v_user),
    'today', v_today, 'day', v_day, 'zone', s.zone, 'now', v_now,
    'windows', coalesce((select jsonb_agg(jsonb_build_object('opens_at', lower(r), 'closes_at', upper(r)) order by lower(r))
      from unnest(queue_desk.open_ranges(v_user, v_day, v_day)) r), '[]'),
    'weekend', not coalesce(extract(dow from v_day)::integer = any (s.work_days), false),
    'day_cap', s.day_cap, 'per_hour', s.hour_cap,
    'already', case when v_day is null then 0
      else queue_desk.day_load(v_user, v_from, (v_day + 1)::timestamp at time zone s.zone) end,
    -- Slots of that day that are given away already; new ones keep their distance from them.
    'taken', coalesce((select jsonb_agg(m.scheduled_for order by m.scheduled_for) from public.whatsapp_message_queue m
      where m.user_id = v_user and m.queue_status in ('queued', 'sending') and m.scheduled_for >= v_from
        and m.scheduled_for < (v_day + 1)::timestamp at time zone s.zone), '[]'),
    'settings', (select jsonb_build_object('work_days', u.work_days, 'processing_targets', u.processing_targets, 'automation', u.automation, 'advanced', u.advanced)
      from public.user_queue_settings u where u.user_id = v_user),
    'template', (select i.settings -> 'template' from queue_desk.instance i),
    'phone_region', (select i.settings ->> 'phone_region' from queue_desk.instance i));
end $$;

-- The leads that the operator could queue: an eligible word and access; with `p_leads`, exactly those, whatever their word. Of a lead
-- without access nothing is told but that.
create or replace function queue_desk.prepare_candidates(p_as_user uuid, p_day date, p_leads uuid[] default null)
returns table (lead_id uuid, first_name text, last_name text, phone text, status text, bant_status text, lead_metadata jsonb,
  last_interaction timestamptz, created_at timestamptz, fingerprint text, reason text, detail text)
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_clients uuid[] := queue_desk.clients_of(v_user);
  v_projects uuid[] := queue_desk.projects_of(v_user);
  v_own uuid[] := queue_desk.leads_of(v_user);
  v_pool boolean := queue_desk.pool_open();
  v_words text[] := queue_desk.eligible_words();
  v_cool_down interval := (select s.cool_down from queue_desk.settings_of(v_user) s);
  v_leads uuid[];
begin
  select array_agg(l.id) into v_leads from public.leads l
  where (p_leads is null or l.id = any (p_leads)) and (p_leads is not null or (l.status = any (v_words) and (
    l.client_id = any (v_clients) or (l.client_id is null and v_pool) or l.current_project_id = any (v_projects) or l.id = any (v_own))));
  return query
    select l.id, case when a.access then l.first_name::text end, case when a.access then l.last_name end, case when a.access then l.phone::text end,
      case when a.access then l.status::text else '' end, case when a.access then l.bant_status::text end,
      case when a.access then jsonb_build_object('ai_analysis', jsonb_build_object('lead_qualification', jsonb_build_object('confidence_score',
          l.lead_metadata #> '{ai_analysis,lead_qualification,confidence_score}')),
        'custom_fields', jsonb_build_object('lead_score', l.lead_metadata #> '{custom_fields,lead_score}')) end,
      case when a.access then queue_desk.sane(l.last_interaction) end, coalesce(case when a.access then queue_desk.sane(l.created_at) end, 'epoch'),
      case when a.access then queue_desk.lead_fingerprint(l) else '' end,
      case
        when not a.access then 'no_access'
        when not l.status = any (v_words) then 'status_not_eligible'
        else r.reason end,
      case when not a.access then null when l.status = any (v_words) then r.detail else l.status::text end
    from public.leads l
    cross join lateral (select coalesce(l.client_id = any (v_clients) or (l.client_id is null and v_pool)
      or l.current_project_id = any (v_projects) or l.id = any (v_own), false) as access) a
    left join queue_desk.lead_reasons(v_leads, v_cool_down) r on r.lead_id = l.id
    where l.id = any (v_leads);
end $$;

-- Changes when the lead changes in a way that matters for sending to it.
create or replace function queue_desk.lead_fingerprint(l public.leads) returns text
-- No search_path of its own: then it is inlined, and only functions that have one call it.
language sql stable as $$
  select pg_catalog.md5(pg_catalog.concat_ws('|', coalesce(l.status, ''), coalesce(l.phone, ''), coalesce(l.first_name, ''), coalesce(l.last_name, ''), coalesce(l.client_id::text, '')))
$$;

-- What the database knows about the phones of a plan: a reason to leave one out, and when its owner may be written to.
create or replace function queue_desk.prepare_phones(p_as_user uuid, p_day date, p_phones text[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_cool_down interval := (select s.cool_down from queue_desk.settings_of(v_user) s);
begin
  return jsonb_build_object(
    'reasons', coalesce((select jsonb_agg(jsonb_build_object('phone', r.phone, 'reason', r.reason, 'detail', r.detail))
      from queue_desk.phone_reasons(p_phones, v_cool_down) r), '[]'),
    -- One entry for each country: numbers of one country have the same decent hours.
    'hours', coalesce((
      select jsonb_agg(jsonb_build_object('phones', c.phones, 'guessed', h.guessed, 'windows',
        (select coalesce(jsonb_agg(jsonb_build_object('opens_at', lower(r), 'closes_at', upper(r)) order by lower(r)), '[]') from unnest(h.ranges) r)))
      -- The country is in the plus and four digits.
      from (with head as materialized (
              select x.head, coalesce(array_to_string(queue_desk.zones_of(x.head), ','), '') as zones from (select distinct left(u, 5) as head from unnest(p_phones) u) x)
            select array_agg(p.phone) as phones, min(p.phone) as sample from unnest(p_phones) p (phone) join head on head.head = left(p.phone, 5)
            group by head.zones) c
      cross join lateral queue_desk.decent_hours(c.sample, v_user, p_day, p_day) h), '[]'));
end $$;

-- Inserts a slice of a plan's rows; where the database refuses it, halves it until the refused row stands alone. Returns the
-- refused ones with SQLSTATE and constraint: the database's sentence may quote a phone, and receipts are kept for ever. In the normal case one INSERT.
create or replace function queue_desk.insert_messages(p_plan uuid, p_user uuid, p_items jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_count integer := jsonb_array_length(p_items);
  v_half integer := v_count / 2;
  v_now timestamptz := queue_desk.now();
  v_constraint text;
begin
  if v_count = 0 then
    return '[]';
  end if;
  begin
    insert into public.whatsapp_message_queue (id, lead_id, user_id, client_id, queue_position, priority, queue_status, message_type,
      message_content, recipient_phone, template_name, message_template, template_parameters, message_variables, scheduled_for, queued_at, queue_metadata)
    select i.message_id, i.lead_id, p_user, l.client_id, i.position, 5, 'queued', 'template', i.content, i.phone, i.template, i.template,
      i.variables, i.variables, i.slot, v_now, jsonb_build_object('plan_id', p_plan)
    from jsonb_to_recordset(p_items) i (message_id uuid, lead_id uuid, position integer, content text, phone text, template text, variables jsonb, slot timestamptz)
    join public.leads l on l.id = i.lead_id;
    return '[]';
  exception when others then
    -- Lost connections, cancelled statements and lock timeouts are not the row's fault.
    if sqlstate like '57%' or sqlstate like '08%' or sqlstate in ('55P03', '40P01', '40001', '53100', '53200') then
      raise;
    end if;
    if v_count = 1 then
      get stacked diagnostics v_constraint = constraint_name;
      return jsonb_build_array(jsonb_build_object('id', p_items -> 0 ->> 'lead_id', 'reason', btrim(sqlstate || ' ' || coalesce(v_constraint, ''))));
    end if;
  end;
  return queue_desk.insert_messages(p_plan, p_user, (select jsonb_agg(e order by n) from jsonb_array_elements(p_items) with ordinality x (e, n) where n <= v_half))
    || queue_desk.insert_messages(p_plan, p_user, (select jsonb_agg(e order by n) from jsonb_array_elements(p_items) with ordinality x (e, n) where n > v_half));
end $$;

-- Commits a plan: inserts a subset of what was shown, never a row or slot that was not. Re-checks every lead, phone and the
-- day's capacity under one lock for all commits of this database (a commit is short and rare, and two operators may hold the
-- same person under two clients). Where something changed: QD005 and nothing written, or, with `p_without_changed`, the others.
-- Plan: {plan_id, day, asked, left_out: [{reason, count}], items: [{lead_id, phone, slot, position, content, template, variables, fingerprint}]}.
create or replace function queue_desk.prepare_commit(p_as_user uuid, p_plan jsonb, p_without_changed boolean default false) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_plan uuid := (p_plan ->> 'plan_id')::uuid;
  v_day date := (p_plan ->> 'day')::date;
  s record;
  v_receipt uuid;
  v_items jsonb;
  v_changed jsonb;
  v_failed jsonb;
  v_room integer;
  v_written integer;
  v_stage jsonb;
  v_skipped jsonb;
  v_me uuid := coalesce(queue_desk.current_user_id(), v_user);
  v_clients uuid[];
  v_projects uuid[];
  v_own uuid[];
  v_pool boolean;
begin
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('prepare'));
  v_clients := queue_desk.clients_of(v_user);
  v_projects := queue_desk.projects_of(v_user);
  v_own := queue_desk.leads_of(v_user);
  v_pool := queue_desk.pool_open();
  if exists (select from queue_desk.plan p where p.id = v_plan) then
    raise exception 'This plan was already queued. Nothing was changed.' using errcode = 'QD005', hint = 'Make a new plan.';
  end if;
  select * into s from queue_desk.settings_of(v_user);
  if v_day < (queue_desk.now() at time zone s.zone)::date then
    raise exception 'This plan is for %, which is over: its messages would all go at once. Nothing was queued.', v_day using errcode = 'QD005', hint = 'Make a new plan.';
  end if;
  v_receipt := queue_desk.begin_action('prepare', 'person', v_user);
  v_room := greatest(0, s.day_cap - queue_desk.day_load(v_user, v_day::timestamp at time zone s.zone, (v_day + 1)::timestamp at time zone s.zone));

  with item as materialized (
    select i.*, row_number() over (order by i.position, i.lead_id) as rank, row_number() over (partition by i.lead_id order by i.position) as nth_of_lead,
      row_number() over (partition by i.phone order by i.position) as nth_of_phone
    from jsonb_to_recordset(p_plan -> 'items') i (lead_id uuid, phone text, slot timestamptz, position integer, content text, template text, variables jsonb, fingerprint text)),
  by_lead as materialized (select * from queue_desk.lead_reasons((select array_agg(i.lead_id) from item i), s.cool_down)),
  by_phone as materialized (select * from queue_desk.phone_reasons((select array_agg(i.phone) from item i), s.cool_down)),
  judged as materialized (
    select i.*, case
        -- may_access, without asking for the operator's clients at every lead.
        when not coalesce(l.client_id = any (v_clients) or (l.client_id is null and l.id is not null and v_pool)
          or l.current_project_id = any (v_projects) or l.id = any (v_own), false) then 'no_access'
        when bl.reason is not null then bl.reason
        when bp.reason is not null then bp.reason
        when queue_desk.lead_fingerprint(l) <> i.fingerprint then 'plan_changed'
        -- What no preview shows: a phone that is not the lead's, a slot on another day, a lead or a phone twice.
        when n.digits = '' or right(regexp_replace(i.phone, '[^0-9]', '', 'g'), length(n.digits)) <> n.digits or (i.slot at time zone s.zone)::date <> v_day
          or i.nth_of_lead > 1 or i.nth_of_phone > 1 then 'plan_changed'
        when i.rank > v_room then 'over_capacity' end as reason
    from item i left join public.leads l on l.id = i.lead_id left join by_lead bl on bl.lead_id = i.lead_id left join by_phone bp on bp.phone = i.phone
    cross join lateral (select ltrim(regexp_replace(coalesce(l.phone, ''), '[^0-9]', '', 'g'), '0') as digits) n)
  select coalesce(jsonb_agg(jsonb_build_object('message_id', gen_random_uuid(), 'lead_id', j.lead_id, 'phone', j.phone, 'slot', j.slot,
      'position', j.position, 'content', j.content, 'template', j.template, 'variables', j.variables) order by j.rank) filter (where j.reason is null), '[]'),
    coalesce(jsonb_agg(jsonb_build_object('lead_id', j.lead_id, 'reason', j.reason) order by j.rank) filter (where j.reason is not null), '[]')
  into v_items, v_changed from judged j;

  if jsonb_array_length(v_changed) > 0 and not p_without_changed then
    raise exception '% of % leads changed since the plan was made. Nothing was queued.', jsonb_array_length(v_changed), jsonb_array_length(p_plan -> 'items')
      using errcode = 'QD005', hint = format('Queue the other %s, or look at a new plan.', jsonb_array_length(v_items)), detail = v_changed::text;
  end if;

  v_failed := queue_desk.insert_messages(v_plan, v_user, v_items);
  insert into queue_desk.plan (id, by, as_user, day, fingerprint, receipt_id)
    values (v_plan, v_me, v_user, v_day, md5(v_items::text), v_receipt);
  insert into queue_desk.plan_item (plan_id, lead_id, user_id, message_id, slot, position)
    select v_plan, i.lead_id, v_user, i.message_id, i.slot, i.position
    from jsonb_to_recordset(v_items) i (lead_id uuid, message_id uuid, slot timestamptz, position integer)
    join public.whatsapp_message_queue m on m.id = i.message_id;
  get diagnostics v_written = row_count;
  insert into queue_desk.adopted (message_id, plan_id, by)
    select i.message_id, v_plan, v_me from queue_desk.plan_item i where i.plan_id = v_plan;
  v_stage := queue_desk.request_stage((select array_agg(i.lead_id) from queue_desk.plan_item i where i.plan_id = v_plan), 'queued');

  select coalesce(jsonb_agg(jsonb_build_object('reason', r.reason, 'count', r.count) order by r.count desc, r.reason), '[]') into v_skipped
  from (select x.reason, sum(x.count)::integer as count from (
      select l.reason, l.count from jsonb_to_recordset(p_plan -> 'left_out') l (reason text, count integer)
      union all select c.reason, 1 from jsonb_to_recordset(v_changed) c (reason text)) x group by x.reason) r;
  return queue_desk.write_receipt('prepare', (p_plan ->> 'asked')::integer, v_written, v_skipped, v_failed,
    jsonb_build_object('plan_id', v_plan, 'day', v_day, 'as_user', v_user, 'zone', s.zone, 'stage', v_stage,
      'first_slot', (select min(i.slot) from queue_desk.plan_item i where i.plan_id = v_plan),
      'last_slot', (select max(i.slot) from queue_desk.plan_item i where i.plan_id = v_plan)));
end $$;
