-- Marks a step as begun. Locks: its own row.
insert into queue_desk.migration_step (id, kind, checksum, state, attempts, app_version) values ($1, $2, $3, 'running', 1, $4)
on conflict (id) do update set checksum = excluded.checksum, state = 'running', attempts = migration_step.attempts + 1,
  started_at = clock_timestamp(), finished_at = null, error = null, by = session_user, app_version = excluded.app_version
