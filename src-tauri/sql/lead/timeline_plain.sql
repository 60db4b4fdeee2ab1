-- What happened to a lead ($1) of a CRM that is not migrated, newest first, of one kind ($2: messages, people, system) or all; $3 and $4 the last
-- row of the page before (time as text, id), $5 how many: its messages and what the provider says, and when it came. Locks: none.
-- Index: primary keys, lead_id of the queue.
with message as materialized (select m.* from public.whatsapp_message_queue m where m.lead_id = $1),
event (id, at, kind, source, action, entity, actor_kind, message_id, content, error_code) as (
  select format('s%s-%s', m.id, s.word), s.at, 'messages', 'status', s.word, 'message', null, m.id, null, null
  from message m cross join lateral (values ('delivered', m.delivered_at), ('read', m.read_at)) s (word, at)
  union all
  select format('m%s', m.id), coalesce(m.sent_at, m.updated_at, m.created_at), 'messages', 'message', 'insert', 'message', 'foreign', m.id, m.message_content, m.error_code
  from message m
  union all
  select 'created', l.created_at, 'system', 'created', 'created', 'lead', null, null, null, null from public.leads l where l.id = $1)
select e.id, e.at, e.kind, e.source, e.action, e.entity, null::text as from_state, case when e.source = 'message' then m.queue_status end as to_state,
  null::text as reason, e.actor_kind, null::text as login, null::text as operator, null::text as by, null::uuid as receipt_id, false as has_receipt, null::jsonb as receipt,
  e.message_id, e.content, coalesce(m.template_name, m.message_template)::text as template,
  case when m.scheduled_for >= '0001-01-01 00:00:00+00' and m.scheduled_for < '10000-01-01 00:00:00+00' then m.scheduled_for end as slot,
  null::integer as attempt, null::text as sender, null::text as outcome, e.error_code, false as simulated, null::timestamptz as dispatched_at,
  null::timestamptz as finished_at, e.at::text as place
from event e left join message m on m.id = e.message_id
-- Years that a date of ours cannot hold are none.
where e.at >= '0001-01-01 00:00:00+00' and e.at < '10000-01-01 00:00:00+00'
  and ($2::text is null or e.kind = $2) and ($3::text is null or (e.at, e.id) < ($3::text::timestamptz, $4::text))
order by e.at desc, e.id desc limit $5
