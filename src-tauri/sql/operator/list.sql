-- Every operator with logins, what was dispatched today and what may be, what waits. Locks: none. Index: primary keys, user_id of the queue.
select o.user_id, o.name, o.active,
  coalesce((select jsonb_agg(jsonb_build_object('login', l.db_role, 'admin', l.admin, 'runner', l.runner, 'active', l.active) order by l.db_role)
    from queue_desk.login l where l.user_id = o.user_id), '[]') as logins,
  coalesce((select w.used from queue_desk.limit_window w where w.scope = 'operator_day' and w.subject = o.user_id
    and w.starts_at = date_trunc('day', queue_desk.now() at time zone s.zone) at time zone s.zone), 0) as used_today,
  s.day_cap as capacity_today, coalesce(q.waiting, 0) as waiting
from queue_desk.operator o cross join lateral queue_desk.operator_settings(o.user_id) s
left join queue_desk.waiting_of_operators() q on q.user_id = o.user_id
order by o.active desc, o.name, o.user_id
