-- Whether a relation is there already, and whole if it is an index. No locks.
select to_regclass($1) is not null
  and not exists (select from pg_catalog.pg_index i where i.indexrelid = to_regclass($1) and not i.indisvalid)
