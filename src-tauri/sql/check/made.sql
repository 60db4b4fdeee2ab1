-- M2: what is there of what our steps make: the relations of queue_desk with their columns, functions with a hash of their text, triggers,
-- policies and indexes of ours. Catalogue only; no locks.
select 'table' as kind, 'queue_desk.' || c.relname as name, array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by 1) as parts, null::text as body
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'queue_desk' and c.relkind in ('r', 'p')
union all
select 'function', 'queue_desk.' || p.proname, '{}', p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'queue_desk'
union all
select 'index', n.nspname || '.' || x.relname, '{}', null from pg_index i join pg_class x on x.oid = i.indexrelid join pg_namespace n on n.oid = x.relnamespace where n.nspname = 'queue_desk' or x.relname like 'queue\_desk\_%'
union all
select 'policy', n.nspname || '.' || c.relname || ' ' || p.polname, '{}', null from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'queue_desk' or p.polname like 'queue\_desk\_%'
union all
select 'trigger', n.nspname || '.' || c.relname || ' ' || t.tgname, '{}', null from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where not t.tgisinternal and (n.nspname = 'queue_desk' or t.tgname like 'queue\_desk\_%')
