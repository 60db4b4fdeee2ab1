-- Takes an action back. Locks: what the action changed, as the action did. Index: queue_ledger_receipt, plan_receipt.
select queue_desk.undo($1, $2)
