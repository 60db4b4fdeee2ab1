-- X2: triggers that call another server for each row ($1: audit::contract). By the text of the function and, one step on, of the functions
-- that it names. Only what is wrong comes back. Catalogue only; no locks.
with crm as (select distinct t.tab from jsonb_to_recordset($1::jsonb -> 'columns') t (tab text)),
caller as (
  select p.oid, n.nspname::text as schema, p.proname::text as name, p.prosrc,
    n.nspname = 'supabase_functions' and p.proname = 'http_request' or p.prosrc ~* '\m(net\.http_(post|get|delete)|(extensions\.)?http(_post|_get|_put|_patch|_delete)?\s*\(|dblink(_exec|_send_query)?\s*\(|http_request\s*\()' as calls
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where n.nspname not in ('pg_catalog', 'information_schema') and (l.lanname in ('plpgsql', 'sql') or n.nspname = 'supabase_functions')),
trigger as (
  select t.tgname::text as name, n.nspname || '.' || c.relname as tab, format('%I.%I', n.nspname, c.relname) as quoted, f.schema || '.' || f.name as calls,
    case when f.calls then f.schema || '.' || f.name else (select g.schema || '.' || g.name from caller g where g.calls and g.oid <> f.oid and f.prosrc ~ ('\m' || g.name || '\s*\(') limit 1) end as by,
    f.prosrc ~* '\m(net\.http_|http_request)' or exists (select from caller g where g.calls and f.prosrc ~ ('\m' || g.name || '\s*\(') and g.prosrc ~* '\mnet\.http_') as later
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace join caller f on f.oid = t.tgfoid
  where not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 1 = 1)
select 'X2' as id, 'warn' as level, 'fail' as status, t.tab as object, 'No trigger calls another server for each row' as title, t.name as part,
  format('Trigger %s calls another server for every row that changes (%s). %s', t.name, t.by, case when t.later then 'The call is put off until after the change; its failure is not seen.'
    else 'The change waits for the answer, and a failure undoes it. Queue Desk writes these rows one at a time, late, and never holds them up an action.' end) as why,
  'no call per row' as expected, t.by as found, format('select tgname, pg_get_triggerdef(oid) from pg_trigger where tgrelid = %L::regclass and not tgisinternal', t.quoted) as sql,
  'row triggers of the CRM''s tables; the text of their functions and of the functions those name' as scope, 'calls made in another way' as not_checked,
  'Nothing has to be done for Queue Desk. For speed: call from a queue, once for a statement.' as fix, null::text as fix_sql, null::text as fix_lock
from trigger t where t.by is not null and t.tab in (select tab from crm)
