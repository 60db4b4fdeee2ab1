-- Settles the next rows of one reference that point nowhere. Locks: those rows.
select queue_desk.settle_orphans($1, $2, $3, $4, $5, $6, $7)
