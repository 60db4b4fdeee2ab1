-- Erasing a person on request: names, phones, addresses and texts go; ids, state words and times stay, and so does one opt-out by the salted
-- hash of the phone, because only that keeps the person from being written to again. Nothing of it can be undone. Admins only.
--
-- In pieces, because an update of a lead fires whatever the CRM calls then, and Prepare must not wait for that:
--   erase_begin   one short transaction under Prepare's lock: the opt-outs, and what waits is cancelled. From then on nobody writes to them,
--                 whatever becomes of the rest. It writes a receipt of its own, which says that nothing is erased yet.
--   erase_texts   messages, jobs and whatever else speaks of one lead. Waits for no webhook.
--   erase_lead    the lead's own row, alone in its transaction; the lead that was named last, since its phone finds the others.
--   erase_end     the receipt, from what the ledger and the rows say.
-- Each is safe to repeat, and each piece stays done. Whoever is cut short presses again: the opt-outs mark what was begun.

-- How each column of a table of the CRM is blanked (`blank`), or why it is left (`why`); columns that hold no more than ids, times, numbers
-- and state words of the contract are not told. A column that we do not know is blanked where it is a text that may be null.
create or replace function queue_desk.erase_columns(p_table regclass) returns table (col name, blank text, why text)
language sql stable security definer set search_path = '' as $$
  with known (tab, words, others) as (values
    ('public.leads', '{status,state,bant_status,processing_state}'::text[],
      '{id,client_id,current_project_id,first_interaction,last_interaction,next_follow_up,last_agent_processed_at,interaction_count,follow_up_count,requires_human_review,created_at,updated_at}'::text[]),
    ('public.whatsapp_message_queue', '{queue_status,message_type,template_name,message_template,sender_phone_number_id,error_code,agent_trigger_id,agent_conversation_id}',
      '{id,lead_id,user_id,client_id,queue_position,priority,scheduled_for,send_after,expires_at,rate_limit_window_start,rate_limit_count,retry_count,max_retries,last_retry_at,attempts,queued_at,processed_at,sent_at,delivered_at,read_at,created_at,updated_at}'),
    ('public.lead_processing_queue', '{queue_status,processing_type,assigned_processor,processing_step}',
      '{id,lead_id,user_id,client_id,project_id,queue_position,priority,scheduled_for,started_at,completed_at,progress_percentage,retry_count,max_retries,last_retry_at,estimated_duration_seconds,actual_duration_seconds,created_at,updated_at}')),
  col as (
    select a.attname, a.attnotnull, a.attgenerated, a.attname::text = any (k.others) as other, t.typcategory, t.typname,
      coalesce(e.typcategory, '') as element,
      exists (select from pg_catalog.pg_constraint c where c.conrelid = a.attrelid and c.contype in ('p', 'f', 'u') and a.attnum = any (c.conkey)) as keyed
    from known k join pg_catalog.pg_attribute a on a.attrelid = p_table and p_table = to_regclass(k.tab)
    join pg_catalog.pg_type t on t.oid = a.atttypid left join pg_catalog.pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    where a.attnum > 0 and not a.attisdropped and not a.attname::text = any (k.words))
  select c.attname, case
      when c.other or c.attgenerated <> '' or c.keyed then null
      -- Ours: what makes a sample lead a sample, and which plan a message is of.
      when c.typname = 'jsonb' and c.attname in ('lead_metadata', 'queue_metadata') then format(
        'case when %1$I is not null then coalesce((select jsonb_object_agg(k, %1$I -> k) from unnest(''{sample,plan_id}''::text[]) k where jsonb_typeof(%1$I) = ''object'' and %1$I ? k), ''{}'') end', c.attname)
      when c.typcategory = 'S' or c.element = 'S' or c.typname in ('json', 'jsonb', 'xml', 'hstore') then
        case when not c.attnotnull then 'null' when c.typcategory = 'S' then '''''' when c.typname in ('json', 'jsonb') then '''{}''' when c.element = 'S' then '''{}''' end
      end,
    case
      when c.other then null
      when c.attgenerated <> '' then 'generated'
      when c.keyed then 'key'
      when c.typcategory = 'S' or c.element = 'S' or c.typname in ('json', 'jsonb', 'xml', 'hstore') then case when c.attnotnull and c.typname in ('xml', 'hstore') then 'needs_value' end
      else 'no_text' end
  from col c where not c.other
$$;

-- Blanks these rows of a table; how many held anything. `p_where` is ours, never a caller's.
create or replace function queue_desk.erase_rows(p_table regclass, p_ids uuid[]) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_set text;
  v_differs text;
  v_rows integer;
begin
  select string_agg(format('%I = %s', c.col, c.blank), ', '), string_agg(format('%1$I::text is distinct from (%2$s)::text', c.col, c.blank), ' or ')
  into v_set, v_differs from queue_desk.erase_columns(p_table) c where c.blank is not null;
  execute format('update %s t set %s where t.id = any ($1) and (%s)', p_table, v_set, v_differs) using p_ids;
  get diagnostics v_rows = row_count;
  return v_rows;
end $$;

-- Those of these leads that still hold something to erase.
create or replace function queue_desk.erase_left(p_leads uuid[]) returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
declare
  v_differs text;
  v_left uuid[];
begin
  select string_agg(format('%1$I::text is distinct from (%2$s)::text', c.col, c.blank), ' or ') into v_differs
  from queue_desk.erase_columns('public.leads') c where c.blank is not null;
  execute format('select coalesce(array_agg(t.id order by t.id), ''{}'') from public.leads t where t.id = any ($1) and (%s)', v_differs) into v_left using p_leads;
  return v_left;
end $$;

-- Whether erasing this lead was begun.
create or replace function queue_desk.erase_begun(p_lead uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from queue_desk.opt_out o where o.lead_id = p_lead and o.source = 'erased')
$$;

-- The leads that may be the same person: this one first, then those whose phone ends in the same nine digits. Nine times one digit is a
-- placeholder, which stands at many leads.
create or replace function queue_desk.erase_leads(p_lead uuid) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array[p_lead] || array(
    select o.id from public.leads l join public.leads o on o.id <> l.id
      and right(regexp_replace(o.phone, '[^0-9]', '', 'g'), 9) = queue_desk.phone_key(l.phone)
    where l.id = p_lead and length(queue_desk.phone_key(l.phone)) = 9 and queue_desk.phone_key(l.phone) !~ '^(\d)\1+$' order by o.created_at, o.id limit 100)
$$;

-- Messages of these leads, and those without a lead that go to one of their phones.
create or replace function queue_desk.erase_messages(p_leads uuid[]) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array(select m.id from public.whatsapp_message_queue m where m.lead_id = any (p_leads)
    union
    select m.id from public.leads l join public.whatsapp_message_queue m on m.lead_id is null
      and length(queue_desk.phone_key(l.phone)) = 9 and queue_desk.phone_key(l.phone) !~ '^(\d)\1+$' and queue_desk.phone_key(m.recipient_phone) = queue_desk.phone_key(l.phone)
    where l.id = any (p_leads))
$$;

-- Rows in quarantine that speak of these leads: themselves, what pointed to them, and what holds one of their phones and is no other lead's
-- that is still there.
create or replace function queue_desk.erase_quarantined(p_leads uuid[]) returns bigint[]
language sql stable security definer set search_path = '' as $$
  select array(select q.id from queue_desk.quarantine q
    where q.row_data <> '{"erased": true}' and ((q.src_table = 'leads' and q.src_pk ->> 'id' = any (p_leads::text[])) or q.row_data ->> 'lead_id' = any (p_leads::text[])
      or exists (select from public.leads l where l.id = any (p_leads) and length(queue_desk.phone_key(l.phone)) = 9 and queue_desk.phone_key(l.phone) !~ '^(\d)\1+$'
        and not exists (select from public.leads o where o.id::text = coalesce(q.row_data ->> 'lead_id', case when q.src_table = 'leads' then q.src_pk ->> 'id' end))
        and queue_desk.phone_key(l.phone) in (queue_desk.phone_key(q.row_data ->> 'phone'), queue_desk.phone_key(q.row_data ->> 'recipient_phone')))))
$$;

-- Rows of tables of the CRM beyond the contract that point to leads or to messages, by a key or by a column called lead_id: not ours to
-- erase. By lead; what points to a message without a lead is the first lead's. Rows null: the database does not let us count them.
create or replace function queue_desk.erase_elsewhere_of(p_leads uuid[]) returns table (rel text, col text, lead_id uuid, n bigint)
language plpgsql stable security definer set search_path = '' as $$
declare
  v_messages uuid[] := queue_desk.erase_messages(p_leads);
  t record;
begin
  for t in
    select distinct on (x.rel, x.col) x.rel, x.col, x.target from (
      select c.conrelid::regclass as rel, a.attname as col, c.confrelid::regclass as target, 1 as rank from pg_catalog.pg_constraint c
        join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and cardinality(c.conkey) = 1 and c.confrelid in ('public.leads'::regclass, 'public.whatsapp_message_queue'::regclass)
      union all
      select k.oid::regclass, a.attname, 'public.leads'::regclass, 2 from pg_catalog.pg_class k join pg_catalog.pg_namespace n on n.oid = k.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = k.oid and a.attname = 'lead_id' and a.attnum > 0 and not a.attisdropped
        where k.relkind in ('r', 'p') and not k.relispartition and n.nspname !~ '^(pg_|information_schema$|queue_desk$)') x
    -- lead_members holds ids only.
    where not x.rel in ('public.leads'::regclass, 'public.whatsapp_message_queue'::regclass, 'public.lead_processing_queue'::regclass, 'public.lead_members'::regclass)
    order by x.rel, x.col, x.rank
  loop
    begin
      -- In the column's own type, so that its index serves.
      return query execute format('select %L, %L, coalesce(m.lead_id, case when $2 then r.at::uuid end, $3), sum(r.n)::bigint
          from (select x.%I::text as at, count(*) as n from %s x where %s group by 1) r
          left join public.whatsapp_message_queue m on not $2 and m.id = r.at::uuid group by 3',
        t.rel::text, t.col, t.col, t.rel, case when exists (select from pg_catalog.pg_attribute a
          where a.attrelid = t.rel and a.attname = t.col and a.atttypid = 'uuid'::regtype) then format('x.%I = any ($1::uuid[])', t.col) else format('x.%I::text = any ($1)', t.col) end)
        using (case when t.target = 'public.leads'::regclass then p_leads else v_messages end)::text[], t.target = 'public.leads'::regclass, p_leads[1];
    exception when insufficient_privilege then
      return query select t.rel::text, t.col::text, null::uuid, null::bigint;
    end;
  end loop;
end $$;

create or replace function queue_desk.erase_elsewhere(p_leads uuid[]) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('table', e.rel, 'column', e.col, 'rows', e.n) order by e.rel, e.col), '[]')
  from (select x.rel, x.col, sum(x.n) as n from queue_desk.erase_elsewhere_of(p_leads) x group by x.rel, x.col) e
$$;

create or replace function queue_desk.check_eraser(p_lead uuid) returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(null);
begin
  if not queue_desk.is_admin() then
    raise exception 'Only an admin may erase a person. Nothing was changed.' using errcode = 'QD002', hint = 'Ask an admin of this database.';
  elsif not exists (select from public.leads l where l.id = p_lead) then
    raise exception 'There is no lead with this id. Nothing was changed.' using errcode = 'QD004', hint = 'Is the id right? The lead may have been deleted in the CRM.';
  elsif not queue_desk.may_access(p_lead, v_user) then
    raise exception 'This lead is of a client that you have no access to. Nothing was changed.' using errcode = 'QD002', hint = 'Ask an admin who has.';
  end if;
  return v_user;
end $$;

-- Of these messages: their outcome is not known yet, and would bring the number back. Ours that left, and another program's that it is
-- sending; after ten minutes nobody is any more (rescue in automation.sql).
create or replace function queue_desk.erase_on_the_wire(p_messages uuid[]) returns integer
language sql stable security definer set search_path = '' as $$
  select count(*)::integer from public.whatsapp_message_queue m where m.id = any (p_messages) and (
    exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is not null)
    or (m.queue_status = 'sending' and coalesce(greatest(m.processed_at, m.updated_at), m.created_at, '-infinity') >= queue_desk.now() - interval '10 minutes'
      and not exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null)))
$$;

-- Whether the person behind this lead is opted out by the phone already, since it was erased before.
create or replace function queue_desk.erased_by_phone(p_lead uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from queue_desk.opt_out o where o.lead_id = p_lead and o.source = 'erased' and o.phone_hash is not null)
$$;

-- What erasing the person behind this lead would do. Writes nothing. Counted for each lead, because not all of them may be meant; what
-- belongs to none but goes to the phone is the named lead's. The name of a lead that the caller may not access is not told.
create or replace function queue_desk.erase_preview(p_lead uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.check_eraser(p_lead);
  v_leads uuid[] := queue_desk.erase_leads(p_lead);
  v_left uuid[] := queue_desk.erase_left(v_leads);
begin
  return jsonb_build_object('lead_id', p_lead,
    'leads', (select jsonb_agg(jsonb_build_object('lead_id', l.id, 'named', l.id = p_lead, 'access', a.yes,
        'name', case when a.yes then nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') end,
        'client', case when a.yes then (select c.name from public.clients c where c.id = l.client_id) end,
        'begun', l.id = any (v_left) and queue_desk.erase_begun(l.id),
        'messages', cardinality(m.ids),
        -- As cancel_waiting.
        'waiting', (select count(*) from public.whatsapp_message_queue w where w.id = any (m.ids) and (w.queue_status = 'queued' or (w.queue_status = 'sending'
          and exists (select from queue_desk.delivery d where d.message_id = w.id and d.finished_at is null and d.dispatched_at is null)))),
        'on_the_wire', queue_desk.erase_on_the_wire(m.ids),
        'jobs', (select count(*) from public.lead_processing_queue j where j.lead_id = l.id),
        'quarantined', (select count(*) from unnest(queue_desk.erase_quarantined(array[l.id])) q (id)
          where l.id = p_lead or not q.id = any (queue_desk.erase_quarantined(array[p_lead]))),
        'ledger_rows', (select count(*) from queue_desk.queue_ledger x where x.lead_id = l.id),
        -- The ledger is never changed, and what people typed as a reason is in it.
        'typed_reasons', (select count(distinct x.receipt_id) from queue_desk.queue_ledger x where x.lead_id = l.id and x.reason ~ '[^a-z0-9_]'))
        order by l.id <> p_lead, l.created_at, l.id)
      from public.leads l cross join lateral (select queue_desk.may_access(l.id, v_user) as yes) a
      cross join lateral (select array(select x.id from public.whatsapp_message_queue x where x.id = any (case when l.id = p_lead then queue_desk.erase_messages(array[l.id])
        else array(select y.id from public.whatsapp_message_queue y where y.lead_id = l.id) end)) as ids) m
      where l.id = any (v_leads)),
    'by_phone', queue_desk.erased_by_phone(p_lead),
    'columns', (select coalesce(jsonb_agg(x.t || '.' || c.col order by x.n, c.col), '[]')
      from (values (1, 'leads'), (2, 'whatsapp_message_queue'), (3, 'lead_processing_queue')) x (n, t)
      cross join lateral queue_desk.erase_columns(('public.' || x.t)::regclass) c where c.blank is not null),
    'left_columns', (select coalesce(jsonb_agg(jsonb_build_object('column', x.t || '.' || c.col, 'reason', c.why) order by x.n, c.col), '[]')
      from (values (1, 'leads'), (2, 'whatsapp_message_queue'), (3, 'lead_processing_queue')) x (n, t)
      cross join lateral queue_desk.erase_columns(('public.' || x.t)::regclass) c where c.why is not null),
    'elsewhere', (select coalesce(jsonb_agg(jsonb_build_object('table', e.rel, 'column', e.col, 'lead_id', e.lead_id, 'rows', e.n) order by e.rel, e.col, e.lead_id), '[]')
      from queue_desk.erase_elsewhere_of(v_leads) e));
end $$;

-- Erasing begins: this lead, and those of the others that the preview showed and the caller names. `p_phone` as in opt_out, and its order of
-- locks. While a message is on the wire nothing is erased: its answer would bring the number back. One transaction, since an opt-out
-- without the cancelling, or a lead of the person without the opt-out, would still be written to. Returns the receipt of this much;
-- `detail.goes_on` is the id under which the pieces go on.
create or replace function queue_desk.erase_begin(p_lead uuid, p_others uuid[], p_phone text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.check_eraser(p_lead);
  v_digits text;
  v_hash bytea := queue_desk.phone_hash(p_phone);
  v_goes_on uuid := gen_random_uuid();
  v_leads uuid[];
  v_messages uuid[];
  v_cancelled uuid[];
  v_receipt jsonb;
  made record;
begin
  select ltrim(regexp_replace(coalesce(l.phone, ''), '[^0-9]', '', 'g'), '0') into v_digits from public.leads l where l.id = p_lead;
  if p_phone is not null and (v_digits = '' or right(regexp_replace(p_phone, '[^0-9]', '', 'g'), length(v_digits)) <> v_digits) then
    raise exception 'The lead''s phone changed meanwhile. Nothing was changed.' using errcode = 'QD008', hint = 'Try again.';
  end if;
  perform queue_desk.begin_action('erase', 'person', v_user);
  v_leads := array[p_lead] || coalesce(p_others, '{}');
  if not v_leads <@ queue_desk.erase_leads(p_lead) then
    raise exception 'One of the other leads does not have this phone. Nothing was changed.' using errcode = 'QD008', hint = 'Look at the preview again.';
  end if;
  v_leads := array(select distinct x from unnest(v_leads) x);
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('prepare'));
  insert into queue_desk.lead_gate (lead_id) select x.id from unnest(v_leads) x (id) order by x.id on conflict do nothing;
  perform 1 from queue_desk.lead_gate g where g.lead_id = any (v_leads) order by g.lead_id for no key update;
  if v_hash is not null then
    perform pg_advisory_xact_lock(hashtext('queue_desk.phone'), hashtext(encode(v_hash, 'hex')));
  end if;
  v_messages := queue_desk.erase_messages(v_leads);
  perform queue_desk.lock_messages(v_messages);
  if queue_desk.erase_on_the_wire(v_messages) > 0 then
    return queue_desk.write_receipt('erase', cardinality(v_leads), 0,
      jsonb_build_array(jsonb_build_object('reason', 'on_the_wire', 'count', cardinality(v_leads))), null, jsonb_build_object('lead_id', p_lead));
  end if;
  v_cancelled := queue_desk.cancel_waiting(v_messages, 'erased', 'Erased');
  update public.lead_processing_queue j set queue_status = 'cancelled' where j.lead_id = any (v_leads) and j.queue_status in ('queued', 'processing');
  -- Of its own, whatever opt-outs there are: those can be undone.
  for made in
    insert into queue_desk.opt_out (lead_id, phone_hash, by, at, source)
    select x.id, case when x.id = p_lead then v_hash end, v_user, queue_desk.now(), 'erased' from unnest(v_leads) x (id)
    where not queue_desk.erase_begun(x.id) or (x.id = p_lead and v_hash is not null
      and not exists (select from queue_desk.opt_out e where e.phone_hash = v_hash and e.source = 'erased'))
    returning id, lead_id
  loop
    perform queue_desk.append_ledger('erase', 'opt_out', made.id::text, made.lead_id, null, 'opted_out', null, null);
  end loop;
  update queue_desk.stage_outbox o set state = 'refused', reason = 'erased' where o.lead_id = any (v_leads) and o.state = 'pending';
  v_receipt := queue_desk.write_receipt('erase', cardinality(v_leads), 0,
    jsonb_build_array(jsonb_build_object('reason', 'not_erased_yet', 'count', cardinality(v_leads))), null,
    jsonb_build_object('lead_id', p_lead, 'lead_ids', v_leads, 'cancelled_messages', cardinality(v_cancelled),
      'by_phone', v_hash is not null or queue_desk.erased_by_phone(p_lead), 'goes_on', v_goes_on));
  perform set_config('queue_desk.receipt', v_goes_on::text, true);
  perform queue_desk.append_ledger('erase', 'erasing', p_lead::text, p_lead, null, 'begun', null,
    jsonb_build_object('lead_ids', v_leads, 'phone', v_hash is not null, 'cancelled_messages', cardinality(v_cancelled)));
  return v_receipt;
end $$;

-- What an erasing that was begun by this login is about; raises where there is none, or where it has ended.
create or replace function queue_desk.erasing(p_goes_on uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(null);
  r record;
begin
  select x.lead_id, x.detail into r from queue_desk.queue_ledger x
  where x.receipt_id = p_goes_on and x.action = 'erase' and x.entity = 'erasing' and x.login = session_user and queue_desk.is_admin()
    and not exists (select from queue_desk.queue_ledger e where e.receipt_id = p_goes_on and e.entity = 'receipt');
  if not found then
    raise exception 'No erasing of yours is under way. Nothing was changed.' using errcode = 'QD002', hint = 'Begin again.';
  end if;
  perform set_config('queue_desk.action', 'erase', true), set_config('queue_desk.actor', 'person', true), set_config('queue_desk.as_user', v_user::text, true),
    set_config('queue_desk.reason', '', true), set_config('queue_desk.receipt', p_goes_on::text, true);
  return r.detail || jsonb_build_object('lead_id', r.lead_id);
end $$;

-- The texts about one of its leads: messages, jobs, quarantine, deliveries. Locks these rows.
create or replace function queue_desk.erase_texts(p_goes_on uuid, p_lead uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_about jsonb := queue_desk.erasing(p_goes_on);
  v_messages uuid[];
  v_quarantined integer;
  v_rows integer;
  v_jobs integer;
begin
  if not v_about -> 'lead_ids' ? p_lead::text then
    raise exception 'This lead is not one of those that are erased. Nothing was changed.' using errcode = 'QD008';
  end if;
  v_messages := queue_desk.erase_messages(array[p_lead]);
  perform queue_desk.lock_messages(v_messages);
  update queue_desk.pause p set reason = null where p.scope = 'lead' and p.subject = p_lead::text and p.reason is not null;
  delete from queue_desk.limit_pace x where x.subject in (
    select encode(o.phone_hash, 'hex') from queue_desk.opt_out o where o.lead_id = p_lead and o.source = 'erased'
    union select m.recipient_phone from public.whatsapp_message_queue m where m.id = any (v_messages));
  -- A provider's id of a message has the phone in it.
  update queue_desk.delivery d set provider_message_id = null, phone_hash = null
  where (d.message_id = any (v_messages) or d.lead_id = p_lead) and d.finished_at is not null and (d.provider_message_id is not null or d.phone_hash is not null);
  update queue_desk.quarantine q set row_data = '{"erased": true}', row_text = '', reasons = array['erased'],
    old_values = case when q.action = 'fk_nulled' then q.old_values else '{}' end, new_values = '{}',
    decided_at = coalesce(q.decided_at, clock_timestamp()), decided_by = coalesce(q.decided_by, session_user)
  where q.id = any (queue_desk.erase_quarantined(array[p_lead]));
  get diagnostics v_quarantined = row_count;
  v_rows := queue_desk.erase_rows('public.whatsapp_message_queue', v_messages);
  v_jobs := queue_desk.erase_rows('public.lead_processing_queue', array(select j.id from public.lead_processing_queue j where j.lead_id = p_lead));
  if v_rows > 0 or v_jobs > 0 or v_quarantined > 0 then
    perform queue_desk.append_ledger('erase', 'texts', p_lead::text, p_lead, null, 'erased', null,
      jsonb_build_object('messages', v_rows, 'jobs', v_jobs, 'quarantined', v_quarantined));
  end if;
end $$;

-- The row of one of its leads. Fires whatever triggers the CRM has on leads.
create or replace function queue_desk.erase_lead(p_goes_on uuid, p_lead uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_about jsonb := queue_desk.erasing(p_goes_on);
begin
  if not v_about -> 'lead_ids' ? p_lead::text then
    raise exception 'This lead is not one of those that are erased. Nothing was changed.' using errcode = 'QD008';
  elsif queue_desk.erase_rows('public.leads', array[p_lead]) > 0 then
    perform queue_desk.append_ledger('erase', 'lead', p_lead::text, p_lead, null, 'erased', null, null);
  end if;
end $$;

-- The receipt, from what is in the rows now: leads that still hold something failed, for the reason that the desk met ({id: reason}).
create or replace function queue_desk.erase_end(p_goes_on uuid, p_reasons jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_about jsonb := queue_desk.erasing(p_goes_on);
  v_lead uuid := (v_about ->> 'lead_id')::uuid;
  v_leads uuid[] := array(select x::uuid from jsonb_array_elements_text(v_about -> 'lead_ids') x);
  v_left uuid[] := queue_desk.erase_left(v_leads);
  v_erased integer;
  v_already integer;
  t record;
begin
  select count(*) into v_erased from queue_desk.queue_ledger x where x.receipt_id = p_goes_on and x.entity = 'lead' and x.to_state = 'erased' and not x.lead_id = any (v_left);
  v_already := cardinality(v_leads) - cardinality(v_left) - v_erased;
  select coalesce(sum((x.detail ->> 'messages')::integer), 0) as messages, coalesce(sum((x.detail ->> 'jobs')::integer), 0) as jobs,
    coalesce(sum((x.detail ->> 'quarantined')::integer), 0) as quarantined
  into t from queue_desk.queue_ledger x where x.receipt_id = p_goes_on and x.entity = 'texts';
  return queue_desk.write_receipt('erase', cardinality(v_leads), v_erased,
    case when v_already > 0 then jsonb_build_array(jsonb_build_object('reason', 'already_erased', 'count', v_already)) end,
    (select jsonb_agg(jsonb_build_object('id', x.id, 'reason', coalesce(p_reasons ->> x.id::text, 'not_erased_yet')) order by x.id) from unnest(v_left) x (id)),
    jsonb_build_object('lead_id', v_lead, 'lead_ids', v_leads, 'messages', t.messages, 'jobs', t.jobs, 'quarantined', t.quarantined,
      'cancelled_messages', v_about -> 'cancelled_messages', 'by_phone', (v_about ->> 'phone')::boolean or queue_desk.erased_by_phone(v_lead),
      'elsewhere', queue_desk.erase_elsewhere(v_leads)));
end $$;
