-- What happened to a lead ($1), newest first, of one kind ($2: messages, people, system) or all; $3 and $4 the last row of the page before
-- (time as text, id), $5 how many. Ledger, deliveries, what the provider says, and messages older than the ledger; of an act with a receipt
-- the receipt alone, of an attempt to send the delivery alone. One lead's rows are few: they are read whole, then cut. Locks: none.
-- Indexes: queue_ledger_lead, delivery_lead, lead_id of the queue, primary keys.
with mine as materialized (select l.id, l.created_at from public.leads l where l.id = $1),
ledger as materialized (select x.* from queue_desk.queue_ledger x join mine on x.lead_id = mine.id),
message as materialized (select m.* from public.whatsapp_message_queue m join mine on m.lead_id = mine.id),
attempt as materialized (
  select d.message_id, d.attempt, d.user_id, d.sender, d.claimed_at, d.dispatched_at, d.finished_at, d.outcome, d.reason, d.error_code, d.simulated
  from queue_desk.delivery d join mine on d.lead_id = mine.id where d.dispatched_at is not null
  union all
  select d.message_id, d.attempt, d.user_id, d.sender, d.claimed_at, d.dispatched_at, d.finished_at, d.outcome, d.reason, d.error_code, d.simulated
  from message m join queue_desk.delivery d on d.message_id = m.id where d.dispatched_at is null),
event (id, at, kind, source, action, entity, from_state, to_state, reason, actor_kind, login, user_id, by, receipt_id, receipt, message_id, content, attempt, sender, outcome, error_code,
  simulated, dispatched_at, finished_at) as (
  select 'l' || lpad(x.id::text, 19, '0'), queue_desk.told_at(x.id, x.at),
    case when x.entity = 'message' then 'messages' when x.actor_kind = 'person' then 'people' else 'system' end, 'ledger', x.action, x.entity, x.from_state, x.to_state,
    x.reason, x.actor_kind, x.login, coalesce(x.as_user, x.user_id), case when x.as_user <> x.user_id then x.user_id end, x.receipt_id, case when x.entity = 'receipt' then x.detail - 'session' || jsonb_build_object('ledger_id', x.id::text) end,
    m.id, case when x.from_state is null and not exists (select from attempt d where d.message_id = m.id) then m.message_content end, null::integer, null, null, null, false, null::timestamptz, null::timestamptz
  from ledger x left join message m on x.entity = 'message' and m.id::text = x.entity_id
  where (x.entity = 'receipt' or not exists (select from ledger r where r.entity = 'receipt' and r.receipt_id = x.receipt_id))
    and not (x.entity = 'message' and x.actor_kind = 'automation' and exists (select from attempt d where d.message_id = m.id))
  union all
  select format('d%s-%s', d.message_id, lpad(d.attempt::text, 6, '0')), queue_desk.sane(coalesce(d.dispatched_at, d.finished_at, d.claimed_at)), 'messages', 'delivery', 'run', 'message', null, null,
    d.reason, 'automation', null, d.user_id, null, null, null, d.message_id, case when not exists (select from attempt n where n.message_id = d.message_id and n.attempt > d.attempt) then m.message_content end,
    d.attempt, d.sender, d.outcome, d.error_code, d.simulated, queue_desk.sane(d.dispatched_at), queue_desk.sane(d.finished_at)
  from attempt d left join message m on m.id = d.message_id
  union all
  select format('s%s-%s', m.id, s.word), queue_desk.sane(s.at), 'messages', 'status', s.word, 'message', null, null, null, null, null, m.user_id, null, null, null, m.id, null, null, null, null, null,
    false, null, null
  from message m cross join lateral (values ('delivered', m.delivered_at), ('read', m.read_at)) s (word, at) where queue_desk.sane(s.at) is not null
  union all
  select format('m%s', m.id), queue_desk.sane(coalesce(m.sent_at, m.updated_at, m.created_at)), 'messages', 'message', 'insert', 'message', null, m.queue_status, null, 'foreign', null, m.user_id, null, null, null,
    m.id, m.message_content, null, null, null, m.error_code, false, null, null
  from message m where queue_desk.sane(coalesce(m.sent_at, m.updated_at, m.created_at)) is not null
    and not exists (select from ledger x where x.entity = 'message' and x.entity_id = m.id::text) and not exists (select from attempt d where d.message_id = m.id)
  union all
  select 'created', queue_desk.sane(l.created_at), 'system', 'created', 'created', 'lead', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, false, null, null
  from mine l where queue_desk.sane(l.created_at) is not null)
select e.id, e.at, e.kind, e.source, e.action, e.entity, e.from_state, e.to_state, e.reason, e.actor_kind, e.login, o.name as operator, b.name as by, e.receipt_id,
  e.receipt is not null or (e.receipt_id is not null and exists (
    select from queue_desk.queue_ledger r where r.entity = 'receipt' and r.entity_id = e.receipt_id::text)) as has_receipt,
  e.receipt, e.message_id, e.content, coalesce(m.template_name, m.message_template)::text as template, queue_desk.sane(m.scheduled_for) as slot,
  e.attempt, e.sender, e.outcome, e.error_code, e.simulated, e.dispatched_at, e.finished_at, e.at::text as place
from event e left join message m on m.id = e.message_id left join queue_desk.operator o on o.user_id = e.user_id
left join queue_desk.operator b on b.user_id = e.by
where ($2::text is null or e.kind = $2) and ($3::text is null or (e.at, e.id) < ($3::text::timestamptz, $4::text))
order by e.at desc, e.id desc limit $5
