-- Cancels waiting messages. Locks: those messages, by id. Index: primary keys.
select queue_desk.cancel($1, $2, $3)
