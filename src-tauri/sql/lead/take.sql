-- Gives a lead to a person. Locks: its gate, its waiting messages and jobs. Index: lead_id of both queues.
select queue_desk.take($1, $2, $3, $4)
