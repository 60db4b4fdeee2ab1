-- How many rows of an act ($1 its receipt) an undo could still take back, as queue_desk.undo decides: a prepare's messages that were not
-- dispatched, a take that still stands. Null: this act cannot be undone. No locks. Indexes: queue_ledger_entity, plan_receipt, primary keys.
select case l.action
  when 'prepare' then (select count(*) from queue_desk.plan p join queue_desk.plan_item i on i.plan_id = p.id join public.whatsapp_message_queue m on m.id = i.message_id
    where p.receipt_id = $1 and m.queue_status in ('queued', 'sending')
      and (m.queue_status = 'queued' or exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is null))
      and not exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is not null))
  when 'take' then (select count(*) from queue_desk.lead_gate g where (l.detail ->> 'changed')::integer > 0 and g.lead_id = (l.detail -> 'detail' ->> 'lead_id')::uuid
    and g.owner = (l.detail -> 'detail' ->> 'owner')::uuid and g.since = (l.detail -> 'detail' ->> 'since')::timestamptz) end
from queue_desk.queue_ledger l where l.entity = 'receipt' and l.entity_id = $1::text
