-- Changes one setting of an operator. Locks: that operator's row.
select queue_desk.set_setting($1, $2, $3)
