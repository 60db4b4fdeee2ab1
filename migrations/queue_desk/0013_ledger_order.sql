-- The order in which the ledger is sealed and followed. Locks: SHARE UPDATE EXCLUSIVE; alone in its file because it cannot run in a transaction.
create index concurrently if not exists queue_ledger_order on queue_desk.queue_ledger (xid, id)
