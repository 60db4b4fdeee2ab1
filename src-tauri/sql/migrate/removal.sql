-- What of ours stands in the CRM's schema, as the statements that take it out, in their order: policies and triggers table by table, keys
-- that bear our comment, indexes, rights. `alone`: cannot run in a transaction. Catalogue only. No locks.
with tab as (select c.oid, format('%I.%I', n.nspname, c.relname) as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')),
grp as (select r.oid from pg_catalog.pg_roles r where r.rolname = 'queue_desk_operator')
select x.sql, x.alone from (
  select 1 as n, t.name, string_agg(d.sql, '; ' order by d.sql) as sql, false as alone
  from tab t join lateral (
    select format('drop policy %I on %s', p.polname, t.name) as sql from pg_catalog.pg_policy p where p.polrelid = t.oid and p.polname in ('queue_desk_reads', 'queue_desk_limits')
    union all select format('drop trigger %I on %s', g.tgname, t.name) from pg_catalog.pg_trigger g where g.tgrelid = t.oid and not g.tgisinternal and g.tgname like 'queue\_desk\_watch\_%') d on true
  group by t.name
  union all select 2, k.conname, format('alter table %s drop constraint %I', t.name, k.conname), false from pg_catalog.pg_constraint k join tab t on t.oid = k.conrelid
  where obj_description(k.oid, 'pg_constraint') like 'Made by Queue Desk;%'
  union all select 3, c.relname, format('drop index concurrently if exists public.%I', c.relname), true from pg_catalog.pg_class c join pg_catalog.pg_index i on i.indexrelid = c.oid join tab t on t.oid = i.indrelid
  where c.relname like 'queue\_desk\_%'
  union all select 4, t.name, format('revoke all on %s from queue_desk_operator', t.name), false from tab t join pg_catalog.pg_class c on c.oid = t.oid cross join grp g
  where exists (select from aclexplode(c.relacl) a where a.grantee = g.oid) or exists (select from pg_catalog.pg_attribute a cross join lateral aclexplode(a.attacl) e where a.attrelid = t.oid and e.grantee = g.oid)
  union all select 5, 'public', 'revoke all on schema public from queue_desk_operator', false from pg_catalog.pg_namespace n cross join grp g
  where n.nspname = 'public' and exists (select from aclexplode(n.nspacl) a where a.grantee = g.oid)) x
order by x.n, x.name
