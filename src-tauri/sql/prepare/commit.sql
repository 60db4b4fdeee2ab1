-- Commits a plan. Locks: one advisory lock for all commits of this database, then the new rows. Index: as in the function.
select queue_desk.prepare_commit($1, $2, $3)
