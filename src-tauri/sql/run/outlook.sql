-- What is due, when the next may go, what other desks have on the wire. Locks: none. Index: queue_desk_due.
select queue_desk.outlook($1, $2)
