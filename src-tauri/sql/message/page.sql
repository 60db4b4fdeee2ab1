-- A page of the messages grid: what is on the wire, then what goes next, then what happened last. $1 lane, $2 operator, $3 search,
-- $4..$6 the last row of the page before (group, time, id), $7 how many, $8 the reason it is held for. Each group walks its own index
-- from there and stops when the page is full; names, gates and deliveries are fetched for the page only. Rows without a time are
-- in groups of their own; a group that the lane cannot be in is not read. The time of the cursor is text, because it may be infinite. Locks: none. Index: (scheduled_for) where queued, queue_desk_done.
with clock as materialized (select queue_desk.now() as at),
candidate as not materialized (
  select m.id, m.queue_status, m.scheduled_for, m.updated_at
  from public.whatsapp_message_queue m cross join clock left join public.leads l on l.id = m.lead_id
    left join queue_desk.adopted a on a.message_id = m.id
  where ($2::uuid is null or m.user_id = $2)
    and ($3::text is null or position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
      or ($3 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($3, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(m.recipient_phone, '[^0-9]', '', 'g')) > 0))
    and case $1::text when 'sending' then m.queue_status = 'sending'
      when 'cancelled' then coalesce(m.queue_status, 'cancelled') = 'cancelled'
      when 'sent' then m.queue_status = 'sent' and m.delivered_at is null and m.read_at is null
      when 'delivered' then m.queue_status = 'sent' and (m.delivered_at is not null or m.read_at is not null)
      when 'unknown' then m.queue_status = 'failed' and m.error_code = 'outcome_unknown'
      when 'failed' then m.queue_status = 'failed' and m.error_code is distinct from 'outcome_unknown'
      when 'held' then m.queue_status = 'queued' and (m.scheduled_for <= clock.at or m.scheduled_for is null)
        and (a.message_id is null or exists (select from queue_desk.gate(m.id)))
      when 'queued' then m.queue_status = 'queued'
        and (m.scheduled_for > clock.at or (a.message_id is not null and not exists (select from queue_desk.gate(m.id))))
      else true end
    and ($8::text is null or (m.queue_status = 'queued' and (m.scheduled_for <= clock.at or m.scheduled_for is null)
      and case when a.message_id is null then $8 = 'not_adopted'
        else $8 = (select g.reason from queue_desk.gate(m.id) g order by g.next_at desc nulls first, g.reason limit 1) end))),
page as materialized (
  select k.*, row_number() over (order by k.grp, case when k.grp = 2 then null else k.at end, case when k.grp = 2 then k.at end desc,
    case when k.grp = 2 then k.id end desc, k.id) as rank
  from (
    (select c.id, 0 as grp, timestamptz 'epoch' as at from candidate c
      where (c.queue_status = 'sending' or (c.queue_status = 'queued' and c.scheduled_for is null)) and coalesce($1, 'held') in ('sending', 'queued', 'held') and ($4::integer is null or ($4 = 0 and c.id > $6::uuid))
      order by c.id limit $7)
    union all
    (select c.id, 1, c.scheduled_for from candidate c
      where c.queue_status = 'queued' and c.scheduled_for is not null and coalesce($1, 'held') in ('queued', 'held')
        and ($4 is null or $4 < 1 or ($4 = 1 and (c.scheduled_for, c.id) > ($5::text::timestamptz, $6)))
      order by c.scheduled_for, c.id limit $7)
    union all
    (select c.id, 2, c.updated_at from candidate c
      where c.queue_status in ('sent', 'failed', 'cancelled') and c.updated_at is not null
        and coalesce($1, 'sent') in ('sent', 'delivered', 'failed', 'unknown', 'cancelled') and $8::text is null
        and ($4 is null or $4 < 2 or ($4 = 2 and (c.updated_at, c.id) < ($5::text::timestamptz, $6)))
      order by c.updated_at desc, c.id desc limit $7)
    union all
    (select c.id, 3, timestamptz 'epoch' from candidate c
      where (c.queue_status is null or (c.queue_status in ('sent', 'failed', 'cancelled') and c.updated_at is null))
        and ($4 is null or $4 < 3 or ($4 = 3 and c.id > $6))
      order by c.id limit $7)) k
  order by rank limit $7),
gate as materialized (select g.* from queue_desk.gates((select array_agg(p.id) from page p where p.grp <= 1)) g)
select m.id, m.lead_id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as lead_name, coalesce(m.recipient_phone, l.phone) as phone,
  case m.queue_status
    when 'queued' then case when g.reason is null or m.scheduled_for > clock.at then 'queued' else 'held' end
    when 'sent' then case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end
    when 'failed' then case when m.error_code = 'outcome_unknown' then 'unknown' else 'failed' end
    else coalesce(m.queue_status, 'cancelled') end as lane,
  case when m.queue_status = 'queued' then g.reason
    when m.queue_status = 'failed' then coalesce(m.error_code, 'failed')
    when m.queue_status = 'sent' and d.message_id is null then 'foreign'
    when m.queue_status = 'cancelled' then case e.action when 'take' then 'taken' when 'opt_out' then 'opted_out' when 'cancel' then 'cancel'
      else coalesce(e.reason, e.action) end
    end as reason,
  case when m.queue_status = 'cancelled' then case when e.action in ('take', 'opt_out', 'cancel') then e.reason end else g.detail end as reason_detail,
  case when m.queue_status = 'queued' then case when g.message_id is null then queue_desk.sane(m.scheduled_for) else g.next_at end
    else queue_desk.sane(coalesce(m.sent_at, m.updated_at)) end as next_at,
  queue_desk.sane(m.scheduled_for) as scheduled_for, o.name as operator, l.client_id, c.name::text as client,
  queue_desk.sane(d.dispatched_at) as dispatched_at, case when d.dispatched_at is not null then d.sender end as sender, w.name as owner, a.owner as owner_id,
  coalesce(a.owner = queue_desk.current_user_id(), false) as owner_is_me, case when a.owner is not null then queue_desk.sane(a.since) end as owner_since,
  coalesce(m.priority, 5) as priority, coalesce(m.attempts, m.retry_count, 0) as attempts, coalesce(d.simulated, false) as simulated,
  m.message_content as content, coalesce(m.template_name, m.message_template) as template,
  page.grp, page.at::text as at
from page join public.whatsapp_message_queue m on m.id = page.id cross join clock
left join public.leads l on l.id = m.lead_id
left join public.clients c on c.id = l.client_id
left join gate g on g.message_id = m.id
left join queue_desk.operator o on o.user_id = m.user_id
left join queue_desk.lead_gate a on a.lead_id = m.lead_id
left join queue_desk.operator w on w.user_id = a.owner
left join lateral (select x.action, x.reason from queue_desk.queue_ledger x
  where m.queue_status = 'cancelled' and x.entity = 'message' and x.entity_id = m.id::text and x.to_state = 'cancelled' and x.from_state is not null
  order by x.id desc limit 1) e on true
left join lateral (select x.message_id, x.simulated, x.dispatched_at, x.sender from queue_desk.delivery x where x.message_id = m.id order by x.attempt desc limit 1) d on true
order by page.rank
