-- Which database this is, for what a desk remembers of it: a new one under an old name is another one. No locks.
select format('%s#%s', d.datname, d.oid) from pg_catalog.pg_database d where d.datname = current_database()
