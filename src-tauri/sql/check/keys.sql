-- F1, F2, O1: the references of the CRM. Found in pg_constraint by their columns, never by name and never through
-- information_schema, which hides keys to tables that the login does not own (auth.users on Supabase) and reports them as missing.
-- Every other key of these tables comes along, so that its rows are counted too. Catalogue only; the counting statements are
-- returned as text. No locks.
with contract (child, col, parent, on_delete) as (values
  ('public.clients', 'user_id', 'auth.users', 'no action'), ('public.projects', 'client_id', 'public.clients', 'set null'),
  ('public.client_members', 'user_id', 'auth.users', 'cascade'), ('public.client_members', 'client_id', 'public.clients', 'cascade'),
  ('public.project_members', 'project_id', 'public.projects', 'cascade'), ('public.project_members', 'user_id', 'auth.users', 'cascade'),
  ('public.leads', 'client_id', 'public.clients', 'no action'), ('public.leads', 'current_project_id', 'public.projects', 'no action'),
  ('public.lead_members', 'lead_id', 'public.leads', 'cascade'), ('public.lead_members', 'user_id', 'auth.users', 'cascade'),
  ('public.whatsapp_message_queue', 'lead_id', 'public.leads', 'cascade'), ('public.whatsapp_message_queue', 'user_id', 'auth.users', 'cascade'),
  ('public.whatsapp_message_queue', 'client_id', 'public.clients', 'cascade'),
  ('public.lead_processing_queue', 'lead_id', 'public.leads', 'cascade'), ('public.lead_processing_queue', 'user_id', 'auth.users', 'cascade'),
  ('public.lead_processing_queue', 'client_id', 'public.clients', 'set null'), ('public.lead_processing_queue', 'project_id', 'public.projects', 'set null'),
  ('public.user_queue_settings', 'user_id', 'auth.users', 'cascade'),
  ('public.queue_performance_metrics', 'user_id', 'auth.users', 'cascade'), ('public.queue_performance_metrics', 'client_id', 'public.clients', 'cascade')),
relation as (
  select c.oid, format('%s.%s', n.nspname, c.relname) as name, format('%I.%I', n.nspname, c.relname) as quoted
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p')),
key as (
  select k.oid, k.conname::text as name, k.convalidated as valid, k.conrelid, k.confrelid,
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
  select e.*, k.name as key, k.valid,
    case when e.child_oid is null then e.child || ' is missing' when e.parent_oid is null then e.parent || ' is missing'
      when exists (select from unnest(e.cols) c where not exists (select from pg_attribute a where a.attrelid = e.child_oid and a.attname = c and not a.attisdropped))
        then format('%s has no column %s', e.child, array_to_string(e.cols, ', ')) end as cannot,
    (select quote_ident(a.attname) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indrelid = e.child_oid and i.indisprimary) as row_key,
    (select string_agg(format('p.%I = c.%I', pc, cc), ' and ') from unnest(e.cols, e.parent_cols) u (cc, pc)) as matches,
    (select string_agg(format('c.%I is not null', cc), ' and ') from unnest(e.cols) u (cc)) as points
  from edge e left join lateral (
    select k.name, k.valid from key k where k.conrelid = e.child_oid and k.confrelid = e.parent_oid and k.cols = e.cols and k.parent_cols = e.parent_cols
    order by k.valid desc, k.name limit 1) k on true)
select f.child, f.child || '.' || array_to_string(f.cols, ',') as object, f.parent, f.contract, f.cannot, f.key, f.valid,
  format('select count(*) as pointing, count(*) filter (where p.%I is null) as orphans, exists (select from %s) as parent_has_rows from %s c left join %s p on %s where %s',
    f.parent_cols[1], f.parent_q, f.child_q, f.parent_q, f.matches, f.points) as count_sql,
  format('select %s::text as key from %s c where %s and not exists (select from %s p where %s)', 'c.' || coalesce(f.row_key, 'ctid'), f.child_q, f.points, f.parent_q, f.matches) as list_sql,
  format('alter table %s add foreign key (%I) references %s (%I) on delete %s not valid; then validate it', f.child, f.cols[1], f.parent, f.parent_cols[1], f.on_delete) as fix
from found f order by f.contract desc, f.child, f.cols
