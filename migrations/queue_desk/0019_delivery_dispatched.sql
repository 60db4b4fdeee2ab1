-- What was sent, day by day: the figures of a range. Locks: SHARE UPDATE EXCLUSIVE; alone in its file because it cannot run in a transaction.
create index concurrently if not exists delivery_dispatched on queue_desk.delivery (dispatched_at) where dispatched_at is not null
