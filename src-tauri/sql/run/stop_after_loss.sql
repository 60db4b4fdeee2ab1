-- Puts back the proof of what went out from this desk and the database does not know any more ($2), and stops everything; $1 ledger rows are
-- gone. Locks: messages, the pause row, open runs. Indexes: primary keys.
select queue_desk.stop_after_loss($1, $2)
