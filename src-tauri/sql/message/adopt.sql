-- Makes other programs' waiting rows ours. Locks: those messages, by id. Index: primary keys; without ids user_id.
select queue_desk.adopt($1, $2)
