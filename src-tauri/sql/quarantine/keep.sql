-- Decides that rows stay in quarantine; null is all that are open. Locks: those rows of quarantine.
select queue_desk.keep_quarantined($1)
