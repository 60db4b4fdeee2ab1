-- Pauses everybody, on every desk. Locks: the pause row, open runs.
select queue_desk.stop_everything($1, $2)
