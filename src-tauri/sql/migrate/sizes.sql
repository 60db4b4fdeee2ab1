-- About how large these tables are with their indexes (the planner's estimate), whose they are, and whether this login may change them. From
-- the catalogue: asking for the files would wait for who locks the table. No locks.
select t as name, greatest(c.reltuples, 0)::bigint as rows, (c.relpages + coalesce((select sum(x.relpages) from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid where i.indrelid in (c.oid, c.reltoastrelid)), 0)
    + coalesce((select o.relpages from pg_catalog.pg_class o where o.oid = c.reltoastrelid), 0)) * current_setting('block_size')::bigint as bytes,
  pg_catalog.pg_get_userbyid(c.relowner)::text as owner, pg_catalog.pg_has_role(session_user, c.relowner, 'MEMBER') as mine
from unnest($1::text[]) t join pg_catalog.pg_namespace n on n.nspname = split_part(t, '.', 1)
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = split_part(t, '.', 2) order by t
