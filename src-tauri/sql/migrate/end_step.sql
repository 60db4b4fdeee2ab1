-- Marks a step as done or failed, also one whose beginning was rolled back with it. $1 id, $2 state, $3 error, $4 kind, $5 checksum, $6 version.
-- Locks: its own row.
insert into queue_desk.migration_step as s (id, kind, checksum, state, error, attempts, finished_at, app_version)
values ($1, $4, $5, $2, $3, 1, clock_timestamp(), $6)
on conflict (id) do update set state = excluded.state, error = excluded.error, finished_at = clock_timestamp()
