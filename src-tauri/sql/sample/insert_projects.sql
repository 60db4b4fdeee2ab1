-- Makes the sample projects. $1: array of projects. Locks: the new rows, and their clients (FOR KEY SHARE).
insert into public.projects (id, name, client_id, metadata)
select r.id, r.name, r.client_id, '{"sample": true}'
from jsonb_to_recordset($1) as r (id uuid, name text, client_id uuid)
