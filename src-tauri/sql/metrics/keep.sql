-- Writes the CRM's own daily figures where they changed of late; no receipt. Locks: advisory `queue_desk`/`figures` (tried), the rows written.
select queue_desk.write_figures(null, null, false)
