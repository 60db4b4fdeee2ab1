-- What the planner needs to know about a day. Locks: none. Index: (user_id) of the queue.
select queue_desk.prepare_day($1, $2)
