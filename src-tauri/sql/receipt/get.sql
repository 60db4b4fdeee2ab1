-- A receipt as the ledger keeps it ($1), who and when, its place in the chain. A reason that a person wrote about a lead which the login may
-- not see is not shown. With it what the act changed, by table and change of state, and how many rows an undo could still take back, as
-- queue_desk.undo decides (a prepare's messages that were not dispatched, a take that still stands; null: it cannot be undone): one question,
-- because a person waits for each. No locks. Indexes: queue_ledger_entity, queue_ledger_receipt, plan_receipt, primary keys.
select l.detail - 'session' || jsonb_build_object('ledger_id', l.id::text) as receipt, queue_desk.told_at(l.id, l.at) as at, l.login, o.name as operator,
  case when l.as_user <> l.user_id then b.name end as by, l.actor_kind,
  case when l.lead_id is null or d.id is not null or l.reason ~ '^[a-z0-9_]+$' then l.reason end as reason, l.lead_id,
  nullif(btrim(concat_ws(' ', d.first_name, d.last_name)), '') as lead_name, s.seq, encode(s.hash, 'hex') as hash,
  coalesce(coalesce(l.as_user, l.user_id) = queue_desk.current_user_id(), false) or queue_desk.is_admin() as may_undo,
  (select coalesce(jsonb_agg(r order by r.count desc, r.first_id::bigint), '[]') from (
    select x.entity, x.from_state, x.to_state, count(*) as count, min(x.id)::text as first_id, max(x.id)::text as last_id
    from queue_desk.queue_ledger x where x.receipt_id = $1::uuid and x.entity <> 'receipt' group by x.entity, x.from_state, x.to_state) r) as rows,
  case l.action
    when 'prepare' then (select count(*) from queue_desk.plan p join queue_desk.plan_item i on i.plan_id = p.id join public.whatsapp_message_queue m on m.id = i.message_id
      where p.receipt_id = $1::uuid and m.queue_status in ('queued', 'sending')
        and (m.queue_status = 'queued' or exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is null))
        and not exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is not null))
    when 'take' then (select count(*) from queue_desk.lead_gate g where (l.detail ->> 'changed')::integer > 0 and g.lead_id = (l.detail -> 'detail' ->> 'lead_id')::uuid
      and g.owner = (l.detail -> 'detail' ->> 'owner')::uuid and g.since = (l.detail -> 'detail' ->> 'since')::timestamptz) end as undo_left
from queue_desk.queue_ledger l
left join queue_desk.operator o on o.user_id = coalesce(l.as_user, l.user_id)
left join queue_desk.operator b on b.user_id = l.user_id
left join public.leads d on d.id = l.lead_id
left join queue_desk.ledger_seal s on s.ledger_id = l.id
where l.entity = 'receipt' and l.entity_id = $1::uuid::text
