-- Who the login is, and what it may do here. Catalogue only, so it works in every database. No locks.
with crm as (
  select c.oid, c.relname, pg_has_role(session_user, c.relowner, 'MEMBER') as mine, has_table_privilege(session_user, c.oid, 'SELECT') as readable
  from pg_catalog.pg_class c
  where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p')
    and c.relname in ('clients', 'projects', 'leads', 'whatsapp_message_queue', 'lead_processing_queue', 'user_queue_settings'))
select r.rolname::text as login, r.rolsuper as superuser, r.rolbypassrls as sees_every_row, r.rolsuper or r.rolcreaterole as may_create_roles,
  has_database_privilege(session_user, current_database(), 'CREATE') as may_create_schemas,
  has_schema_privilege(session_user, 'public', 'CREATE') as may_create_tables,
  (select bool_and(crm.mine) from crm) as owns_crm,
  (select bool_and(crm.readable) from crm where crm.relname in ('leads', 'whatsapp_message_queue')) as reads_crm,
  exists (select from pg_catalog.pg_roles g where g.rolname = 'queue_desk_operator') as has_group,
  exists (select from pg_catalog.pg_roles g where g.rolname = 'queue_desk_operator' and pg_has_role(session_user, g.oid, 'MEMBER')) as in_group
from pg_catalog.pg_roles r where r.rolname = session_user
