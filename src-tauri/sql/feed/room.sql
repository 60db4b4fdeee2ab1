-- How many more connections this login may open here, by what the server, the database and the role leave; and how many it has. Behind
-- a session pooler all desks are one login's. Locks: none.
select least(current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
      - coalesce(current_setting('reserved_connections', true)::integer, 0) - b.clients,
    case when d.datconnlimit >= 0 then d.datconnlimit - b.here end, case when r.rolconnlimit >= 0 then r.rolconnlimit - b.mine end) as free, b.mine, pg_is_in_recovery() as standby
from pg_catalog.pg_database d cross join pg_catalog.pg_roles r cross join (
  -- Of others' sessions a login sees no kind: the server's own few count with them.
  select count(*)::integer as clients, (count(*) filter (where a.datname = current_database()))::integer as here,
    (count(*) filter (where a.usename = session_user))::integer as mine
  from pg_catalog.pg_stat_activity a where coalesce(a.backend_type, 'client backend') = 'client backend') b
where d.datname = current_database() and r.rolname = session_user
