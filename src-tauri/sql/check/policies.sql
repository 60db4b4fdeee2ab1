-- R1, R2, R3, R4: policies of the CRM's tables that give too much, nothing, or slowly ($1: audit::contract). Only what is wrong comes
-- back. Catalogue only; no locks.
with crm as (select distinct t.tab from jsonb_to_recordset($1::jsonb -> 'columns') t (tab text) where t.tab like 'public.%'),
relation as (
  select c.oid, n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted, c.relrowsecurity, exists (select from crm where crm.tab = n.nspname || '.' || c.relname) as is_crm
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p')
    and (n.nspname = 'queue_desk' or n.nspname || '.' || c.relname in (select tab from crm))),
policy as (
  select p.oid, r.name as tab, r.quoted, r.oid as relation, r.is_crm, p.polname::text as name, p.polpermissive, p.polcmd, p.polroles, coalesce(pg_get_expr(p.polqual, p.polrelid), '') as using_text,
    coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') as check_text
  from pg_policy p join relation r on r.oid = p.polrelid),
anon as (select r.oid from pg_roles r where r.rolname = 'anon'),
-- What row security judges a write by.
writer as (
  select p.*, case when p.polcmd in ('a', 'w') or p.check_text <> '' then coalesce(nullif(p.check_text, ''), p.using_text) else p.using_text end as judged
  from policy p where p.polcmd in ('a', 'w', 'd', '*')),
-- Everything in `( SELECT f(..) AS f)` is worked out once; what is left is worked out for every row.
stripped as (
  select p.*, regexp_replace(regexp_replace(p.using_text || ' ' || p.check_text, '\( SELECT (auth\.\w+|current_setting|queue_desk\.current_user_id)\([^()]*\)[^()]*\)', '', 'g'), '\( SELECT \(?\w*\(?auth\.\w+\([^()]*\)[^()]*\)', '', 'g') as rest
  from policy p)
select 'R1' as id, 'error' as level, 'fail' as status, w.tab as object, 'Visitors who did not sign in may not write' as title, w.name as part,
  format('Policy %s lets anybody on the internet write here: the web''s key for visitors is public.', w.name) as why, 'nothing for anon' as expected, format('%s: %s', w.name, w.judged) as found, 'select * from pg_policies where schemaname || ''.'' || tablename = ' || quote_literal(w.tab) as sql,
  'policies that the role anon falls under, with a privilege to write' as scope, 'Take the policy back. The CRM''s own forms for visitors stop working, if it has any.' as fix, format('drop policy %I on %s', w.name, w.quoted) as fix_sql, 'ACCESS EXCLUSIVE for a moment' as fix_lock
from writer w cross join anon a
where w.is_crm and w.polpermissive and (a.oid = any (w.polroles) or (0 = any (w.polroles) and w.judged in ('true', '')))
  and w.judged not in ('false') and w.judged !~ 'auth\.(uid|jwt)\('
  and ((w.polcmd in ('a', '*') and has_any_column_privilege(a.oid, w.relation, 'INSERT')) or (w.polcmd in ('w', '*') and has_any_column_privilege(a.oid, w.relation, 'UPDATE'))
    or (w.polcmd in ('d', '*') and has_table_privilege(a.oid, w.relation, 'DELETE')))
union all
select 'R2', 'error', 'fail', r.name, 'Policies are obeyed', null, format('%s policies are written here and row security is off: none of them does anything.', count(p.oid)), 'row security on', 'row security off',
  format('select relrowsecurity from pg_class where oid = %L::regclass', r.quoted), 'tables of the CRM and ours', 'Switch it on; look first whether the policies let the web in.', format('alter table %s enable row level security', r.quoted), 'ACCESS EXCLUSIVE for a moment'
from relation r join policy p on p.relation = r.oid where not r.relrowsecurity group by r.oid, r.name, r.quoted
union all
select 'R2', 'info', 'fail', r.name, 'A closed table has a way in', null, 'Row security is on and there is no policy: to everybody but its owner and service_role this table looks empty.', 'a policy', 'none',
  format('select * from pg_policy where polrelid = %L::regclass', r.quoted), 'tables of the CRM', 'Add the policy that the web application needs.', null, null
from relation r where r.is_crm and r.relrowsecurity and not exists (select from policy p where p.relation = r.oid)
union all
select 'R3', 'warn', 'fail', p.tab, 'No policy is always true', p.name, format('Policy %s is always true: %s', p.name, case when p.polcmd = 'r' then 'whoever signs in reads every row.' else 'whoever signs in changes every row.' end), 'a condition', 'true',
  'select * from pg_policies where schemaname || ''.'' || tablename = ' || quote_literal(p.tab), 'permissive policies for anon, authenticated and everybody', 'Give it a condition, or keep it knowingly: leads of all clients are then open to all users.', null, null
from policy p where p.is_crm and p.polpermissive and (p.using_text = 'true' or (p.polcmd = 'a' and p.check_text = 'true'))
  and exists (select from unnest(p.polroles) o left join pg_roles r on r.oid = o where o = 0 or r.rolname in ('anon', 'authenticated'))
union all
select 'R3', 'warn', 'fail', p.tab, 'No policy is there twice', p.name, format('Policy %s says what %s says already.', p.name, min(o.name)), 'one', 'two', 'select * from pg_policies where schemaname || ''.'' || tablename = ' || quote_literal(p.tab),
  'policies of equal command, roles and text', 'Drop one of them.', format('drop policy %I on %s', p.name, p.quoted), 'ACCESS EXCLUSIVE for a moment'
from policy p join policy o on o.relation = p.relation and o.polcmd = p.polcmd and o.polroles = p.polroles and o.polpermissive = p.polpermissive and o.using_text = p.using_text and o.check_text = p.check_text and o.oid < p.oid
group by p.oid, p.tab, p.name, p.quoted
union all
select 'R4', 'warn', 'fail', s.tab, 'Policies ask once who is asking', s.name, format('Policy %s asks it for every row: on 50,000 rows that took 444 ms in place of 8.', s.name), '(select auth.uid())', 'auth.uid()',
  'select * from pg_policies where schemaname || ''.'' || tablename = ' || quote_literal(s.tab), 'policies of the CRM''s tables and ours that name auth.*, current_setting or current_user_id', 'Put the function into (select ..).', null, 'ACCESS EXCLUSIVE for a moment'
from stripped s where s.rest ~ '(auth\.(uid|jwt|role|email)\(|current_setting\(|queue_desk\.current_user_id\()'
