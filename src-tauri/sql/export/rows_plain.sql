-- All queue tables of a CRM that is not migrated, with lead and client: the columns of an export, empty where only schema queue_desk knows
-- (operator, owner, the last delivery). $1 lane, $2 operator, $3 search, $4 held for: nothing is. Locks: none. It reads both tables.
select 'messages' as queue, m.id, m.lead_id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as lead_name, l.phone::text as lead_phone,
  l.status::text as lead_status, c.name::text as client, null::text as operator, null::text as owner, m.queue_status, k.lane, m.priority, m.queue_position,
  case when m.scheduled_for >= '0001-01-01 00:00:00+00' and m.scheduled_for < '10000-01-01 00:00:00+00' then m.scheduled_for end as scheduled_for,
  case when m.created_at >= '0001-01-01 00:00:00+00' and m.created_at < '10000-01-01 00:00:00+00' then m.created_at end as created_at,
  case when m.updated_at >= '0001-01-01 00:00:00+00' and m.updated_at < '10000-01-01 00:00:00+00' then m.updated_at end as updated_at,
  case when m.sent_at >= '0001-01-01 00:00:00+00' and m.sent_at < '10000-01-01 00:00:00+00' then m.sent_at end as sent_at,
  m.message_type, coalesce(m.template_name, m.message_template) as template, m.message_content, m.recipient_phone, coalesce(m.attempts, m.retry_count) as attempts,
  coalesce(m.last_error, m.error_message) as last_error, m.error_code, m.whatsapp_message_id as provider_message_id, null::text as delivery_outcome,
  null::timestamptz as delivery_dispatched_at, null::timestamptz as delivery_finished_at, null::boolean as simulated
from public.whatsapp_message_queue m
left join public.leads l on l.id = m.lead_id
left join public.clients c on c.id = m.client_id
cross join lateral (select case m.queue_status
  when 'sent' then case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end
  when 'failed' then case when m.error_code = 'outcome_unknown' then 'unknown' else 'failed' end
  else coalesce(m.queue_status, 'cancelled') end as lane) k
where ($1::text is null or k.lane = $1) and $4::text is null and ($2::uuid is null or m.user_id = $2)
  and ($3::text is null or position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
    or ($3 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($3, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(m.recipient_phone, '[^0-9]', '', 'g')) > 0))
union all
select 'jobs', j.id, j.lead_id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), ''), l.phone::text, l.status::text, c.name::text, null, null,
  j.queue_status, null, j.priority, j.queue_position,
  case when j.scheduled_for >= '0001-01-01 00:00:00+00' and j.scheduled_for < '10000-01-01 00:00:00+00' then j.scheduled_for end,
  case when j.created_at >= '0001-01-01 00:00:00+00' and j.created_at < '10000-01-01 00:00:00+00' then j.created_at end,
  case when j.updated_at >= '0001-01-01 00:00:00+00' and j.updated_at < '10000-01-01 00:00:00+00' then j.updated_at end,
  case when j.completed_at >= '0001-01-01 00:00:00+00' and j.completed_at < '10000-01-01 00:00:00+00' then j.completed_at end,
  j.processing_type, null, null, null, j.retry_count, j.error_message, null, null, null, null, null, null
from public.lead_processing_queue j
left join public.leads l on l.id = j.lead_id
left join public.clients c on c.id = j.client_id
where $1::text is null and $4::text is null and ($2::uuid is null or j.user_id = $2)
  and ($3::text is null or position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0)
order by created_at desc, id
