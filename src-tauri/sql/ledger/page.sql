-- A page of the ledger, newest first. $1 lead, $2 operator (id) or login, $3 action, $4 kind (receipt, change, foreign), $5 from, $6 until,
-- $7 receipt, $8 the last row of the page before, $9 how many. Names are of leads that the login may see; a reason that a person wrote
-- about another lead is not shown. No locks. Indexes: primary key, queue_ledger_lead, _who, _action, _receipts, _foreign, _at, _receipt.
with page as materialized (
  select l.* from queue_desk.queue_ledger l
  where ($1::uuid is null or l.lead_id = $1)
    and ($2::text is null or l.who = $2)
    and ($3::text is null or l.action = $3)
    and case $4::text when 'receipt' then l.entity = 'receipt' when 'change' then l.entity <> 'receipt' when 'foreign' then l.actor_kind = 'foreign' else true end
    -- A sample's clock is ahead, never behind: the index narrows, told_at decides.
    and ($5::timestamptz is null or (l.at >= $5 - (select i.clock_offset from queue_desk.instance i) and queue_desk.told_at(l.id, l.at) >= $5))
    and ($6::timestamptz is null or (l.at < $6 and queue_desk.told_at(l.id, l.at) < $6))
    and ($7::uuid is null or l.receipt_id = $7)
    and ($8::bigint is null or l.id < $8)
  order by l.id desc limit $9)
select p.id::text as id, queue_desk.told_at(p.id, p.at) as at, p.login, coalesce(p.as_user, p.user_id) as operator_id, o.name as operator,
  case when p.as_user <> p.user_id then b.name end as by, p.actor_kind, p.action, p.entity, p.entity_id, p.lead_id,
  nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as lead_name, p.from_state, p.to_state,
  case when p.lead_id is null or l.id is not null or p.reason ~ '^[a-z0-9_]+$' then p.reason end as reason, p.receipt_id,
  p.entity = 'receipt' or (p.receipt_id is not null and exists (
    select from queue_desk.queue_ledger r where r.entity = 'receipt' and r.entity_id = p.receipt_id::text)) as has_receipt,
  case when p.entity = 'receipt' then p.detail - 'session' || jsonb_build_object('ledger_id', p.id::text) end as receipt, s.seq
from page p
left join queue_desk.operator o on o.user_id = coalesce(p.as_user, p.user_id)
left join queue_desk.operator b on b.user_id = p.user_id
left join public.leads l on l.id = p.lead_id
left join queue_desk.ledger_seal s on s.ledger_id = p.id
order by p.id desc
