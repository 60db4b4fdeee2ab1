-- Sessions whose locks on these tables ($1) stand against the modes ($2) that a step needs, the oldest first. What a session runs is not
-- told: a statement may hold a phone. Its state and start are null where this login may not see them. No locks.
with wanted as (select to_regclass(t) as rel, t, m from unnest($1::text[], $2::text[]) u (t, m))
select distinct on (a.xact_start, l.pid, w.t) l.pid, coalesce(a.usename::text, '') as login, coalesce(a.application_name, '') as application, w.t as table_name, a.state, a.xact_start as since
from wanted w join pg_catalog.pg_locks l on l.relation = w.rel and l.locktype = 'relation' and l.granted and l.pid <> pg_backend_pid()
join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
  and (w.m = 'ACCESS EXCLUSIVE'
    or (w.m = 'SHARE ROW EXCLUSIVE' and l.mode not in ('AccessShareLock', 'RowShareLock'))
    or (w.m = 'SHARE UPDATE EXCLUSIVE' and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
    or (w.m = 'ROW EXCLUSIVE' and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock')))
order by a.xact_start nulls last, l.pid, w.t limit 20
