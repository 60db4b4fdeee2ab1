-- The receipt of an erasing ($1), with the reasons ($2) for leads that were refused. Locks: none. Index: queue_ledger_receipt.
select queue_desk.erase_end($1, $2)
