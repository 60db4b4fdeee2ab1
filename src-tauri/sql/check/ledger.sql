-- L1, L2: the ledger is there, nobody else may write it, and what guards and feeds it is switched on. Catalogue, and the number
-- of gaps. No locks.
with relation as (
  select c.oid, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'queue_desk' and c.relname in ('queue_ledger', 'ledger_seal')),
expected (tab, tg, always) as (values
  ('queue_desk.queue_ledger', 'queue_ledger_rows', true), ('queue_desk.queue_ledger', 'queue_ledger_truncate', true),
  ('queue_desk.ledger_seal', 'ledger_seal_rows', true), ('queue_desk.ledger_seal', 'ledger_seal_truncate', true)),
watched (tab) as (values ('public.whatsapp_message_queue'), ('public.lead_processing_queue'), ('public.user_queue_settings'), ('queue_desk.lead_gate')),
trigger as (
  select n.nspname || '.' || c.relname as tab, t.tgname::text as tg, t.tgenabled, f.proname::text as calls
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace join pg_proc f on f.oid = t.tgfoid where not t.tgisinternal),
guard as (
  select e.tab, e.tg, case when t.tg is null then 'is missing' when t.tgenabled = 'D' then 'is switched off'
    when t.tgenabled <> 'A' then 'is not ENABLE ALWAYS: session_replication_role = replica passes it'
    when t.calls <> 'refuse_ledger_change' then 'calls ' || t.calls end as wrong
  from expected e left join trigger t using (tab, tg)),
eye as (
  select w.tab, 'queue_desk_watch_' || v.verb as tg, case when t.tg is null then 'is missing' when t.tgenabled in ('D', 'R') then 'is switched off' end as wrong
  from watched w cross join (values ('insert'), ('update'), ('delete')) v (verb) left join trigger t on t.tab = w.tab and t.tg = 'queue_desk_watch_' || v.verb),
writer as (
  select r.name, format('%s on %s', g.privilege_type, r.name) || ' to ' || coalesce(o.rolname, 'PUBLIC') as text
  from relation r join pg_class c on c.oid = r.oid cross join lateral aclexplode(c.relacl) g left join pg_roles o on o.oid = g.grantee
  where g.grantee <> c.relowner and (g.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') or coalesce(o.rolname, 'PUBLIC') in ('anon', 'authenticated', 'PUBLIC')))
select 'L1' as id, 'error' as level, case when count(r.oid) = 2 then 'pass' else 'fail' end as status, 'queue_desk.queue_ledger' as object,
  'The ledger is there' as title, case when count(r.oid) = 2 then 'The ledger and its seals are there.'
    else 'There is no complete ledger here: what is done leaves no trace that can be trusted. The actions are off until the database is migrated.' end as why,
  case when count(r.oid) = 2 then '{}' else '{prepare,run,take}' end::text[] as blocks, null::bigint as count, '{}'::text[] as sample,
  'select relname from pg_class where relnamespace = ''queue_desk''::regnamespace' as sql, 'queue_desk.queue_ledger, queue_desk.ledger_seal' as scope, null::text as not_checked,
  'Migrate.' as fix, null::text as fix_sql, null::text as fix_lock, 'queue_desk/0003_ledger' as fix_step, null::text as part
from relation r
union all
select 'L1', 'error', case when count(k.oid) > 0 then 'fail' else 'pass' end, 'queue_desk.queue_ledger', 'The ledger has no foreign key',
  case when count(k.oid) > 0 then 'A key would erase history with the lead, or make deleting the lead fail.' else 'Deleting a lead cannot touch its history.' end,
  '{}', count(k.oid), coalesce((array_agg(k.conname::text order by k.conname) filter (where k.oid is not null))[1:5], '{}'), 'select conname from pg_constraint where contype = ''f'' and conrelid = ''queue_desk.queue_ledger''::regclass',
  'both tables', null, 'Drop the key.', (select format('alter table queue_desk.%I drop constraint %I', d.relname, k2.conname) from pg_constraint k2 join pg_class d on d.oid = k2.conrelid where k2.contype = 'f' and k2.conrelid in (select r2.oid from relation r2) limit 1), 'ACCESS EXCLUSIVE on both tables for a moment', null, null
from relation r left join pg_constraint k on k.conrelid = r.oid and k.contype = 'f' having count(r.oid) > 0
union all
select 'L1', 'error', case when count(w.text) > 0 then 'fail' else 'pass' end, 'queue_desk.queue_ledger', 'Only our functions write the ledger',
  case when count(w.text) > 0 then 'Somebody else was given a right on it, and could write entries in another''s name.' else 'Nobody but its owner may write it, and the web''s roles may not read it.' end,
  '{}', count(w.text), coalesce((array_agg(w.text order by w.text) filter (where w.text is not null))[1:5], '{}'), 'select relacl from pg_class where oid = ''queue_desk.queue_ledger''::regclass', 'grants on both tables', null, 'Revoke it.', null, null, null, null
from (select exists (select from relation) as there) x left join writer w on true where x.there group by x.there
union all
select 'L2', 'error', case when g.wrong is null then 'pass' else 'fail' end, g.tab, format('Guard %s is on', g.tg),
  case when g.wrong is null then 'Changes and deletions are refused, even in a replication session.' else format('It %s: the ledger can be changed without a trace.', g.wrong) end,
  '{}', null, '{}', 'select tgname, tgenabled from pg_trigger where tgrelid = ''' || g.tab || '''::regclass', 'this trigger', null, 'Switch it on again, and find out who switched it off.',
  case when g.wrong <> 'is missing' then format('alter table %s enable always trigger %s', g.tab, g.tg) end, 'SHARE ROW EXCLUSIVE on the ledger for a moment', case when g.wrong = 'is missing' then 'queue_desk/0003_ledger' end, null
from guard g where exists (select from relation)
union all
select 'L2', 'error', case when count(e.wrong) > 0 then 'fail' else 'pass' end, e.tab, 'The ledger watches this table',
  case when count(e.wrong) > 0 then 'Changes of state here leave no line in the ledger.' else 'Each change of state leaves a line in the ledger, whoever makes it.' end,
  '{}', count(e.wrong), coalesce((array_agg(e.tg || ' ' || e.wrong order by e.tg) filter (where e.wrong is not null))[1:5], '{}'),
  'select tgname, tgenabled from pg_trigger where tgrelid = ''' || e.tab || '''::regclass', 'three triggers', null,
  'Make the triggers again.', case when count(*) filter (where e.wrong = 'is missing') = 0 and count(e.wrong) > 0 then string_agg(format('alter table %s enable trigger %I', e.tab, e.tg), '; ' order by e.tg) filter (where e.wrong is not null) end,
  'SHARE ROW EXCLUSIVE for a moment', case when count(*) filter (where e.wrong = 'is missing') > 0 then 'queue_desk/0008_watch' end, null
from eye e where exists (select from relation) group by e.tab
