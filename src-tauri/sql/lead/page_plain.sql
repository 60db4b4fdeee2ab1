-- A page of the leads grid of a CRM that is not migrated: newest first, of the CRM's own tables alone; nobody has taken a lead there. $1 words of
-- a name or digits of a phone, $2 a status word, $3 whose (nothing is mine or taken), $4 and $5 the last row of the page before
-- (created_at as text, id), $6 how many. Locks: none. Index: none of ours is there yet, so it reads the leads once.
with page as materialized (
  select l.* from public.leads l
  where ($1::text is null or position(lower($1) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
      or ($1 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($1, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(l.phone, '[^0-9]', '', 'g')) > 0))
    and ($2::text is null or l.status = $2) and coalesce($3::text, 'free') = 'free'
    and ($4::text is null or (l.created_at, l.id) < ($4::text::timestamptz, $5::uuid))
  order by l.created_at desc, l.id desc limit $6)
select l.id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as name, l.phone::text, l.status::text, l.client_id, c.name::text as client,
  null::text as owner, null::uuid as owner_id, false as owner_is_me, null::timestamptz as since,
  (select count(*) from public.whatsapp_message_queue m where m.lead_id = l.id and m.queue_status in ('queued', 'sending'))::integer as waiting,
  null::timestamptz as last_sent_at, false as opted_out,
  case when l.last_interaction >= '0001-01-01 00:00:00+00' and l.last_interaction < '10000-01-01 00:00:00+00' then l.last_interaction end as last_interaction,
  case when l.created_at >= '0001-01-01 00:00:00+00' and l.created_at < '10000-01-01 00:00:00+00' then l.created_at end as created_at, l.created_at::text as at
from page l left join public.clients c on c.id = l.client_id
order by l.created_at desc, l.id desc
