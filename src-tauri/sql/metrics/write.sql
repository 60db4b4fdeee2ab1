-- Writes the CRM's own daily figures because a person asked. $1 from, $2 to. Locks: advisory `queue_desk`/`figures`, the rows written.
select queue_desk.write_figures($1, $2, true)
