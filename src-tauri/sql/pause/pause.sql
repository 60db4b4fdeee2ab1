-- Pauses everybody, an operator, a client, a lead or a template. Locks: the pause row, and dispatches for a moment.
select queue_desk.pause($1, $2, $3, $4, $5)
