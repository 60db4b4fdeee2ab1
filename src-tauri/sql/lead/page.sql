-- A page of the leads grid, newest first. $1 words of a name or digits of a phone, $2 a status word, $3 whose (mine, taken, free, an operator's id),
-- $4 and $5 the last row of the page before (created_at as text, id), $6 how many. Cut first, then joined. Locks: none.
-- Index: queue_desk_leads_created; lead_id of the queue and of delivery for the page's rows.
with page as materialized (
  select l.id, l.created_at from public.leads l left join queue_desk.lead_gate a on a.lead_id = l.id
  where ($1::text is null or position(lower($1) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
      or ($1 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($1, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(l.phone, '[^0-9]', '', 'g')) > 0))
    and ($2::text is null or l.status = $2)
    and case $3::text when 'mine' then a.owner = queue_desk.current_user_id() when 'taken' then a.owner is not null
      when 'free' then a.owner is null else coalesce(a.owner::text = $3, $3 is null) end
    and ($4::text is null or (l.created_at, l.id) < ($4::text::timestamptz, $5::uuid))
  order by l.created_at desc, l.id desc limit $6)
select l.id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as name, l.phone::text, l.status::text, l.client_id, c.name::text as client,
  o.name as owner, a.owner as owner_id, coalesce(a.owner = queue_desk.current_user_id(), false) as owner_is_me, queue_desk.sane(a.since) as since,
  (select count(*) from public.whatsapp_message_queue m where m.lead_id = l.id and m.queue_status in ('queued', 'sending'))::integer as waiting,
  (select queue_desk.sane(max(d.dispatched_at)) from queue_desk.delivery d where d.lead_id = l.id and d.dispatched_at is not null) as last_sent_at,
  exists (select from queue_desk.opt_out x where x.lead_id = l.id) as opted_out,
  queue_desk.sane(l.last_interaction) as last_interaction, queue_desk.sane(l.created_at) as created_at, page.created_at::text as at
from page join public.leads l on l.id = page.id
left join public.clients c on c.id = l.client_id
left join queue_desk.lead_gate a on a.lead_id = l.id
left join queue_desk.operator o on o.user_id = a.owner
order by page.created_at desc, page.id desc
