-- Whether a word waits in the outbox. Locks: none. Index: stage_outbox_pending.
select exists (select from queue_desk.stage_outbox o where o.state = 'pending' and o.next_try_at <= clock_timestamp())
