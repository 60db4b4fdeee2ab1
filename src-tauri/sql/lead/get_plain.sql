-- One lead ($1) of a CRM that is not migrated, with what its score is made of: of the CRM's own tables alone. Locks: none. Index: primary keys,
-- lead_id of the queue; leads of the same phone are looked for in all.
select l.id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as name, l.phone::text, l.status::text, l.client_id, c.name::text as client,
  null::text as owner, null::uuid as owner_id, false as owner_is_me, null::timestamptz as since,
  (select count(*) from public.whatsapp_message_queue m where m.lead_id = l.id and m.queue_status in ('queued', 'sending'))::integer as waiting,
  null::timestamptz as last_sent_at, false as opted_out,
  case when l.last_interaction >= '0001-01-01 00:00:00+00' and l.last_interaction < '10000-01-01 00:00:00+00' then l.last_interaction end as last_interaction,
  case when l.created_at >= '0001-01-01 00:00:00+00' and l.created_at < '10000-01-01 00:00:00+00' then l.created_at end as created_at,
  l.bant_status::text, coalesce(l.lead_metadata, '{}') as lead_metadata, now() as now,
  (select count(*) from public.leads x where x.id <> l.id and right(regexp_replace(x.phone, '[^0-9]', '', 'g'), 9) = right(regexp_replace(l.phone, '[^0-9]', '', 'g'), 9)
    and length(regexp_replace(l.phone, '[^0-9]', '', 'g')) >= 7)::integer as same_phone,
  null::uuid as last_receipt, null::jsonb as settings
from public.leads l left join public.clients c on c.id = l.client_id
where l.id = $1
