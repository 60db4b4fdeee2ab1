-- T1: the tables and columns of the CRM that Queue Desk reads and writes, with their kinds. One row for each table. `must` says that the
-- CRM documents the column as NOT NULL. A kind is what our statements compare with: an enum where text is meant breaks them.
-- Catalogue only (by name, because looking up a name in a schema that the login may not use raises). No locks.
with contract (tab, col, kind, must) as (values
  ('auth.users', 'id', 'uuid', true),
  ('public.clients', 'id', 'uuid', true), ('public.clients', 'name', 'text', true), ('public.clients', 'user_id', 'uuid', false),
  ('public.projects', 'id', 'uuid', true), ('public.projects', 'client_id', 'uuid', true),
  ('public.client_members', 'user_id', 'uuid', false), ('public.client_members', 'client_id', 'uuid', true),
  ('public.project_members', 'user_id', 'uuid', false), ('public.project_members', 'project_id', 'uuid', true),
  ('public.lead_members', 'user_id', 'uuid', false), ('public.lead_members', 'lead_id', 'uuid', true),
  ('public.leads', 'id', 'uuid', true), ('public.leads', 'first_name', 'text', false), ('public.leads', 'last_name', 'text', false),
  ('public.leads', 'phone', 'text', false), ('public.leads', 'status', 'text', true), ('public.leads', 'bant_status', 'text', false),
  ('public.leads', 'client_id', 'uuid', false), ('public.leads', 'current_project_id', 'uuid', false),
  ('public.leads', 'lead_metadata', 'jsonb', false), ('public.leads', 'last_interaction', 'timestamptz', false),
  ('public.leads', 'created_at', 'timestamptz', true),
  ('public.whatsapp_message_queue', 'id', 'uuid', true), ('public.whatsapp_message_queue', 'lead_id', 'uuid', false),
  ('public.whatsapp_message_queue', 'user_id', 'uuid', false), ('public.whatsapp_message_queue', 'client_id', 'uuid', false),
  ('public.whatsapp_message_queue', 'queue_position', 'integer', true), ('public.whatsapp_message_queue', 'priority', 'integer', false),
  ('public.whatsapp_message_queue', 'queue_status', 'text', false), ('public.whatsapp_message_queue', 'message_type', 'text', true),
  ('public.whatsapp_message_queue', 'message_content', 'text', true), ('public.whatsapp_message_queue', 'recipient_phone', 'text', true),
  ('public.whatsapp_message_queue', 'template_name', 'text', false), ('public.whatsapp_message_queue', 'message_template', 'text', false),
  ('public.whatsapp_message_queue', 'template_parameters', 'jsonb', false), ('public.whatsapp_message_queue', 'message_variables', 'jsonb', false),
  ('public.whatsapp_message_queue', 'whatsapp_message_id', 'text', false), ('public.whatsapp_message_queue', 'scheduled_for', 'timestamptz', false),
  ('public.whatsapp_message_queue', 'send_after', 'timestamptz', false), ('public.whatsapp_message_queue', 'last_retry_at', 'timestamptz', false),
  ('public.whatsapp_message_queue', 'expires_at', 'timestamptz', false), ('public.whatsapp_message_queue', 'retry_count', 'integer', false),
  ('public.whatsapp_message_queue', 'attempts', 'integer', false), ('public.whatsapp_message_queue', 'error_message', 'text', false),
  ('public.whatsapp_message_queue', 'last_error', 'text', false), ('public.whatsapp_message_queue', 'error_code', 'text', false),
  ('public.whatsapp_message_queue', 'queued_at', 'timestamptz', false), ('public.whatsapp_message_queue', 'processed_at', 'timestamptz', false),
  ('public.whatsapp_message_queue', 'sent_at', 'timestamptz', false), ('public.whatsapp_message_queue', 'delivered_at', 'timestamptz', false),
  ('public.whatsapp_message_queue', 'read_at', 'timestamptz', false), ('public.whatsapp_message_queue', 'queue_metadata', 'jsonb', false),
  ('public.whatsapp_message_queue', 'created_at', 'timestamptz', false), ('public.whatsapp_message_queue', 'updated_at', 'timestamptz', false),
  ('public.lead_processing_queue', 'id', 'uuid', true), ('public.lead_processing_queue', 'lead_id', 'uuid', false),
  ('public.lead_processing_queue', 'user_id', 'uuid', false), ('public.lead_processing_queue', 'client_id', 'uuid', false),
  ('public.lead_processing_queue', 'queue_position', 'integer', true), ('public.lead_processing_queue', 'priority', 'integer', false),
  ('public.lead_processing_queue', 'queue_status', 'text', false), ('public.lead_processing_queue', 'processing_type', 'text', false),
  ('public.lead_processing_queue', 'scheduled_for', 'timestamptz', false), ('public.lead_processing_queue', 'completed_at', 'timestamptz', false),
  ('public.lead_processing_queue', 'error_message', 'text', false), ('public.lead_processing_queue', 'retry_count', 'integer', false),
  ('public.lead_processing_queue', 'created_at', 'timestamptz', false), ('public.lead_processing_queue', 'updated_at', 'timestamptz', false),
  ('public.user_queue_settings', 'id', 'uuid', true), ('public.user_queue_settings', 'user_id', 'uuid', true),
  ('public.user_queue_settings', 'work_days', 'jsonb', false), ('public.user_queue_settings', 'processing_targets', 'jsonb', false),
  ('public.user_queue_settings', 'automation', 'jsonb', false), ('public.user_queue_settings', 'advanced', 'jsonb', false),
  ('public.queue_performance_metrics', 'user_id', 'uuid', true)),
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
written (tab, cols) as (values
  ('public.whatsapp_message_queue', '{id,lead_id,user_id,client_id,queue_position,priority,queue_status,message_type,message_content,recipient_phone,template_name,message_template,template_parameters,message_variables,scheduled_for,queued_at,queue_metadata}'::text[]),
  ('public.user_queue_settings', '{user_id}')),
problem as (
  select c.tab, c.col || ' is missing' as text, true as bad from contract c join relation r using (tab) left join attribute a using (tab, col) where a.col is null
  union all select c.tab, format('%s is %s, not %s', c.col, a.type, c.kind), true from contract c join attribute a using (tab, col) where a.kind <> c.kind
  union all select a.tab, format('%s must be given, and we do not know it', a.col), true from attribute a join written w using (tab) where a.demands and not a.col = any (w.cols)
  union all select c.tab, format('%s may be null here', c.col), false from contract c join attribute a using (tab, col) where c.must and not a.not_null)
select c.tab as object, r.oid is not null as exists, coalesce(r.readable, false) as readable,
  case when r.oid is null or not r.readable then false else row_security_active(r.oid) end as partial,
  array(select p.text from problem p where p.tab = c.tab and p.bad order by 1) as wrong,
  array(select p.text from problem p where p.tab = c.tab and not p.bad order by 1) as loose,
  'select count(*) from ' || c.tab as count_sql
from (select distinct c.tab from contract c) c left join relation r on r.tab = c.tab order by c.tab
