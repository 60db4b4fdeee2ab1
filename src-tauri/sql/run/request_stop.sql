-- Asks a run to stop after what is on the wire. Locks: its row.
select queue_desk.stop_run($1)
