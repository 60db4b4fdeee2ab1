-- The sessions that a migration would wait for now: those that hold a lock which stands against a mode ($2) that it needs on a table ($1, as
-- schema.table), or are in a transaction for more than 30 s; and whom they make wait. Their statements are not read: they may hold a phone. No locks.
with wanted as (
  select c.oid as rel, t, m from unnest($1::text[], $2::text[]) u (t, m) join pg_namespace n on n.nspname = split_part(t, '.', 1)
  join pg_class c on c.relnamespace = n.oid and c.relname = split_part(t, '.', 2)),
held as (
  select l.pid, array_agg(distinct format('%s (%s)', w.t, l.mode) order by format('%s (%s)', w.t, l.mode)) as locks
  from wanted w join pg_locks l on l.relation = w.rel and l.locktype = 'relation' and l.granted
  where l.database = (select d.oid from pg_database d where d.datname = current_database())
    and (w.m = 'ACCESS EXCLUSIVE'
      or (w.m = 'SHARE ROW EXCLUSIVE' and l.mode not in ('AccessShareLock', 'RowShareLock'))
      or (w.m = 'SHARE UPDATE EXCLUSIVE' and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
      or (w.m = 'ROW EXCLUSIVE' and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock')))
  group by l.pid)
select a.pid, coalesce(a.usename::text, '') as login, left(coalesce(a.application_name, ''), 60) as program, coalesce(a.state, 'hidden') as state,
  greatest(extract(epoch from clock_timestamp() - a.xact_start), 0)::bigint as seconds, coalesce(h.locks, '{}')::text[] as locks,
  (select count(*) from pg_stat_activity w where a.pid = any (pg_blocking_pids(w.pid))) as makes_wait
from pg_stat_activity a left join held h on h.pid = a.pid
where a.pid <> pg_backend_pid() and a.datname = current_database()
  and (cardinality(h.locks) > 0 or clock_timestamp() - a.xact_start > interval '30 seconds')
order by a.xact_start nulls last, a.pid limit 20
