-- L1, M3: ledgers and migration tables of other programs. They are left alone. Catalogue only; no locks.
with relation as (select c.relname::text as name, n.nspname::text as schema, format('%I.%I', n.nspname, c.relname) as quoted from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p'))
select 'M3' as id, 'warn' as level, 'fail' as status, 'public.' || r.name as object, 'No migration table of a program lies in public' as title,
  format('%s keeps its migrations in schema public, which the web can reach.', case r.name when '_sqlx_migrations' then 'A program built with sqlx' when '_prisma_migrations' then 'Prisma' when 'alembic_version' then 'Alembic' when 'flyway_schema_history' then 'Flyway' else 'Another program' end) as why,
  null::text as expected, r.quoted as found, 'select relname from pg_class where relnamespace = ''public''::regnamespace' as sql, 'tables of public by the names that migration tools use' as scope,
  'Ask whose it is. Queue Desk does not touch it.' as fix
from relation r where r.schema = 'public' and r.name in ('_sqlx_migrations', '_prisma_migrations', 'schema_migrations', 'alembic_version', 'flyway_schema_history', 'databasechangelog', 'knex_migrations', 'django_migrations', '__diesel_schema_migrations', 'goose_db_version', 'ar_internal_metadata')
union all
select 'L1', 'info', 'fail', 'public.' || r.name, 'There is one ledger', 'Another ledger is here, of the CRM''s own making. Queue Desk neither reads nor writes it; its own is queue_desk.queue_ledger.', null, r.quoted,
  'select relname from pg_class where relname = ''queue_ledger''', 'tables named queue_ledger in public', 'Nothing to do.'
from relation r where r.schema = 'public' and r.name = 'queue_ledger'
