-- Puts rows back; null is all. Locks: those rows of quarantine, and the rows that they become.
select queue_desk.restore_quarantined($1)
