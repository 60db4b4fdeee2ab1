-- One migration of this database at a time. Polled, never waited for: a waiting lock holds a snapshot, for which another
-- session's CREATE INDEX CONCURRENTLY would wait, and both would stand still.
select pg_try_advisory_lock(hashtext('queue_desk'), hashtext('migrate'))
