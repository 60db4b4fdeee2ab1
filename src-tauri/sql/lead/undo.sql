-- Takes a prepare or a take back. Locks: the waiting messages of the plan, or the gate. Index: plan_receipt.
select queue_desk.undo($1, $2)
