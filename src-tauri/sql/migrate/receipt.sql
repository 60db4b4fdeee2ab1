-- Writes the receipt of a migration into the ledger. Locks: none that anybody waits for.
select queue_desk.record_migration($1, $2, $3, $4, $5)
