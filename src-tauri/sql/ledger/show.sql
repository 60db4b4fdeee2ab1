-- The last $3 rows of the ledger, newest first; of one lead ($1), of one receipt ($2). No locks. Indexes: primary key, queue_ledger_lead,
-- queue_ledger_receipt.
select l.id::text as id, l.at, l.login, o.name as operator, l.actor_kind, l.action, l.entity, l.entity_id, l.lead_id, l.from_state, l.to_state, l.reason,
  l.receipt_id, s.seq
from queue_desk.queue_ledger l
left join queue_desk.operator o on o.user_id = coalesce(l.as_user, l.user_id)
left join queue_desk.ledger_seal s on s.ledger_id = l.id
where ($1::uuid is null or l.lead_id = $1) and ($2::uuid is null or l.receipt_id = $2)
order by l.id desc limit $3
