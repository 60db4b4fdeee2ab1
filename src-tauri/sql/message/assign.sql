-- Gives waiting messages to another operator. Locks: the lock of Prepare, those messages. Index: primary keys, queue_desk_due.
select queue_desk.assign($1, $2, $3)
