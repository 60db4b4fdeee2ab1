-- What decides whether this database may be filled. Reads only; run after lock.sql, so that it sees what another sample wrote.
-- Reads all leads where every one is a sample lead, else stops at the first that is not.
select
  i.kind = 'sample' as is_sample,
  i.going_live_at is not null as went_live,
  i.sample_resets,
  exists (select from public.leads l where l.lead_metadata -> 'sample' is distinct from 'true') as foreign_leads,
  exists (select from public.leads) or exists (select from queue_desk.operator) as filled,
  exists (select from public.whatsapp_message_queue) as messages,
  date_trunc('day', queue_desk.now() at time zone 'Asia/Jerusalem') at time zone 'Asia/Jerusalem' as today
from queue_desk.instance i
