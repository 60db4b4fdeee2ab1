-- What the planner needs to know about a day ($2, none is the next working one) of an operator ($1): a row of its own, and then the leads that
-- could be queued ($3: only these), with a reason beside each that cannot be. Locks: none. Indexes: (user_id) of the queue, leads (status,
-- processing_state).
with today as materialized (select queue_desk.prepare_day($1, $2) as day)
select t.day, null::uuid as lead_id, null::text as first_name, null::text as last_name, null::text as phone, null::text as status, null::text as bant_status,
  null::jsonb as lead_metadata, null::timestamptz as last_interaction, null::timestamptz as created_at, null::text as fingerprint, null::text as reason, null::text as detail
from today t
union all
select null, c.lead_id, c.first_name, c.last_name, c.phone, c.status, c.bant_status, c.lead_metadata, c.last_interaction, c.created_at, c.fingerprint, c.reason, c.detail
from today t cross join lateral queue_desk.prepare_candidates((t.day ->> 'as_user')::uuid, (t.day ->> 'day')::date, $3) c
where t.day ->> 'day' is not null and (t.day ->> 'day')::date >= (t.day ->> 'today')::date
