-- How large these tables are (the planner's estimate), whose they are, and whether this login may change them. No locks.
select t as name, greatest(c.reltuples, 0)::bigint as rows, pg_catalog.pg_total_relation_size(c.oid) as bytes, pg_catalog.pg_get_userbyid(c.relowner)::text as owner,
  pg_catalog.pg_has_role(session_user, c.relowner, 'MEMBER') as mine
from unnest($1::text[]) t join pg_catalog.pg_class c on c.oid = to_regclass(t) order by t
