-- C2, C3: the columns that hold words of a list ($1: audit::contract), each with what a statement needs to look at it: the words in the
-- data, the rows that a CHECK which was never validated does not allow, what an INSERT without the column ends up with. Catalogue only; no locks.
with vocabulary as (select v.* from jsonb_to_recordset($1::jsonb -> 'vocabularies') v (tab text, col text, words text[], "default" text)),
relation as (select c.oid, n.nspname || '.' || c.relname as tab, format('%I.%I', n.nspname, c.relname) as quoted from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p')),
attribute as (
  select r.*, a.attname::text as col, a.attnum, a.atttypid, pg_get_expr(d.adbin, d.adrelid) as default_text
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum)
select v.tab || '.' || v.col as object, v.words, a.oid is not null as exists, v."default" as wanted_default, a.default_text,
  coalesce((select (regexp_match(a.default_text, '^''([^'']*)''(::[\w ."()]+)?$'))[1]), '') as default_word,
  coalesce(exists (select from pg_constraint k where k.conrelid = a.oid and k.contype = 'c' and a.attnum = any (k.conkey)) or exists (select from pg_type t where t.oid = a.atttypid and t.typtype in ('e', 'd')), false) as limited,
  format('select %I::text as word, count(*) as count from %s where %I is not null group by 1 order by 2 desc', v.col, v.tab, v.col) as words_sql,
  format('alter table %s alter column %I set default %L', v.tab, v.col, v."default") as default_sql
from vocabulary v left join attribute a on a.tab = v.tab and a.col = v.col
