-- Hands a lead back. Locks: its gate.
select queue_desk.release($1, $2, $3)
