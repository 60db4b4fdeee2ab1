-- K1: the server, the login, and what it may do here with the CRM's tables ($1: audit::contract). Catalogue only. No locks.
with me as (
  select r.rolname, r.rolsuper, r.rolbypassrls, coalesce(pg_is_in_recovery(), false) as standby,
    exists (select from pg_db_role_setting s, unnest(s.setconfig) c
      where s.setrole in (0, r.oid) and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
        and c = 'default_transaction_read_only=on')
      or (select s.reset_val = 'on' from pg_settings s where s.name = 'default_transaction_read_only') as read_only
  from pg_roles r where r.rolname = session_user),
crm as (
  select c.oid, format('%I.%I', n.nspname, c.relname) as name, o.rolname as owner, pg_has_role(session_user, c.relowner, 'MEMBER') as mine
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
  where c.relkind in ('r', 'p') and n.nspname || '.' || c.relname in (select t.tab from jsonb_to_recordset($1::jsonb -> 'columns') t (tab text) where t.tab like 'public.%')),
-- What a session of this login starts with. Ours set their own, migrations too.
waits as (
  select coalesce((select split_part(c, '=', 2) from pg_db_role_setting s, unnest(s.setconfig) c
    where s.setrole in (0, (select r.oid from pg_roles r where r.rolname = session_user)) and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database())) and c like 'statement\_timeout=%'
    order by s.setrole <> 0 desc, s.setdatabase <> 0 desc limit 1), (select p.boot_val || 'ms' from pg_settings p where p.name = 'statement_timeout')) as statement_timeout),
room as (
  select current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer - (select count(*) from pg_stat_activity a where a.backend_type = 'client backend') as server_left,
    case when r.rolconnlimit >= 0 then r.rolconnlimit - (select count(*) from pg_stat_activity a where a.usename = r.rolname) end as login_left
  from pg_roles r where r.rolname = session_user),
users as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'auth' and c.relname = 'users')
select 'K1' as id, 'error' as level, case when current_setting('server_version_num')::integer >= 150000 then 'pass' else 'fail' end as status,
  'server' as object, 'PostgreSQL 15 or newer' as title, format('This server runs PostgreSQL %s.', current_setting('server_version')) as why,
  '{prepare,run,take,export}'::text[] as blocks, null::bigint as count, '{}'::text[] as sample, 'show server_version' as sql,
  'the server''s version' as scope, null::text as not_checked, 'Move the database to PostgreSQL 15 or newer.' as fix
union all
select 'K1', 'warn', case when m.standby or m.read_only then 'fail' else 'pass' end, format('login %I', m.rolname), 'The login may write',
  case when m.standby then 'This server is a standby: it answers questions and refuses every change.'
    when m.read_only then 'This login''s sessions are read only: prepare, automation and take are refused.'
    else 'Neither the server nor the login is read only.' end,
  '{prepare,run,take}', null, '{}', 'select pg_is_in_recovery(), setconfig from pg_db_role_setting', 'the server''s state and the login''s settings', null,
  case when m.standby then 'Connect to the primary server.' else 'Use a login that may write, or: alter role ' || quote_ident(m.rolname) || ' reset default_transaction_read_only' end
from me m
union all
select 'K1', 'info', case when m.rolsuper or m.rolbypassrls then 'pass' else 'fail' end, format('login %I', m.rolname), 'The check sees every row',
  case when m.rolsuper or m.rolbypassrls then 'Row security does not bind this login, so counts are complete.'
    else 'Row security binds this login: it sees its own part, counts are partial, and rows that point nowhere cannot be told.' end,
  '{}', null, '{}', 'select rolsuper, rolbypassrls from pg_roles where rolname = session_user', 'the login''s attributes', null,
  'Check as the owner of the database (on Supabase: postgres).' from me m
union all
select 'K1', 'info', case when bool_and(c.mine) then 'pass' else 'fail' end, 'the CRM''s tables', 'The login may mend what is found',
  case when bool_and(c.mine) then 'This login owns the CRM''s tables.'
    else format('The CRM''s tables belong to %s: what is found has to be mended there.', string_agg(distinct c.owner, ', ')) end,
  '{}', count(*) filter (where not c.mine), coalesce((array_agg(c.name order by c.name) filter (where not c.mine))[1:5], '{}'),
  'select relname, relowner::regrole from pg_class', 'the owners of the CRM''s tables that are here', null, 'Connect as the owner for the fixes.'
from crm c having count(*) > 0
union all
-- has_column_privilege would raise where the schema may not be used.
select 'K1', 'info', case when has_table_privilege(session_user, u.oid, 'REFERENCES') or has_any_column_privilege(session_user, u.oid, 'REFERENCES') then 'pass' else 'fail' end, 'auth.users',
  'The login may add keys to auth.users', 'A foreign key to auth.users needs the REFERENCES privilege on it.', '{}', null, '{}',
  'select has_any_column_privilege(''auth.users'', ''REFERENCES'')', 'this login''s privilege', null, 'Add the keys as the owner (on Supabase: postgres).'
from users u
union all
select 'K1', 'info', case when coalesce(left_over, 99) >= 3 then 'pass' else 'fail' end, 'connections', 'There is room for this desk''s connections',
  case when r.login_left is not null and r.login_left <= r.server_left then format('This login may open %s more connections; a desk uses two, and a third for a moment.', r.login_left)
    else format('The server has room for %s more connections; a desk uses two, and a third for a moment.', r.server_left) end,
  '{}', left_over, '{}', 'select count(*) from pg_stat_activity', 'max_connections and the login''s limit', 'how many a pooler in between would pass on (Supabase''s session pool has 15)', 'Close what is not used, or raise the limit of the login.'
from room r cross join lateral (select least(r.server_left, coalesce(r.login_left, r.server_left)) as left_over) l
union all
select 'K1', 'info', 'pass', format('login %I', session_user), 'The login''s own timeouts do not matter', format('Its sessions start with statement_timeout %s. A desk sets 30 s for itself, migrations what each step needs.', w.statement_timeout), '{}', null, '{}',
  'select setconfig from pg_db_role_setting', 'the login''s and the database''s settings', 'what a pooler sets', null from waits w
