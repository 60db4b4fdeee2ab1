-- What is in quarantine, newest first, without what the rows say. No locks; index quarantine_open.
select q.id, q.at, q.step, q.src_table, q.src_pk, q.action, q.reasons, q.state, q.restorable, q.decided_by from queue_desk.quarantine_list($1, $2, $3) q
