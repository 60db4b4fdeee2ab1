-- The messages, jobs and other texts about one lead ($2) of an erasing ($1). Locks: these rows. Index: keys of lead_id.
select queue_desk.erase_texts($1, $2)
