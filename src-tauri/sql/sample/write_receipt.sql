-- Writes the receipt into the ledger and returns it. $1: leads asked for, $2: leads written, $3: detail. Appends one row; no locks.
select queue_desk.write_receipt('sample', $1, $2, null, null, $3)
