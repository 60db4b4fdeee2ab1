-- Seals up to $1 rows of the ledger. Locks: a try-lock; no writer waits.
select queue_desk.seal_ledger($1)
