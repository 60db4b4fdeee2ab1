-- Lifts a pause. Locks: the pause row.
select queue_desk.resume($1, $2, $3, $4)
