-- Writes what became of a batch. Locks: the messages by id, then their deliveries. Index: primary keys.
select queue_desk.settle($1, $2)
