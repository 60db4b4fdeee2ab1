-- C1: what Queue Desk writes into columns that a CHECK, an enum or a domain may narrow: one row for each place, with a statement
-- that tries the words ($1 text[]) on rows of a real shape: on the row that Prepare writes, or on up to 100 rows that the action
-- would change. Every CHECK of the table is evaluated by the server itself, because parsing its text would guess. Null passes a
-- CHECK, as it does in an INSERT. Catalogue only; no locks.
with place (tab, col, action, words, given, base, candidates) as (values
  -- The row of Prepare (functions/prepare.sql, insert_messages), then what each later word comes with.
  ('whatsapp_message_queue', 'queue_status', 'prepare', '{queued}'::text[], $q$'{"queue_position": 1, "priority": 5, "message_type": "template",
    "message_content": "Hello", "recipient_phone": "+972541234567", "template_name": "follow_up_template", "message_template": "follow_up_template",
    "template_parameters": {}, "message_variables": {}, "queue_metadata": {}}'::jsonb || jsonb_build_object('id', gen_random_uuid(), 'lead_id', gen_random_uuid(),
    'user_id', gen_random_uuid(), 'client_id', gen_random_uuid(), 'scheduled_for', now(), 'queued_at', now())$q$, null, false),
  ('whatsapp_message_queue', 'queue_status', 'run', '{sending,sent,failed,queued}', $q$case w."queue_desk word"
    when 'sent' then jsonb_build_object('sent_at', now(), 'processed_at', now(), 'attempts', 1, 'whatsapp_message_id', 'simulated')
    when 'failed' then '{"error_code": "outcome_unknown", "last_error": "The outcome is not known.", "error_message": "The outcome is not known.", "attempts": 1}'::jsonb
    else jsonb_build_object('processed_at', now()) end$q$,
    'select m from public.whatsapp_message_queue m where m.queue_status in (''queued'', ''sending'') limit 100', false),
  ('whatsapp_message_queue', 'queue_status', 'take', '{cancelled}', $q$'{"last_error": "Taken", "error_message": "Taken"}'::jsonb$q$,
    'select m from public.whatsapp_message_queue m where m.queue_status in (''queued'', ''sending'') limit 100', false),
  ('lead_processing_queue', 'queue_status', 'take', '{cancelled}', $q$'{"error_message": "Taken"}'::jsonb$q$,
    'select j from public.lead_processing_queue j where j.queue_status in (''queued'', ''processing'') limit 100', false),
  -- The words of leads.status: the first of a stage's candidates that the database takes is the one that is written.
  ('leads', 'status', 'prepare', '{queued}', $q$'{}'::jsonb$q$, 'select l from public.leads l where l.status in (''new'', ''unqualified'', ''awareness'', ''not_contacted'', ''pending'') limit 100', true),
  ('leads', 'status', 'run', '{contacted}', $q$'{}'::jsonb$q$, 'select l from public.leads l where l.status in (''new'', ''unqualified'', ''awareness'', ''not_contacted'', ''pending'') limit 100', true),
  ('leads', 'status', 'take', '{human_controlled,engaged,contacted,active}', $q$'{}'::jsonb$q$, 'select l from public.leads l where l.status in (''new'', ''unqualified'', ''awareness'', ''not_contacted'', ''pending'') limit 100', true)),
relation as (
  select c.oid, c.relname::text as tab,
    -- Column defaults, so that a row is as the database would make it; sequences are not drawn from.
    coalesce((select string_agg(format('jsonb_build_object(%L, %s)', a.attname, pg_get_expr(d.adbin, d.adrelid)), ' || ')
      from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where d.adrelid = c.oid and a.attgenerated = '' and pg_get_expr(d.adbin, d.adrelid) not like '%nextval(%'), '''{}''::jsonb') as defaults,
    (select string_agg(format('(%L, (%s))', k.conname, pg_get_expr(k.conbin, k.conrelid)), ', ' order by k.conname) from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'c') as checks
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p'))
select 'public.' || p.tab || '.' || p.col as object, p.action, p.words, p.candidates,
  case when r.oid is null then format('public.%s is missing', p.tab)
    when not exists (select from pg_attribute a where a.attrelid = r.oid and a.attname = p.col and not a.attisdropped) then format('public.%s has no column %s', p.tab, p.col) end as cannot,
  format($f$with base ("queue_desk row") as materialized (%s), tried as (select b."queue_desk row" from base b union all select jsonb_populate_record(null::public.%I, %s) where not exists (select from base)),
judged as (select w."queue_desk word" as word, w."queue_desk rank" as rank, array(select k.name from (%s) k (name, ok) where k.ok is false) as refused_by
  from unnest($1::text[]) with ordinality w ("queue_desk word", "queue_desk rank") cross join tried t
  cross join lateral jsonb_populate_record(t."queue_desk row", (%s) || jsonb_build_object(%L, w."queue_desk word")) x)
select j.word, count(*) as tried, count(*) filter (where j.refused_by <> '{}') as refused, (select count(*) > 0 from base) as on_real_rows,
  coalesce((select array_agg(distinct n order by n) from judged i, unnest(i.refused_by) n where i.word = j.word), '{}')::text[] as refused_by
from judged j group by j.word, j.rank order by j.rank$f$,
    coalesce(p.base, format('select null::public.%I where false', p.tab)), p.tab, r.defaults,
    case when r.checks is null then 'select null::text, true where false' else 'values ' || r.checks end, p.given, p.col) as try_sql
from place p left join relation r on r.tab = p.tab
