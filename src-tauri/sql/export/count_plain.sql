-- How many rows an export of a CRM that is not migrated will have, for its progress. $1 lane, $2 operator, $3 search, $4 held for: nothing
-- is. Locks: none.
select (select count(*) from public.whatsapp_message_queue m left join public.leads l on l.id = m.lead_id
    where $4::text is null and ($2::uuid is null or m.user_id = $2)
      and ($3::text is null or position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
        or ($3 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($3, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(m.recipient_phone, '[^0-9]', '', 'g')) > 0))
      and ($1::text is null or $1 = case m.queue_status
        when 'sent' then case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end
        when 'failed' then case when m.error_code = 'outcome_unknown' then 'unknown' else 'failed' end
        else coalesce(m.queue_status, 'cancelled') end))
  + (select count(*) from public.lead_processing_queue j left join public.leads l on l.id = j.lead_id
    where $1::text is null and $4::text is null and ($2::uuid is null or j.user_id = $2)
      and ($3::text is null or position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0))
