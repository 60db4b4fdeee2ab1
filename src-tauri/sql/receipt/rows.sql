-- What an act changed ($1 its receipt), by table and change of state, with the ledger rows that say so. No locks. Index: queue_ledger_receipt.
select l.entity, l.from_state, l.to_state, count(*) as count, min(l.id)::text as first_id, max(l.id)::text as last_id
from queue_desk.queue_ledger l where l.receipt_id = $1 and l.entity <> 'receipt'
group by l.entity, l.from_state, l.to_state order by count(*) desc, min(l.id)
