-- Another time for waiting messages. Locks: those messages, by id. Index: primary keys.
select queue_desk.reschedule($1, $2, $3)
