-- The dispatcher's order within an operator. Locks: SHARE UPDATE EXCLUSIVE; alone in its file because it cannot run in a transaction.
create index concurrently if not exists queue_desk_due on public.whatsapp_message_queue
  (user_id, priority desc, scheduled_for, queue_position, id) where queue_status = 'queued';
