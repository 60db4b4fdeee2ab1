-- Whom the login acts for in a migrated database. No locks; primary keys.
select o.name, i.kind = 'sample' as sample, has_function_privilege('queue_desk.prepare_commit(uuid, jsonb, boolean)', 'execute') as may_act
from queue_desk.instance i left join queue_desk.operator o on o.user_id = queue_desk.current_user_id()
