-- X1: the functions of public whose bodies are text, with what they need to be read: their arguments, and the tables that they are triggers
-- of. Catalogue only; no locks.
select p.oid::bigint as oid, 'public.' || p.proname as object, p.prosrc as body, l.lanname::text as language,
  coalesce(p.proargnames, '{}')::text[] as arguments,
  array(select distinct n.nspname || '.' || c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where t.tgfoid = p.oid and not t.tgisinternal order by 1) as trigger_of
from pg_proc p join pg_namespace s on s.oid = p.pronamespace join pg_language l on l.oid = p.prolang
where s.nspname = 'public' and l.lanname in ('plpgsql', 'sql') and p.prosqlbody is null
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
order by p.proname, p.oid
