-- Lifts the pause of everybody. Locks: the pause row.
select queue_desk.resume($1, $2)
