-- K2: whether each active operator is a user of the CRM: Queue Desk writes that id into user_id. When it does not exist there, a
-- foreign key refuses every row, which looks as if the key were at fault. Runs with row_security off. No locks.
with operator as (
  select o.user_id, exists (select from auth.users u where u.id = o.user_id) as exists from queue_desk.operator o where o.active),
seen as (select exists (select from auth.users) or not exists (select from operator) as users)
select 'K2' as id, 'error' as level, case when not (select s.users from seen s) then 'unknown'
    when count(*) filter (where not o.exists) > 0 then 'fail' else 'pass' end as status,
  'queue_desk.operator' as object, 'Every operator exists in auth.users' as title,
  case when count(*) filter (where not o.exists) > 0
    then format('%s of %s active operators are not in auth.users. What is queued for them is refused by the foreign key on user_id. The key is right; the ids are wrong.',
      count(*) filter (where not o.exists), count(*))
    else format('%s active operators, each a user of the CRM.', count(*)) end as why,
  '{prepare,run}'::text[] as blocks, count(*) filter (where not o.exists) as count,
  coalesce((array_agg(o.user_id::text order by o.user_id) filter (where not o.exists))[1:5], '{}') as sample,
  'select o.user_id from queue_desk.operator o where o.active and not exists (select from auth.users u where u.id = o.user_id)' as sql,
  'all active operators' as scope,
  case when not (select s.users from seen s) then 'auth.users looks empty to this login, which is hardly true: nothing is concluded from it' end as not_checked,
  'Map the login to the operator''s real auth.users id.' as fix
from operator o
