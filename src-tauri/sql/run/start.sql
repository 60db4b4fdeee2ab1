-- Opens a run. Locks: its own row.
select queue_desk.start_run($1, $2, $3, $4)
