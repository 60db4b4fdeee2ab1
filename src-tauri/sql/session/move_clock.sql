-- Moves the clock of a sample database. Locks: the instance row.
select queue_desk.move_clock($1)
