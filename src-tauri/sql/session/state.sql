-- What this database is: has it the CRM's tables, our schema? Reads the catalogue only, so it works everywhere. No locks.
select to_regclass('public.leads') is not null and to_regclass('public.whatsapp_message_queue') is not null as has_crm,
  to_regclass('queue_desk.instance') is not null as has_queue_desk,
  not exists (select from pg_catalog.pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')) as is_empty,
  session_user::text as login,
  current_setting('server_version') as server_version,
  pg_catalog.pg_is_in_recovery() as standby,
  -- A session of the reading side is read only by its own word; what it would go back to is the server's, or the login's.
  pg_catalog.pg_is_in_recovery() or (select s.reset_val = 'on' from pg_catalog.pg_settings s where s.name = 'default_transaction_read_only') or exists (
    select from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) c
    where s.setrole in (0, (select r.oid from pg_catalog.pg_roles r where r.rolname = session_user))
      and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))
      and c = 'default_transaction_read_only=on') as read_only
