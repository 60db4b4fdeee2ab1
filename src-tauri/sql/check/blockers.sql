-- M4: the sessions that a migration would wait for now: those that hold a lock on a table that it touches ($1, as schema.table) or are in a
-- transaction for more than 30 s, and whom they make wait. Their statements are not read: they may hold a phone. No locks.
with touched as (
  select c.oid, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname || '.' || c.relname = any ($1::text[])),
held as (
  select l.pid, array_agg(distinct format('%s (%s)', t.name, l.mode) order by format('%s (%s)', t.name, l.mode)) as locks from pg_locks l join touched t on t.oid = l.relation
  where l.granted and l.locktype = 'relation' and l.database = (select d.oid from pg_database d where d.datname = current_database()) group by l.pid)
select a.pid, coalesce(a.usename::text, '') as login, left(coalesce(a.application_name, ''), 60) as program, coalesce(a.state, 'hidden') as state,
  greatest(extract(epoch from clock_timestamp() - a.xact_start), 0)::bigint as seconds, coalesce(h.locks, '{}')::text[] as locks,
  (select count(*) from pg_stat_activity w where a.pid = any (pg_blocking_pids(w.pid))) as makes_wait
from pg_stat_activity a left join held h on h.pid = a.pid
where a.pid <> pg_backend_pid() and a.datname = current_database() and a.xact_start is not null
  and (cardinality(h.locks) > 0 or clock_timestamp() - a.xact_start > interval '30 seconds')
order by a.xact_start limit 20
