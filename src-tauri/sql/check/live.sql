-- D1: leads with several messages on their way. Runs with row_security off. No locks. Index: queue_status.
with many as (
  select m.lead_id from public.whatsapp_message_queue m where m.queue_status in ('queued', 'sending') and m.lead_id is not null group by m.lead_id having count(*) > 1)
select 'D1' as id, 'warn' as level, case when count(*) > 0 then 'fail' else 'pass' end as status, 'public.whatsapp_message_queue' as object,
  'No lead has several messages on their way' as title,
  case when count(*) > 0 then format('%s leads have more than one queued or sending message, and may be written to twice. Prepare leaves them out.', count(*))
    else 'Each lead has at most one queued or sending message.' end as why, count(*) as count,
  coalesce((array_agg(m.lead_id::text order by m.lead_id))[1:5], '{}') as sample,
  'select lead_id, count(*) from public.whatsapp_message_queue where queue_status in (''queued'', ''sending'') group by lead_id having count(*) > 1' as sql,
  'all queued and sending messages' as scope, 'Cancel the surplus messages.' as fix
from many m
