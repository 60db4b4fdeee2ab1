-- Puts one word off after a failure. Locks: its outbox row. Index: primary key.
select queue_desk.postpone_word($1, $2)
