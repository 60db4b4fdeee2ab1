-- Records who does not want messages. $1: array of opt-outs. Locks: the new rows.
insert into queue_desk.opt_out (lead_id, scope, by, at, source)
select r.lead_id, r.scope, r.by, r.at, r.source
from jsonb_to_recordset($1) as r (lead_id uuid, scope text, by uuid, at timestamptz, source text)
