-- Releases migrate/lock.
select pg_advisory_unlock(hashtext('queue_desk'), hashtext('migrate'))
