-- What happened last, newest first: the grid's second half. Locks: SHARE UPDATE EXCLUSIVE; alone in its file because it cannot run in a transaction.
create index concurrently if not exists queue_desk_done on public.whatsapp_message_queue
  (updated_at, id) where queue_status in ('sent', 'failed', 'cancelled');
