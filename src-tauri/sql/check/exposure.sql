-- R6: views and functions that step over row security ($1: audit::contract). Only what is wrong comes back. Catalogue only; no locks.
with crm as (select distinct t.tab from jsonb_to_recordset($1::jsonb -> 'columns') t (tab text)),
web as (select r.oid, r.rolname::text as name from pg_roles r where r.rolname in ('anon', 'authenticated', 'queue_desk_operator')),
view as (
  select distinct v.oid, v.relname::text as name, v.reloptions, format('public.%I', v.relname) as quoted, b.nspname || '.' || t.relname as reads
  from pg_class v join pg_namespace n on n.oid = v.relnamespace join pg_rewrite w on w.ev_class = v.oid join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
  join pg_class t on t.oid = d.refobjid and t.oid <> v.oid join pg_namespace b on b.oid = t.relnamespace
  where n.nspname = 'public' and v.relkind in ('v', 'm')),
definer as (
  select p.oid, n.nspname::text as schema, p.proname::text as name, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as quoted, coalesce(p.proconfig, '{}') as config,
    array(select w.name from web w where has_function_privilege(w.oid, p.oid, 'EXECUTE') and has_schema_privilege(w.oid, n.oid, 'USAGE') order by 1) as callers
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prosecdef and n.nspname in ('public', 'queue_desk') and p.prorettype <> 'trigger'::regtype
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))
select 'R6' as id, 'error' as level, 'fail' as status, 'public.' || v.name as object, 'Views obey row security' as title, null::text as part,
  format('This view reads %s as its owner: %s see every row through it, whatever the policies say.', string_agg(distinct v.reads, ', '), (select string_agg(w.name, ', ') from web w where has_table_privilege(w.oid, v.oid, 'SELECT'))) as why,
  'security_invoker = on' as expected, 'off' as found, format('select reloptions from pg_class where oid = %L::regclass', v.quoted) as sql, 'views of public over the CRM''s tables, and who may read them' as scope,
  'Let it read as whoever asks.' as fix, format('alter view %s set (security_invoker = on)', v.quoted) as fix_sql, 'ACCESS EXCLUSIVE on the view for a moment' as fix_lock
from view v where v.reads in (select tab from crm) and not coalesce(v.reloptions && '{security_invoker=on,security_invoker=true,security_invoker=1}'::text[], false)
  and exists (select from web w where has_table_privilege(w.oid, v.oid, 'SELECT'))
group by v.oid, v.name, v.quoted
union all
select 'R6', 'warn', 'fail', d.schema || '.' || d.name, 'Functions that run as their owner are not for everybody', d.quoted, format('%s may call it, and it runs as its owner, past row security.', array_to_string(d.callers, ', ')), 'granted by name', 'granted to ' || array_to_string(d.callers, ', '),
  'select proname, prosecdef, proacl from pg_proc where prosecdef', 'functions of public with SECURITY DEFINER', 'Take the right back, unless it checks the caller itself.', format('revoke execute on function %s from public, anon, authenticated', d.quoted), 'none on tables'
from definer d where d.schema = 'public' and d.callers && '{anon,authenticated}'
union all
select 'R6', 'warn', 'fail', d.schema || '.' || d.name, 'Functions that run as their owner look names up in one place', d.quoted, 'It has no search_path of its own: a caller can put another table in the place of the one that it means.', 'set search_path = ''''', 'none',
  'select proname, proconfig from pg_proc where prosecdef', 'functions of public and queue_desk with SECURITY DEFINER', 'Give it one.', format('alter function %s set search_path = ''''', d.quoted), 'none on tables'
from definer d where not exists (select from unnest(d.config) c where c like 'search\_path=%')
