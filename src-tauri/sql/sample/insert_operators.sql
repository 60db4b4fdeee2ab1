-- Makes the sample operators. $1: array of operators. Locks: the new rows.
insert into queue_desk.operator (user_id, name, active)
select r.user_id, r.name, true
from jsonb_to_recordset($1) as r (user_id uuid, name text)
