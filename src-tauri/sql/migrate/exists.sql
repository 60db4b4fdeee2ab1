-- Whether a relation is there already. No locks.
select to_regclass($1) is not null
