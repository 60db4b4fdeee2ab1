-- Makes a login ($1) the operator $2, an admin and a runner. Locks: its row.
insert into queue_desk.login (db_role, user_id, admin, runner, active)
values ($1, $2, true, true, true)
on conflict (db_role) do update set user_id = excluded.user_id, admin = true, runner = true, active = true
