-- F1, F2, F3, O1: the references of the CRM ($1: audit::contract). Found in pg_constraint by their columns, never by name and never through
-- information_schema, which hides keys to tables that the login does not own (auth.users on Supabase) and reports them as missing.
-- Every other key of these tables comes along, so that its rows are counted too. Catalogue only; the counting statements are
-- returned as text. No locks.
with contract as (select c.* from jsonb_to_recordset($1::jsonb -> 'keys') c (child text, col text, parent text, on_delete text)),
relation as (
  select c.oid, format('%s.%s', n.nspname, c.relname) as name, format('%I.%I', n.nspname, c.relname) as quoted
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p')),
key as (
  select k.oid, k.conname::text as name, k.convalidated as valid, k.conrelid, k.confrelid,
    case k.confdeltype when 'c' then 'cascade' when 'n' then 'set null' when 'd' then 'set default' when 'r' then 'restrict' else 'no action' end as on_delete,
    array(select a.attname::text from unnest(k.conkey) with ordinality u (num, n) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num order by u.n) as cols,
    array(select a.attname::text from unnest(k.confkey) with ordinality u (num, n) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num order by u.n) as parent_cols
  from pg_constraint k where k.contype = 'f' and k.conparentid = 0),
edge as (
  select c.child, array[c.col] as cols, c.parent, array['id'] as parent_cols, c.on_delete, true as contract, ch.oid as child_oid, p.oid as parent_oid, ch.quoted as child_q, p.quoted as parent_q
  from contract c left join relation ch on ch.name = c.child left join relation p on p.name = c.parent
  union all
  select distinct on (k.conrelid, k.cols, k.confrelid, k.parent_cols) ch.name, k.cols, p.name, k.parent_cols, null, false, k.conrelid, k.confrelid, ch.quoted, p.quoted
  from key k join relation ch on ch.oid = k.conrelid join relation p on p.oid = k.confrelid
  where ch.name in (select c.child from contract c)
    and not exists (select from contract c where c.child = ch.name and k.cols = array[c.col] and c.parent = p.name and k.parent_cols = array['id'])),
found as (
  select e.*, k.name as key, k.valid, k.on_delete as found_on_delete,
    case when e.child_oid is null then e.child || ' is missing' when e.parent_oid is null then e.parent || ' is missing'
      when exists (select from unnest(e.cols) c where not exists (select from pg_attribute a where a.attrelid = e.child_oid and a.attname = c and not a.attisdropped))
        then format('%s has no column %s', e.child, array_to_string(e.cols, ', ')) end as cannot,
    (select quote_ident(a.attname) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = e.child_oid and i.indisprimary) as row_key,
    (select string_agg(format('p.%I = c.%I', pc, cc), ' and ') from unnest(e.cols, e.parent_cols) u (cc, pc)) as matches,
    (select string_agg(format('c.%I is not null', cc), ' and ') from unnest(e.cols) u (cc)) as points,
    (select string_agg(format('c.%I is null', cc), ' or ') from unnest(e.cols) u (cc)) as lacks
  from edge e left join lateral (
    select k.name, k.valid, k.on_delete from key k where k.conrelid = e.child_oid and k.confrelid = e.parent_oid and k.cols = e.cols and k.parent_cols = e.parent_cols
    order by k.valid desc, k.name limit 1) k on true)
select f.child, f.child || '.' || array_to_string(f.cols, ',') as object, f.parent, f.contract, f.cannot, f.key, f.valid,
  format('%s -> %s (%s)', array_to_string(f.cols, ', '), f.parent, array_to_string(f.parent_cols, ', ')) as arrow, f.on_delete, f.found_on_delete,
  f.cols[1] as col, f.parent_cols[1] as parent_col,
  -- An index whose first column it is, whole and over every row that has a value.
  coalesce(exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = f.child_oid and a.attname = f.cols[1] and i.indisvalid
      and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', f.cols[1]))), false) as indexed,
  coalesce((select c.reltuples::bigint from pg_class c where c.oid = f.child_oid), 0) as estimated_rows,
  -- Two counts apart: a NOT EXISTS in a FILTER cannot become a parallel anti join, and took ten times as long. Rows without a value are
  -- counted, not those with one: an index has them together, and how many there are in all is known.
  format('select (select count(*) from %s c where %s) as absent, (select count(*) from %s c where %s and not exists (select from %s p where %s)) as orphans, exists (select from %s) as parent_has_rows',
    f.child_q, f.lacks, f.child_q, f.points, f.parent_q, f.matches, f.parent_q) as count_sql,
  format('select %s::text as key from %s c where %s and not exists (select from %s p where %s)', 'c.' || coalesce(f.row_key, 'ctid'), f.child_q, f.points, f.parent_q, f.matches) as list_sql,
  format('select count(*) from (select from %s limit 1) x', f.parent_q) as parent_sql,
  format('select count(*) from (select from %s c where %s and not exists (select from %s p where %s) limit 1001) x', f.child_q, f.points, f.parent_q, f.matches) as bounded_sql,
  format('select count(*) filter (where not exists (select from %s p where %s)) * 100 from %s c tablesample system (1) repeatable (1) where %s', f.parent_q, f.matches, f.child_q, f.points) as sampled_sql
from found f order by f.contract desc, f.child, f.cols
