-- Writes into the ledger that the sample was emptied. $1: what went. Appends one row; no locks.
select queue_desk.append_ledger('sample_reset', 'instance', null, null, null, null, null, $1)
