-- The last word before a request starts. Locks: gate, phone, limits, message, delivery, in this order. Index: primary keys.
select queue_desk.dispatch($1, $2, $3)
