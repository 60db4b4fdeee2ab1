-- What the report is about. No locks.
select current_database()::text as database, session_user::text as login, clock_timestamp() as at, to_regclass('public.leads') is not null as has_crm,
  (select format('%s#%s', d.datname, d.oid) from pg_catalog.pg_database d where d.datname = current_database()) as identity
