-- The references of the CRM, parents first, and for each what there is and what is to be done. Read by the runner (kind `keys`), which
-- for each reference: builds the index of the child column, adds the key NOT VALID (from then on no new row can point nowhere), settles
-- the rows that point nowhere in small batches (functions/quarantine.sql), validates, and counts again.
-- Keys are matched by their columns, never by name: what somebody made by hand is adopted.
-- What becomes of a row that points nowhere is what would have become of it, had the key been there: `cascade` moves it to
-- queue_desk.quarantine, `set null` and `no action` null the reference, and a column that must have a value moves its row.
-- Locks: this query none. add_sql: SHARE ROW EXCLUSIVE on child and parent for a moment, given up after 100 ms each, because whoever
-- waits behind us for auth.users cannot sign in. validate_sql: SHARE UPDATE EXCLUSIVE on the child, ROW SHARE on the parent. index_sql:
-- SHARE UPDATE EXCLUSIVE on the child. Nobody's reading or writing waits for the last two.
with contract (level, child, col, parent, on_delete) as (values
  (1, 'public.clients', 'user_id', 'auth.users', 'no action'), (2, 'public.projects', 'client_id', 'public.clients', 'set null'),
  (3, 'public.leads', 'client_id', 'public.clients', 'no action'), (3, 'public.leads', 'current_project_id', 'public.projects', 'no action'),
  (4, 'public.client_members', 'client_id', 'public.clients', 'cascade'), (4, 'public.client_members', 'user_id', 'auth.users', 'cascade'),
  (4, 'public.project_members', 'project_id', 'public.projects', 'cascade'), (4, 'public.project_members', 'user_id', 'auth.users', 'cascade'),
  (4, 'public.lead_members', 'lead_id', 'public.leads', 'cascade'), (4, 'public.lead_members', 'user_id', 'auth.users', 'cascade'),
  (5, 'public.user_queue_settings', 'user_id', 'auth.users', 'cascade'),
  (5, 'public.queue_performance_metrics', 'user_id', 'auth.users', 'cascade'), (5, 'public.queue_performance_metrics', 'client_id', 'public.clients', 'cascade'),
  (6, 'public.lead_processing_queue', 'lead_id', 'public.leads', 'cascade'), (6, 'public.lead_processing_queue', 'user_id', 'auth.users', 'cascade'),
  (6, 'public.lead_processing_queue', 'client_id', 'public.clients', 'set null'), (6, 'public.lead_processing_queue', 'project_id', 'public.projects', 'set null'),
  (6, 'public.whatsapp_message_queue', 'lead_id', 'public.leads', 'cascade'), (6, 'public.whatsapp_message_queue', 'user_id', 'auth.users', 'cascade'),
  (6, 'public.whatsapp_message_queue', 'client_id', 'public.clients', 'cascade')),
relation as (
  select c.oid, n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted, c.relname, c.relkind, c.relowner, c.reltuples,
    case when row_security_active(c.oid) then format('row security hides rows of %s.%s from this login', n.nspname, c.relname) end as hidden
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('public', 'auth')),
edge as (
  select c.*, ch.oid as child_oid, ch.quoted as child_q, ch.relname as child_name, ch.relowner, ch.relkind, ch.reltuples, coalesce(ch.hidden, p.hidden) as hidden,
    p.oid as parent_oid, p.quoted as parent_q, a.attnum, a.atttypid, a.attnotnull, pa.attnum as parent_attnum, pa.atttypid as parent_type
  from contract c left join relation ch on ch.name = c.child left join relation p on p.name = c.parent
  left join pg_catalog.pg_attribute a on a.attrelid = ch.oid and a.attname = c.col and not a.attisdropped
  left join pg_catalog.pg_attribute pa on pa.attrelid = p.oid and pa.attname = 'id' and not pa.attisdropped),
found as (
  select e.*, k.conname::text as key, k.convalidated as valid,
    case when e.child_oid is null then e.child || ' is missing' when e.parent_oid is null then e.parent || ' is missing'
      when e.attnum is null then format('%s has no column %s', e.child, e.col) when e.parent_attnum is null then e.parent || ' has no column id'
      when e.atttypid <> e.parent_type then format('%s.%s is %s and %s.id is %s', e.child, e.col, format_type(e.atttypid, null), e.parent, format_type(e.parent_type, null))
      when k.conname is null and not exists (select from pg_catalog.pg_index i where i.indrelid = e.parent_oid and i.indisunique and i.indisvalid and i.indpred is null and i.indkey::text = e.parent_attnum::text)
        then format('%s.id is not unique', e.parent)
      when k.conname is null and e.relkind = 'p' then format('%s is partitioned, and such a key cannot be added NOT VALID', e.child) end as cannot,
    case when not pg_has_role(session_user, e.relowner, 'MEMBER') then format('%s belongs to %s', e.child, pg_get_userbyid(e.relowner))
      when k.conname is null and not (has_table_privilege(session_user, e.parent_oid, 'REFERENCES') or has_column_privilege(session_user, e.parent_oid, e.parent_attnum, 'REFERENCES'))
        then format('this login has no REFERENCES privilege on %s', e.parent)
      else e.hidden end as may_not,
    exists (select from pg_catalog.pg_index i where i.indrelid = e.child_oid and i.indisvalid and i.indkey[0] = e.attnum
      and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', e.col))) as indexed,
    (select format('%I.%I', 'public', c.relname) from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where i.indrelid = e.child_oid and not i.indisvalid
      and c.relname = left(format('queue_desk_%s_%s', e.child_name, e.col), 63)) as half_index,
    case when to_regclass(format('public.%I', left(format('queue_desk_%s_%s', e.child_name, e.col), 63))) is null then left(format('queue_desk_%s_%s', e.child_name, e.col), 63)
      else left(format('queue_desk_%s_%s', e.child_name, e.col), 61) || '_2' end as new_index,
    -- The name that Postgres itself would give, because programs test for it, where it is free.
    case when exists (select from pg_catalog.pg_constraint x where x.conrelid = e.child_oid and x.conname = left(format('%s_%s_fkey', e.child_name, e.col), 63))
      then left(format('queue_desk_%s_%s_fkey', e.child_name, e.col), 63) else left(format('%s_%s_fkey', e.child_name, e.col), 63) end as new_key,
    case when e.on_delete = 'cascade' or e.attnotnull then 'moved' else 'fk_nulled' end as action,
    -- A row trigger of the CRM may call out for each row that is updated: then one row at a time, so that no other row waits for it.
    exists (select from pg_catalog.pg_trigger t where t.tgrelid = e.child_oid and not t.tgisinternal and t.tgtype & 1 = 1 and t.tgtype & 2 = 0 and t.tgtype & 16 = 16 and t.tgenabled <> 'D') as calls_out,
    exists (select from pg_catalog.pg_attribute a where a.attrelid = e.child_oid and a.attname = 'created_at' and not a.attisdropped and a.atttypid = 'timestamptz'::regtype) as dated
  from edge e left join lateral (
    select x.conname, x.convalidated from pg_catalog.pg_constraint x where x.contype = 'f' and x.conrelid = e.child_oid and x.confrelid = e.parent_oid
      and x.conkey = array[e.attnum] and x.confkey = array[e.parent_attnum] order by x.convalidated desc, x.conname limit 1) k on true)
select f.level, f.child, f.col, f.parent, f.on_delete, f.action, f.cannot, f.may_not, f.key, f.valid, f.indexed, f.half_index, coalesce(f.calls_out and f.action = 'fk_nulled', false) as one_by_one,
  coalesce(f.reltuples, 0)::bigint as rows, coalesce(pg_catalog.pg_table_size(f.child_oid), 0) as bytes,
  format('drop index concurrently if exists %s', f.half_index) as drop_index_sql,
  format('create index concurrently if not exists %I on %s (%I)', case when f.half_index is null then f.new_index else left(format('queue_desk_%s_%s', f.child_name, f.col), 63) end, f.child_q, f.col) as index_sql,
  format('alter table %s add constraint %I foreign key (%I) references %s (id) on delete %s not valid', f.child_q, f.new_key, f.col, f.parent_q, f.on_delete) as add_sql,
  format('comment on constraint %I on %s is %L', f.new_key, f.child_q, 'Made by Queue Desk; `queue-desk migrate --remove` takes it out.') as comment_sql,
  format('alter table %s validate constraint %I', f.child_q, coalesce(f.key, f.new_key)) as validate_sql,
  format('select count(*) as pointing, count(*) filter (where p.id is null) as orphans, exists (select from %s) as parent_has_rows, %s as recent from %s c left join %s p on p.id = c.%I where c.%I is not null',
    f.parent_q, case when f.dated then 'count(*) filter (where p.id is null and c.created_at > now() - interval ''1 day'')' else 'null::bigint' end, f.child_q, f.parent_q, f.col, f.col) as count_sql
from found f order by f.level, f.child, f.col
