-- R1, R3, R5: who may read what, on the CRM's tables ($1: audit::contract) with their partitions, and on ours. Catalogue only. No locks.
with recursive crm as (select distinct t.tab from jsonb_to_recordset($1::jsonb -> 'columns') t (tab text) where t.tab like 'public.%'),
part (oid) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname || '.' || c.relname in (select tab from crm)
  union select i.inhrelid from pg_inherits i join part p on p.oid = i.inhparent),
grp as (select r.oid from pg_roles r where r.rolname = 'queue_desk_operator'),
ours as (select n.oid from pg_namespace n where n.nspname = 'queue_desk'),
relation as (
  select c.oid, n.nspname || '.' || c.relname as name, n.nspname = 'queue_desk' as is_ours, c.relrowsecurity,
    array(select r.rolname::text from pg_roles r where r.rolname in ('anon', 'authenticated', 'queue_desk_operator')
      and (has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE') or has_table_privilege(r.oid, c.oid, 'DELETE')) order by 1) as granted
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and (n.nspname = 'queue_desk' or c.oid in (select part.oid from part))),
policy as (
  select p.polrelid, p.polname::text as name, p.polpermissive, p.polcmd, p.polroles, pg_get_expr(p.polqual, p.polrelid) as expression from pg_policy p),
-- Tables on which a restrictive policy holds the desks to their own rows, whatever other policies say.
limited as (
  select p.polrelid as oid from policy p join grp g on g.oid = any (p.polroles) or 0 = any (p.polroles)
  where not p.polpermissive and p.polcmd in ('r', '*') and p.expression ~ 'queue_desk\.' and p.expression !~* '(^|\(| OR )true(\)| OR |$)'),
-- Everybody who is a member of the group, through other roles too; superusers are members of nothing by attribute here.
member as (
  with recursive m (oid) as (select g.oid from grp g union select a.member from pg_auth_members a join m on a.roleid = m.oid)
  select r.* from m join pg_roles r on r.oid = m.oid)
select 'R1' as id, 'error' as level, case when r.relrowsecurity then 'pass' when r.granted = '{}' and not r.is_ours then 'pass' else 'fail' end as status,
  r.name as object, 'Row security is on' as title,
  case when r.relrowsecurity then 'Each login sees the rows that a policy gives it.'
    when r.granted = '{}' then 'Row security is off, and nobody but the owner was given the table.'
    else format('Row security is off: %s may reach every row of this table, whatever its policies say.', case when r.granted = '{}' then 'whoever is granted it' else array_to_string(r.granted, ', ') end) end as why,
  '{}'::text[] as blocks, null::bigint as count, '{}'::text[] as sample,
  format('select relrowsecurity from pg_class where oid = %L::regclass', r.name) as sql, 'this table and the roles anon, authenticated, queue_desk_operator' as scope,
  'Switch it on; look first whether its policies let the web in.' as fix, format('alter table %s enable row level security', r.name) as fix_sql, 'ACCESS EXCLUSIVE for a moment' as fix_lock, null::text as fix_step, null::text as part
from relation r
union all
-- A table that the group may read and has no policy for looks empty to every desk, without an error.
select 'R3', 'error', case when exists (select from policy p where p.polrelid = r.oid and p.polpermissive and p.polcmd in ('r', '*') and g.oid = any (p.polroles)) then 'pass' else 'fail' end,
  r.name, 'The desks'' policy is there', case when exists (select from policy p where p.polrelid = r.oid and p.polpermissive and p.polcmd in ('r', '*') and g.oid = any (p.polroles))
    then 'queue_desk_operator has a policy to read it.' else 'queue_desk_operator has no policy to read it: to every desk this table looks empty, without an error.' end,
  case when r.is_ours then '{}' else '{prepare,run,take,export}'::text[] end, null, '{}',
  format('select * from pg_policy where polrelid = %L::regclass', r.name), 'policies for queue_desk_operator', 'Make it again.', null, null, 'queue_desk/' || case when r.is_ours then '0006_row_security' else '0007_crm_row_security' end, null
from relation r cross join grp g where exists (select from ours) and not exists (select from pg_inherits i where i.inhrelid = r.oid) and (not r.is_ours or has_any_column_privilege(g.oid, r.oid, 'SELECT'))
union all
select 'R3', 'error', 'fail', r.name, 'A policy lets every desk see every row', format('Policy %s is always true and no restrictive one limits it, so row security does not divide this table between operators.', p.name),
  '{}', null, '{}', format('select * from pg_policy where polrelid = %L::regclass', r.name), 'policies for queue_desk_operator', 'Make the policies again.', null, null, 'queue_desk/0007_crm_row_security', p.name
from relation r join policy p on p.polrelid = r.oid cross join grp g
where not r.is_ours and p.polpermissive and p.polcmd in ('r', '*') and p.expression = 'true' and (g.oid = any (p.polroles) or 0 = any (p.polroles))
  and not exists (select from limited l where l.oid = r.oid)
union all
select 'R5', 'error', case when count(m.oid) > 0 then 'fail' else 'pass' end, 'queue_desk_operator', 'No desk login can pass itself off as somebody else',
  case when count(m.oid) > 0 then 'These logins pass row security or are members of authenticated, whose policies believe a claim that a direct login can invent.'
    else 'No member passes row security or belongs to authenticated.' end, '{}', count(m.oid), coalesce((array_agg(m.rolname::text order by m.rolname) filter (where m.oid is not null))[1:5], '{}'),
  'select rolname, rolsuper, rolbypassrls, pg_has_role(oid, ''authenticated'', ''MEMBER'') from pg_roles', 'all members of queue_desk_operator, except the owner of schema queue_desk',
  'Take it back: revoke authenticated from the login, or alter role .. nobypassrls.', null, null, null, null
from grp g left join member m on not exists (select from pg_namespace n where n.nspname = 'queue_desk' and n.nspowner = m.oid)
  and (m.rolsuper or m.rolbypassrls or exists (select from pg_roles a where a.rolname = 'authenticated' and pg_has_role(m.oid, a.oid, 'MEMBER')))
where exists (select from ours)
group by g.oid
union all
select 'R5', 'error', 'fail', r.name, 'A policy for everybody believes a claim', format('Policy %s is for every role and trusts auth.uid(): a desk that logs in directly can set that claim to anybody''s id and read their rows.', p.name),
  '{}', null, '{}', format('select * from pg_policy where polrelid = %L::regclass', r.name), 'policies for PUBLIC on the tables that desks may read', 'Keep it to those who sign in on the web.', format('alter policy %I on %s to authenticated', p.name, r.name), 'ACCESS EXCLUSIVE for a moment', null, p.name
from relation r join policy p on p.polrelid = r.oid cross join grp g
where 0 = any (p.polroles) and p.polpermissive and p.expression ~ '(auth\.(uid|jwt|role|email)\(|request\.jwt)' and has_any_column_privilege(g.oid, r.oid, 'SELECT')
  and not exists (select from limited l where l.oid = r.oid)
