-- What looks like ours and is not: named in the preview, and left alone. Catalogue only. No locks.
select format('%I.%I', n.nspname, c.relname) as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'p', 'm') and n.nspname not in ('queue_desk', 'pg_catalog', 'information_schema') and c.relname in ('queue_ledger', 'queue_analytics', '_sqlx_migrations') order by 1
