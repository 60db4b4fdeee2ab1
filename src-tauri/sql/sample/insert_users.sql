-- Makes the users behind the sample operators. $1: array of operators. Locks: the new rows.
insert into auth.users (id, email, raw_user_meta_data, created_at, updated_at)
select r.user_id, r.email, jsonb_build_object('sample', true, 'full_name', r.name), now(), now()
from jsonb_to_recordset($1) as r (user_id uuid, name text, email text)
