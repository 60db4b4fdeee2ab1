-- One lead ($1) with its facts, what its score is made of, the weights of the operator ($2, none is the caller) in their settings, and its
-- last receipt. Locks: none. Index: primary keys, lead_id of the queue and
-- of delivery, queue_desk_lead_phone, queue_ledger_lead.
select l.id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as name, l.phone::text, l.status::text, l.client_id, c.name::text as client,
  o.name as owner, a.owner as owner_id, coalesce(a.owner = queue_desk.current_user_id(), false) as owner_is_me, queue_desk.sane(a.since) as since,
  (select count(*) from public.whatsapp_message_queue m where m.lead_id = l.id and m.queue_status in ('queued', 'sending'))::integer as waiting,
  (select queue_desk.sane(max(d.dispatched_at)) from queue_desk.delivery d where d.lead_id = l.id and d.dispatched_at is not null) as last_sent_at,
  exists (select from queue_desk.opt_out x where x.lead_id = l.id) as opted_out,
  queue_desk.sane(l.last_interaction) as last_interaction, queue_desk.sane(l.created_at) as created_at,
  l.bant_status::text, coalesce(l.lead_metadata, '{}') as lead_metadata, queue_desk.now() as now,
  (select count(*) from public.leads x where x.id <> l.id and right(regexp_replace(x.phone, '[^0-9]', '', 'g'), 9) = right(regexp_replace(l.phone, '[^0-9]', '', 'g'), 9)
    and length(regexp_replace(l.phone, '[^0-9]', '', 'g')) >= 7)::integer as same_phone,
  (select r.receipt_id from queue_desk.queue_ledger r where r.lead_id = l.id and r.entity = 'receipt' order by r.id desc limit 1) as last_receipt,
  (select to_jsonb(s) from (select u.work_days, u.processing_targets, u.automation, u.advanced from public.user_queue_settings u
    where u.user_id = coalesce($2, queue_desk.current_user_id())) s) as settings
from public.leads l
left join public.clients c on c.id = l.client_id
left join queue_desk.lead_gate a on a.lead_id = l.id
left join queue_desk.operator o on o.user_id = a.owner
where l.id = $1
