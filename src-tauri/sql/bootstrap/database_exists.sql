-- Whether the desk's database is there. No locks.
select exists (select from pg_catalog.pg_database where datname = 'queue_desk')
