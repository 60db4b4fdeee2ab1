-- The row of one lead ($2) of an erasing ($1). Locks: this row, as long as the CRM's triggers take. Index: the primary key.
select queue_desk.erase_lead($1, $2)
