-- Another place in the order for waiting messages. Locks: those messages, by id. Index: primary keys.
select queue_desk.set_priority($1, $2, $3)
