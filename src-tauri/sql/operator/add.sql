-- Maps a user of the CRM and a login to an operator. Locks: those rows.
select queue_desk.operator_add($1, $2, $3, $4, $5)
