-- Makes profiles. $1: array of profiles. Locks: the new rows, and their users (FOR KEY SHARE). A sign-up trigger may have
-- made the row already.
insert into public.profiles (id, full_name, email, role)
select r.id, r.full_name, r.email, r.role
from jsonb_to_recordset($1) as r (id uuid, full_name text, email text, role text)
on conflict (id) do update set full_name = excluded.full_name, email = excluded.email, role = excluded.role
