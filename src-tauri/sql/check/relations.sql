-- X1: every relation that a function of public may name, with its columns. Catalogue only; no locks.
select n.nspname::text as schema, c.relname::text as name, array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname in ('public', 'auth', 'queue_desk')
