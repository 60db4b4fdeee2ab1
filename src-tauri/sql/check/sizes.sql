-- M4: about how many rows and bytes the tables have ($1, as schema.table). From the statistics; no locks.
select n.nspname || '.' || c.relname as name, greatest(c.reltuples, 0)::bigint as rows, pg_total_relation_size(c.oid) as bytes
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname || '.' || c.relname = any ($1::text[]) order by 1
