-- Ends the process of the server that served a connection which broke ($1 the process, $2 when it began, $3 the session), and waits up to three
-- seconds for its end: what it has not committed by then, it never will. Nobody else's is ended: the process must be this login's, have begun
-- then, and hold the lock of the session, which it loses when a pooler gives it to the next client. False: it may still be acting. Locks: none.
select coalesce(bool_and(pg_catalog.pg_terminate_backend(a.pid, 3000)), true)
from pg_catalog.pg_stat_activity a
where a.pid = $1 and a.backend_start = $2::text::timestamptz and a.usename = session_user
  and exists (select from pg_catalog.pg_locks l where l.pid = a.pid and l.locktype = 'advisory' and l.objsubid = 1
    and (l.classid::bigint << 32) | l.objid::bigint = pg_catalog.hashtextextended($3, 0))
