-- Says who works for which client. $1: array of members. Locks: the new rows, and their users and clients (FOR KEY SHARE).
insert into public.client_members (id, user_id, client_id, role)
select r.id, r.user_id, r.client_id, r.role
from jsonb_to_recordset($1) as r (id uuid, user_id uuid, client_id uuid, role text)
