-- Makes the sample clients. $1: array of clients. Locks: the new rows.
insert into public.clients (id, name, description, contact_info)
select r.id, r.name, r.description, '{"sample": true}'
from jsonb_to_recordset($1) as r (id uuid, name text, description text)
