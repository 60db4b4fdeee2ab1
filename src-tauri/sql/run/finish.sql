-- Ends a run and writes its receipt. Locks: its own row. Index: delivery_run.
select queue_desk.finish_run($1, $2)
