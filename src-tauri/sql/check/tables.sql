-- T1, T2: the tables and columns of the CRM that Queue Desk reads and writes ($1: audit::contract), with their kinds. One row for each table. `must` says that the
-- CRM documents the column as NOT NULL. A kind is what our statements compare with: an enum where text is meant breaks them.
-- Catalogue only (by name, because looking up a name in a schema that the login may not use raises). No locks.
with contract as (
  select c.* from jsonb_to_recordset($1::jsonb -> 'columns') c (tab text, col text, kind text, must boolean, given boolean)),
relation as (
  select format('%s.%s', n.nspname, c.relname) as tab, c.oid, c.relrowsecurity,
    has_schema_privilege(session_user, n.oid, 'USAGE') and has_any_column_privilege(session_user, c.oid, 'SELECT') as readable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'auth') and c.relkind in ('r', 'p')),
attribute as (
  select r.tab, a.attname::text as col, a.attnotnull or coalesce(t.typnotnull, false) as not_null, format_type(a.atttypid, a.atttypmod) as type,
    -- A domain counts as what it is made of.
    case when t.typcategory = 'S' then 'text' when b.typname in ('int2', 'int4', 'int8') then 'integer' else b.typname::text end as kind,
    a.attnotnull and a.attidentity = '' and a.attgenerated = '' and not a.atthasdef and t.typdefault is null as demands
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid join pg_type b on b.oid = case when t.typbasetype <> 0 then t.typbasetype else t.oid end),
-- What Prepare writes, and what a setting writes: any other column must do without us.
written as (select c.tab, array_agg(c.col) as cols from contract c where c.given group by c.tab),
problem as (
  select c.tab, c.col || ' is missing' as text, true as bad from contract c join relation r using (tab) left join attribute a using (tab, col) where a.col is null
  union all select c.tab, format('%s is %s, not %s', c.col, a.type, c.kind), true from contract c join attribute a using (tab, col) where a.kind <> c.kind
  union all select a.tab, format('%s must be given, and we do not know it', a.col), true from attribute a join written w using (tab) where a.demands and not a.col = any (w.cols)
  union all select c.tab, format('%s may be null here', c.col), false from contract c join attribute a using (tab, col) where c.must and not a.not_null)
select c.tab as object, r.oid is not null as exists, coalesce(r.readable, false) as readable,
  case when r.oid is null or not r.readable then false else row_security_active(r.oid) end as partial,
  r.oid is null or exists (select from pg_index i where i.indrelid = r.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null) as has_unique,
  r.oid is null or exists (select from pg_index i where i.indrelid = r.oid and i.indisprimary) as has_primary,
  array(select p.text from problem p where p.tab = c.tab and p.bad order by 1) as wrong,
  array(select p.text from problem p where p.tab = c.tab and not p.bad order by 1) as loose,
  'select count(*) from ' || c.tab as count_sql,
  -- From the statistics; -1 where the table was never analysed.
  coalesce((select x.reltuples::bigint from pg_class x where x.oid = r.oid), 0) as estimated_rows
from (select distinct c.tab from contract c) c left join relation r on r.tab = c.tab order by c.tab
