-- Claims a batch. Locks: the claimed messages, skipping those that another desk holds. Index: queue_desk_due.
select queue_desk.claim($1, $2, $3, $4, $5)
