-- The active operator with this id or exact name. No locks; operator is a small table.
select o.user_id, o.name from queue_desk.operator o where o.active and (o.user_id::text = lower($1) or o.name = $1) order by o.user_id limit 2
