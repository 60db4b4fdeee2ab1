-- M1: what the migration runner remembers. Reads a table that desks may not see. No locks.
select s.id, s.checksum, s.state, s.error from queue_desk.migration_step s order by s.id
