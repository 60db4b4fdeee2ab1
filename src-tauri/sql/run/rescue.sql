-- Settles what dead desks left behind. Locks: those messages, skipping held ones. Index: delivery_open_heartbeat.
select queue_desk.rescue($1)
