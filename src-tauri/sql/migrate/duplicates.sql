-- How many leads have several messages on their way: each stands against the optional index. Reads the queue whole. No locks.
select count(*) from (select m.lead_id from public.whatsapp_message_queue m where m.queue_status in ('queued', 'sending') and m.lead_id is not null group by m.lead_id having count(*) > 1) d
