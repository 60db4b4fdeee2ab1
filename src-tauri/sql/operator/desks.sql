-- Who is connected with a Queue Desk, and which runs are open. Locks: none. Index: run_open, delivery_run.
select queue_desk.desks()
