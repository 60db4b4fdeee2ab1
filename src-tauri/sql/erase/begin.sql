-- Begins to erase the person behind a lead, and these other leads of the same phone: opts out and cancels. Locks: as opt_out, for a moment.
select queue_desk.erase_begin($1, $2, $3)
