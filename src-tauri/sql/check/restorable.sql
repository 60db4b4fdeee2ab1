-- O3: for each table of the contract ($1), a statement that counts its rows in quarantine whose parents all exist again. Catalogue only; no locks.
with contract as (select c.* from jsonb_to_recordset($1::jsonb -> 'keys') c (child text, col text, parent text))
select c.child as tab, format('select count(*) from queue_desk.quarantine q, lateral (select coalesce(q.row_data, ''{}''::jsonb) || coalesce(q.old_values, ''{}''::jsonb)) v (row)
  where q.src_schema || ''.'' || q.src_table = %L and q.restored_at is null and q.decided_at is null and q.action in (''moved'', ''fk_nulled'') and %s', c.child,
  string_agg(format('(v.row ->> %L is null or exists (select from %s p where p.id::text = v.row ->> %L))', c.col, c.parent, c.col), ' and ')) as count_sql
from contract c where to_regclass('queue_desk.quarantine') is not null group by c.child
