-- F3, F4, F5: keys of public that do harm, and columns that look like a key and have none ($1: audit::contract, whose own keys
-- audit::check::keys judges). Only what is wrong comes back. Catalogue only; no locks.
with contract as (select c.* from jsonb_to_recordset($1::jsonb -> 'keys') c (child text, col text, parent text, on_delete text)),
relation as (
  select c.oid, n.nspname::text as schema, n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and not exists (select from pg_inherits i where i.inhrelid = c.oid)),
key as (
  select k.oid, k.conname::text as name, k.confdeltype, k.conrelid, k.confrelid, k.conkey, k.confkey, ch.name as child, ch.quoted, p.name as parent, p.schema as parent_schema,
    array(select a.attname::text from unnest(k.conkey) with ordinality u (num, n) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num order by u.n) as cols,
    array(select a.attname::text from unnest(k.confkey) with ordinality u (num, n) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num order by u.n) as parent_cols
  from pg_constraint k join relation ch on ch.oid = k.conrelid join relation p on p.oid = k.confrelid
  where k.contype = 'f' and k.conparentid = 0 and ch.schema in ('public', 'queue_desk')),
attribute as (
  select r.oid, r.name as tab, r.schema, r.quoted, a.attname::text as col, a.attnum, a.atttypid, a.attnotnull from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped),
documented as (select k.oid from key k join contract c on c.child = k.child and k.cols = array[c.col] and c.parent = k.parent)
-- F3 outside the contract: what stops a user from being deleted, or cannot work at all.
select 'F3' as id, 'warn' as level, 'fail' as status, k.child || '.' || array_to_string(k.cols, ',') as object, 'Deleting what it points to works' as title, k.name as part,
  format('Key %s refuses that a user of it is deleted: the dashboard says "Database error deleting user".', k.name) as why,
  null::text as expected, 'on delete ' || case k.confdeltype when 'r' then 'restrict' else 'no action' end as found,
  format('select conname, confdeltype from pg_constraint where conrelid = %L::regclass and contype = ''f''', k.quoted) as sql,
  'every key of public to auth.users, and what a deletion does' as scope, 'Decide what deleting a user should do to these rows: cascade, or set null.' as fix, null::text as fix_sql, null::text as fix_lock
from key k where k.parent = 'auth.users' and k.confdeltype in ('a', 'r') and k.oid not in (select d.oid from documented d) and k.child like 'public.%'
union all
select 'F3', 'warn', 'fail', k.child || '.' || array_to_string(k.cols, ','), 'Deleting what it points to works', k.name,
  format('Key %s sets %s to null when its %s is deleted, and the column may not be null: the deletion fails.', k.name, array_to_string(k.cols, ', '), k.parent), null, 'on delete set null, not null',
  format('select conname, confdeltype from pg_constraint where conrelid = %L::regclass and contype = ''f''', k.quoted), 'every key of public, and what a deletion does', 'Let the column be null, or let the key do something else.', null, null
from key k where k.confdeltype = 'n' and k.oid not in (select d.oid from documented d) and k.child like 'public.%'
  and exists (select from attribute a where a.oid = k.conrelid and a.attnum = any (k.conkey) and a.attnotnull)
union all
select 'F4', 'error', 'fail', c.child || '.' || c.col, 'Key and target have one type', null, format('%s is %s and %s.id is %s: no foreign key can bind them.', c.col, format_type(a.atttypid, null), c.parent, format_type(b.atttypid, null)),
  format_type(b.atttypid, null), format_type(a.atttypid, null), format('select atttypid::regtype from pg_attribute where attrelid = %L::regclass and attname = %L', a.quoted, c.col), 'the columns that keys of the contract join',
  'Change the column''s type: its values have to be looked at first.', null, 'ACCESS EXCLUSIVE while the table is rewritten'
from contract c join attribute a on a.tab = c.child and a.col = c.col join attribute b on b.tab = c.parent and b.col = 'id' where a.atttypid <> b.atttypid
  and not exists (select from key k where k.child = c.child and k.cols = array[c.col] and k.parent = c.parent)
union all
select 'F4', 'warn', 'fail', k.child || '.' || array_to_string(k.cols, ','), 'One key for one reference', k.name, format('Key %s says what %s says already: each write is checked twice.', k.name, min(o.name)), 'one key', 'two keys',
  format('select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %L::regclass and contype = ''f''', k.quoted), 'the keys of public', 'Drop the one that is not needed.',
  format('alter table %s drop constraint %I', k.quoted, k.name), 'ACCESS EXCLUSIVE on both tables for a moment'
from key k join key o on o.conrelid = k.conrelid and o.confrelid = k.confrelid and o.conkey = k.conkey and o.confkey = k.confkey and o.oid < k.oid
group by k.oid, k.child, k.cols, k.name, k.quoted
union all
select 'F4', 'error', 'fail', k.child || '.' || array_to_string(k.cols, ','), 'Keys to auth point to a primary key', k.name,
  format('Key %s points to %s (%s): only the primary keys of schema auth are promised to stay.', k.name, k.parent, array_to_string(k.parent_cols, ', ')), 'auth.users (id)', format('%s (%s)', k.parent, array_to_string(k.parent_cols, ', ')),
  format('select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %L::regclass and contype = ''f''', k.quoted), 'the keys of public into schema auth', 'Point it to auth.users (id).', null, null
from key k where k.parent_schema = 'auth' and not exists (select from pg_constraint p where p.contype = 'p' and p.conrelid = k.confrelid and p.conkey = k.confkey)
union all
-- A column named like a key, of an id's type. The contract's own are F1's.
select 'F5', 'info', 'fail', a.tab || '.' || a.col, 'Columns named like a key have one', null, format('%s is named like a reference, and nothing says what it points to.', a.col), 'a foreign key', 'none',
  format('select * from pg_constraint where conrelid = %L::regclass and contype = ''f''', a.quoted), 'columns of public of type uuid whose name ends in _id', 'Look whether it is one; nothing of Queue Desk depends on it.', null, null
from attribute a where a.schema = 'public' and a.atttypid = 'uuid'::regtype and a.col like '%\_id'
  and not exists (select from key k where k.conrelid = a.oid and a.attnum = any (k.conkey)) and not exists (select from contract c where c.child = a.tab and c.col = a.col)
  and not exists (select from pg_index i where i.indrelid = a.oid and i.indisprimary and i.indkey[0] = a.attnum)
