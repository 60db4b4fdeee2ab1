-- Settles unknowns as a person knows it. Locks: those messages, then their deliveries. Index: primary keys.
select queue_desk.resolve($1, $2, $3, $4)
