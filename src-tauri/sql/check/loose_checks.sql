-- C2: CHECKs of the CRM's tables ($1: audit::contract) that were never validated, each with a statement that counts the rows it does not
-- allow: any UPDATE of such a row fails. Catalogue only; no locks.
select n.nspname || '.' || c.relname as object, k.conname::text as name,
  format('select count(*) from %I.%I where not (%s)', n.nspname, c.relname, pg_get_expr(k.conbin, k.conrelid)) as count_sql,
  format('select id::text as key from %I.%I where not (%s)', n.nspname, c.relname, pg_get_expr(k.conbin, k.conrelid)) as list_sql,
  format('alter table %I.%I validate constraint %I', n.nspname, c.relname, k.conname) as fix_sql
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype = 'c' and not k.convalidated and n.nspname || '.' || c.relname in (select t.tab from jsonb_to_recordset($1::jsonb -> 'columns') t (tab text))
order by 1, 2
