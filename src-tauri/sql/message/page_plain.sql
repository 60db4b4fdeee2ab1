-- A page of the messages grid of a CRM that is not migrated: the same order and columns, of the CRM's own tables alone. Nothing is held, taken or
-- ours there, and nothing goes out by us. $1 lane, $2 operator, $3 search, $4..$6 the last row of the page before (group, time, id), $7 how many, $8 a reason that
-- messages are held for: none are. Each group is cut before it is joined, and only looked at where those before it left room. Locks: none.
-- Indexes: the CRM's own on queue_status, and on scheduled_for of what is queued; none is by updated_at, so what is done is read once.
with found as not materialized (
  select m.id, m.queue_status, m.scheduled_for, m.updated_at from public.whatsapp_message_queue m
  where ($1::text is null or case m.queue_status
      when 'sent' then case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end
      when 'failed' then case when m.error_code = 'outcome_unknown' then 'unknown' else 'failed' end
      else coalesce(m.queue_status, 'cancelled') end = $1)
    and $8::text is null and ($2::uuid is null or m.user_id = $2)
    and ($3::text is null
      or m.lead_id in (select l.id from public.leads l where position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0)
      or ($3 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($3, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(m.recipient_phone, '[^0-9]', '', 'g')) > 0))),
going as materialized (
  select g.id, 0 as grp, timestamptz 'epoch' as at from (
    select f.id from found f where f.queue_status = 'sending' union all select f.id from found f where f.queue_status = 'queued' and f.scheduled_for is null) g
  where $4::integer is null or ($4 = 0 and g.id > $6::uuid)
  order by g.id limit $7),
waiting as materialized (
  select f.id, 1 as grp, f.scheduled_for as at from found f
  where f.queue_status = 'queued' and f.scheduled_for is not null and ($4::integer is null or $4 < 1 or ($4 = 1 and (f.scheduled_for, f.id) > ($5::text::timestamptz, $6::uuid)))
  order by f.scheduled_for, f.id limit $7 - (select count(*) from going)),
done as materialized (
  select f.id, 2 as grp, f.updated_at as at from found f
  where f.queue_status not in ('queued', 'sending') and f.updated_at is not null
    -- The lane in the index's words.
    and ($1::text is null or f.queue_status = case $1 when 'delivered' then 'sent' when 'unknown' then 'failed' else $1 end)
    and ($4::integer is null or $4 < 2 or ($4 = 2 and (f.updated_at, f.id) < ($5::text::timestamptz, $6::uuid)))
  order by f.updated_at desc, f.id desc limit $7 - (select count(*) from going) - (select count(*) from waiting)),
rest as materialized (
  select f.id, 3 as grp, timestamptz 'epoch' as at from found f
  where (f.queue_status is null or (f.queue_status not in ('queued', 'sending') and f.updated_at is null)) and ($4::integer is null or $4 < 3 or ($4 = 3 and f.id > $6::uuid))
  order by f.id limit $7 - (select count(*) from going) - (select count(*) from waiting) - (select count(*) from done)),
page as (select * from going union all select * from waiting union all select * from done union all select * from rest)
select m.id, m.lead_id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as lead_name, coalesce(m.recipient_phone, l.phone) as phone,
  case m.queue_status
    when 'sent' then case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end
    when 'failed' then case when m.error_code = 'outcome_unknown' then 'unknown' else 'failed' end
    else coalesce(m.queue_status, 'cancelled') end as lane,
  case m.queue_status when 'queued' then 'not_set_up' when 'failed' then coalesce(m.error_code, 'failed') when 'sent' then 'foreign' end as reason, null::text as reason_detail,
  s.next_at, s.scheduled_for, null::text as operator, l.client_id as client_id, c.name::text as client, null::timestamptz as dispatched_at, null::text as sender,
  null::text as owner, null::uuid as owner_id, false as owner_is_me, null::timestamptz as owner_since, coalesce(m.priority, 5) as priority,
  coalesce(m.attempts, m.retry_count, 0) as attempts, false as simulated, m.message_content as content, coalesce(m.template_name, m.message_template) as template,
  p.grp, p.at::text as at
from page p
-- One by one: how few rows a page has, the planner does not see in its limits, and would read both tables whole.
cross join lateral (select x.* from public.whatsapp_message_queue x where x.id = p.id limit 1) m
left join lateral (select x.first_name, x.last_name, x.phone, x.client_id from public.leads x where x.id = m.lead_id limit 1) l on true
left join public.clients c on c.id = l.client_id
-- Years that a date of ours cannot hold are none.
cross join lateral (select
  case when m.scheduled_for >= '0001-01-01 00:00:00+00' and m.scheduled_for < '10000-01-01 00:00:00+00' then m.scheduled_for end as scheduled_for,
  case when n.at >= '0001-01-01 00:00:00+00' and n.at < '10000-01-01 00:00:00+00' then n.at end as next_at
  from (select case when m.queue_status is distinct from 'queued' then coalesce(m.sent_at, m.updated_at) end as at) n) s
order by p.grp, case when p.grp = 2 then null else p.at end, case when p.grp = 2 then p.at end desc, case when p.grp = 2 then p.id end desc, p.id
