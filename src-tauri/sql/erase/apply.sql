-- Erases the person behind a lead, and these other leads of the same phone. Locks: as opt_out, and the rows of the person.
select queue_desk.erase($1, $2, $3)
