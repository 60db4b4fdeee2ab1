-- How many rows an export will have, for its progress. $1 lane, $2 operator, $3 search, $4 held for (counted as all that is due: the export itself is exact). Locks: none.
select (select count(*) from public.whatsapp_message_queue m left join public.leads l on l.id = m.lead_id
    where ($2::uuid is null or m.user_id = $2)
      and ($3::text is null or position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
        or ($3 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($3, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(m.recipient_phone, '[^0-9]', '', 'g')) > 0))
      and case $1::text when 'sending' then m.queue_status = 'sending'
        when 'cancelled' then coalesce(m.queue_status, 'cancelled') = 'cancelled'
        when 'sent' then m.queue_status = 'sent' and m.delivered_at is null and m.read_at is null
        when 'delivered' then m.queue_status = 'sent' and (m.delivered_at is not null or m.read_at is not null)
        when 'unknown' then m.queue_status = 'failed' and m.error_code = 'outcome_unknown'
        when 'failed' then m.queue_status = 'failed' and m.error_code is distinct from 'outcome_unknown'
        when 'held' then m.queue_status = 'queued' and (m.scheduled_for <= queue_desk.now() or m.scheduled_for is null)
        when 'queued' then m.queue_status = 'queued'
        else true end
      and ($4::text is null or (m.queue_status = 'queued' and (m.scheduled_for <= queue_desk.now() or m.scheduled_for is null))))
  + (select count(*) from public.lead_processing_queue j left join public.leads l on l.id = j.lead_id
    where $1::text is null and $4::text is null and ($2::uuid is null or j.user_id = $2)
      and ($3::text is null or position(lower($3) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0))
