-- A page of the messages grid of a CRM that is not migrated: the same order and columns, of the CRM's own tables alone. Nothing is held, taken or
-- ours there, and nothing goes out by us. $1 lane, $2 operator, $3 search, $4..$6 the last row of the page before (group, time, id), $7 how many, $8 a reason that
-- messages are held for: none are. Locks: none. Index: none of ours is there yet, so it reads the queue once.
with message as (
  select m.*, l.first_name, l.last_name, l.phone, l.client_id as lead_client,
    case m.queue_status
      when 'sent' then case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end
      when 'failed' then case when m.error_code = 'outcome_unknown' then 'unknown' else 'failed' end
      else coalesce(m.queue_status, 'cancelled') end as lane,
    case when m.queue_status = 'sending' or (m.queue_status = 'queued' and m.scheduled_for is null) then 0
      when m.queue_status = 'queued' then 1
      when m.queue_status is not null and m.updated_at is not null then 2 else 3 end as grp
  from public.whatsapp_message_queue m left join public.leads l on l.id = m.lead_id),
placed as (
  select m.*, case m.grp when 1 then m.scheduled_for when 2 then m.updated_at else timestamptz 'epoch' end as at from message m
  where ($1::text is null or m.lane = $1) and $8::text is null and ($2::uuid is null or m.user_id = $2)
    and ($3::text is null or position(lower($3) in lower(concat_ws(' ', m.first_name, m.last_name))) > 0
      or ($3 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($3, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(m.recipient_phone, '[^0-9]', '', 'g')) > 0))),
page as (
  select p.* from placed p
  where $4::integer is null or p.grp > $4
    or (p.grp = $4 and case p.grp when 1 then (p.at, p.id) > ($5::text::timestamptz, $6::uuid) when 2 then (p.at, p.id) < ($5::text::timestamptz, $6) else p.id > $6 end)
  order by p.grp, case when p.grp = 2 then null else p.at end, case when p.grp = 2 then p.at end desc, case when p.grp = 2 then p.id end desc, p.id
  limit $7)
select m.id, m.lead_id, nullif(btrim(concat_ws(' ', m.first_name, m.last_name)), '') as lead_name, coalesce(m.recipient_phone, m.phone) as phone, m.lane,
  case m.queue_status when 'queued' then 'not_set_up' when 'failed' then coalesce(m.error_code, 'failed') when 'sent' then 'foreign' end as reason, null::text as reason_detail,
  s.next_at, s.scheduled_for, null::text as operator, m.lead_client as client_id, c.name::text as client, null::timestamptz as dispatched_at, null::text as sender,
  null::text as owner, null::uuid as owner_id, false as owner_is_me, null::timestamptz as owner_since, coalesce(m.priority, 5) as priority,
  coalesce(m.attempts, m.retry_count, 0) as attempts, false as simulated, m.message_content as content, coalesce(m.template_name, m.message_template) as template,
  m.grp, m.at::text as at
from page m
left join public.clients c on c.id = m.lead_client
-- Years that a date of ours cannot hold are none.
cross join lateral (select
  case when m.scheduled_for >= '0001-01-01 00:00:00+00' and m.scheduled_for < '10000-01-01 00:00:00+00' then m.scheduled_for end as scheduled_for,
  case when n.at >= '0001-01-01 00:00:00+00' and n.at < '10000-01-01 00:00:00+00' then n.at end as next_at
  from (select case when m.queue_status is distinct from 'queued' then coalesce(m.sent_at, m.updated_at) end as at) n) s
order by m.grp, case when m.grp = 2 then null else m.at end, case when m.grp = 2 then m.at end desc, case when m.grp = 2 then m.id end desc, m.id
