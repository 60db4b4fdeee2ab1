-- What the runner did here before. No locks.
select s.id, s.checksum, s.state from queue_desk.migration_step s
