-- A receipt as the ledger keeps it ($1), who and when, its place in the chain. A reason that a person wrote about a lead which the login may
-- not see is not shown. No locks. Index: queue_ledger_entity.
select l.detail - 'session' || jsonb_build_object('ledger_id', l.id::text) as receipt, queue_desk.told_at(l.id, l.at) as at, l.login, o.name as operator,
  case when l.as_user <> l.user_id then b.name end as by, l.actor_kind,
  case when l.lead_id is null or d.id is not null or l.reason ~ '^[a-z0-9_]+$' then l.reason end as reason, l.lead_id,
  nullif(btrim(concat_ws(' ', d.first_name, d.last_name)), '') as lead_name, s.seq, encode(s.hash, 'hex') as hash,
  coalesce(coalesce(l.as_user, l.user_id) = queue_desk.current_user_id(), false) or queue_desk.is_admin() as may_undo
from queue_desk.queue_ledger l
left join queue_desk.operator o on o.user_id = coalesce(l.as_user, l.user_id)
left join queue_desk.operator b on b.user_id = l.user_id
left join public.leads d on d.id = l.lead_id
left join queue_desk.ledger_seal s on s.ledger_id = l.id
where l.entity = 'receipt' and l.entity_id = $1::text
