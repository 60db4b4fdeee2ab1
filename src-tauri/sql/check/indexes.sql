-- I1, I2, I3: indexes that are missing, broken or there twice ($1: audit::contract). Found by their columns, never by name. Only what is
-- wrong comes back. Catalogue only; no locks.
with wanted as (
  select w."check" as id, w.tab, w.cols, w.wanted as word, w.purpose, w.sql
  from jsonb_to_recordset($1::jsonb -> 'indexes') w ("check" text, tab text, cols text[], wanted text, purpose text, sql text)),
relation as (
  select c.oid, n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted, greatest(c.reltuples, 0)::bigint as estimated_rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and (n.nspname = 'queue_desk' or n.nspname || '.' || c.relname in (select t.tab from jsonb_to_recordset($1::jsonb -> 'columns') t (tab text) where t.tab like 'public.%'))),
index as (
  select i.*, r.name as tab, r.quoted, r.estimated_rows, x.relname::text as name, format('%I.%I', n.nspname, x.relname) as index_q, pg_get_expr(i.indpred, i.indrelid) as predicate,
    array(select a.attname::text from unnest(i.indkey) with ordinality u (num, n) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.num order by u.n) as cols
  from pg_index i join relation r on r.oid = i.indrelid join pg_class x on x.oid = i.indexrelid join pg_namespace n on n.oid = x.relnamespace),
gone as (
  select w.*, r.quoted, r.estimated_rows from wanted w join relation r on r.name = w.tab
  where not exists (select from index i where i.tab = w.tab and i.indisvalid and i.cols[1:cardinality(w.cols)] = w.cols
    and (i.predicate is null or i.predicate = format('(%I IS NOT NULL)', w.cols[1]) or (w.word is not null and i.predicate like '%''' || w.word || '''%')))),
key as (
  select k.conname::text as name, r.name as tab, r.quoted, r.estimated_rows, a.attname::text as col, p.relname::text as parent
  from pg_constraint k join relation r on r.oid = k.conrelid join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] join pg_class p on p.oid = k.confrelid
  where k.contype = 'f' and k.conparentid = 0
    and not exists (select from index i where i.indrelid = k.conrelid and i.indisvalid and i.indkey[0] = k.conkey[1] and (i.predicate is null or i.predicate = format('(%I IS NOT NULL)', a.attname))))
select g.id, 'warn' as level, 'fail' as status, g.tab || '.' || array_to_string(g.cols, ',') as object,
  case g.id when 'I1' then 'The key has its index' else 'The question has its index' end as title,
  format('No whole index begins with %s: %s, about %s rows are read from end to end.', array_to_string(g.cols, ', '), 'for ' || g.purpose, g.estimated_rows) as why,
  format('index on (%s)%s', array_to_string(g.cols, ', '), coalesce(' where it is ' || g.word, '')) as expected, 'none' as found, g.estimated_rows as count, 'estimate' as counted,
  format('select indexdef from pg_indexes where schemaname || ''.'' || tablename = %L', g.tab) as sql, 'valid indexes by their columns' as scope, 'whether the planner uses it' as not_checked,
  'Build it while the application works.' as fix, g.sql as fix_sql, 'SHARE UPDATE EXCLUSIVE: nobody waits; about a second for a million rows' as fix_lock
from gone g
union all
select 'I1', 'warn', 'fail', k.tab || '.' || k.col, 'The key has its index', format('Key %s has no index: deleting a row of %s reads about %s rows of %s.', k.name, k.parent, k.estimated_rows, k.tab), format('index on (%s)', k.col), 'none', k.estimated_rows, 'estimate',
  format('select indexdef from pg_indexes where schemaname || ''.'' || tablename = %L', k.tab), 'keys of tables with 10,000 rows or more, and the documented ones of any size', null,
  'Build it while the application works.', format('create index concurrently on %s (%I)', k.quoted, k.col), 'SHARE UPDATE EXCLUSIVE: nobody waits; about a second for a million rows'
from key k where k.estimated_rows >= 10000 and not exists (select from gone g where g.tab = k.tab and g.cols[1] = k.col)
  and not exists (select from wanted w where w.tab = k.tab and w.cols[1] = k.col)
union all
select 'I3', 'error', 'fail', i.tab, 'Every index is whole', format('Index %s is broken: building it was cut off. It helps no question and slows every write.', i.name), 'valid', 'invalid', null, 'exact',
  format('select indexrelid::regclass, indisvalid from pg_index where indrelid = %L::regclass', i.quoted), 'the indexes of the CRM''s tables and ours', 'inside of indexes (amcheck)',
  'Drop it and build it again.', format('reindex index concurrently %s', i.index_q), 'SHARE UPDATE EXCLUSIVE: nobody waits'
from index i where not i.indisvalid
union all
select 'I3', 'warn', 'fail', i.tab, 'No index is there twice', format('Index %s is the same as %s.', i.name, o.name), 'one', 'two', null, 'exact',
  format('select indexname, indexdef from pg_indexes where schemaname || ''.'' || tablename = %L', i.tab), 'the indexes of the CRM''s tables and ours', null,
  'Drop the one that no constraint needs.', format('drop index concurrently %s', i.index_q), 'SHARE UPDATE EXCLUSIVE: nobody waits'
from index i join index o on o.indrelid = i.indrelid and o.indkey = i.indkey and o.indclass = i.indclass and o.indcollation = i.indcollation and o.indoption = i.indoption
  and o.indnkeyatts = i.indnkeyatts and o.predicate is not distinct from i.predicate
  and pg_get_expr(o.indexprs, o.indrelid) is not distinct from pg_get_expr(i.indexprs, i.indrelid) and o.indexrelid <> i.indexrelid
where i.indisvalid and o.indisvalid and not i.indisprimary
  and (o.indisprimary or (o.indisunique and not i.indisunique) or (o.indisunique = i.indisunique and o.indexrelid < i.indexrelid))
