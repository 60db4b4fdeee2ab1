-- The receipt of an export. Locks: none but the new row.
select queue_desk.record_export($1, $2, $3)
