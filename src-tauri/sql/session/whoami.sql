-- The caller on a migrated database. No locks; primary keys.
select o.user_id, o.name, queue_desk.is_admin() as admin, queue_desk.is_runner() as runner, i.kind = 'sample' as sample,
  (select s.zone from queue_desk.operator_settings(queue_desk.current_user_id()) s) as zone,
  queue_desk.now() as now, extract(epoch from i.clock_offset)::integer as clock_shift_seconds,
  has_function_privilege('queue_desk.prepare_commit(uuid, jsonb, boolean)', 'execute') as may_act,
  i.min_app_version
from queue_desk.instance i left join queue_desk.operator o on o.user_id = queue_desk.current_user_id()
