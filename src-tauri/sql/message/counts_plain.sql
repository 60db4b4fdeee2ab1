-- The numbers of the sidebar of a CRM that is not migrated: its messages by lane. Nobody is an operator there, and nothing is held. At most
-- 10,001 of each are counted. Locks: none. Index: the CRM's own on queue_status.
with word as materialized (
  (select 'queued' as lane, 'queued' as word from public.whatsapp_message_queue where queue_status = 'queued' limit 10001)
  union all (select 'sending', 'sending' from public.whatsapp_message_queue where queue_status = 'sending' limit 10001)
  union all (select case when m.delivered_at is null and m.read_at is null then 'sent' else 'delivered' end, 'sent'
    from public.whatsapp_message_queue m where m.queue_status = 'sent' limit 10001)
  union all (select 'failed', 'failed' from public.whatsapp_message_queue where queue_status = 'failed' and error_code is distinct from 'outcome_unknown' limit 10001)
  union all (select 'unknown', 'unknown' from public.whatsapp_message_queue where queue_status = 'failed' and error_code = 'outcome_unknown' limit 10001)
  union all (select 'cancelled', 'cancelled' from public.whatsapp_message_queue where queue_status = 'cancelled' limit 10001)
  union all (select 'cancelled', 'none' from public.whatsapp_message_queue where queue_status is null limit 10001)),
by_lane as (select w.lane, count(*)::integer as count from word w group by w.lane),
many as (select case w.word when 'none' then 'cancelled' else w.word end as lane from word w group by w.word having count(*) > 10000)
select jsonb_build_object(
  'at', now(),
  'lanes', jsonb_build_object('queued', 0, 'held', 0, 'sending', 0, 'sent', 0, 'delivered', 0, 'failed', 0, 'unknown', 0, 'cancelled', 0)
    || coalesce((select jsonb_object_agg(b.lane, b.count) from by_lane b), '{}'),
  'more', coalesce((select jsonb_agg(distinct x.lane) from (select m.lane from many m union all select 'delivered' from many m where m.lane = 'sent') x), '[]'),
  'held', '[]'::jsonb, 'due', 0, 'paused', false, 'pause', null, 'operators', '[]'::jsonb, 'next_at', null)
