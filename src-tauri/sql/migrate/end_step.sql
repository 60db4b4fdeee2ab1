-- Marks a step as done or failed. Locks: its own row.
update queue_desk.migration_step s set state = $2, error = $3, finished_at = clock_timestamp() where s.id = $1
