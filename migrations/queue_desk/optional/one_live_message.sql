-- At most one message on its way to a lead, held by the database itself. Opt-in (`migrate --apply --with one_live_message`): fails where a
-- lead has several, and then the CRM's own batch inserts of a second one fail too. Locks: SHARE UPDATE EXCLUSIVE; alone in its file
-- because it cannot run in a transaction.
create unique index concurrently if not exists queue_desk_one_live_message on public.whatsapp_message_queue (lead_id)
  where queue_status in ('queued', 'sending')
