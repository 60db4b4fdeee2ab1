-- Gives leads to the operators who took them. $1: array of taken leads. Locks: the new rows.
insert into queue_desk.lead_gate (lead_id, owner, since, by, version)
select r.lead_id, r.owner, r.since, r.owner, 1
from jsonb_to_recordset($1) as r (lead_id uuid, owner uuid, since timestamptz)
