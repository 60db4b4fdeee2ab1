-- The next words of the outbox. $1 how many. Locks: none. Index: stage_outbox_pending.
select id from queue_desk.waiting_words($1)
