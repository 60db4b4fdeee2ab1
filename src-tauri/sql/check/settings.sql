-- S1: operators' settings that are missing or of another shape. Runs with row_security off. No locks.
with operator as (
  select o.user_id, u.user_id is not null as has_row, u.work_days, u.processing_targets, u.automation, u.advanced
  from queue_desk.operator o left join public.user_queue_settings u on u.user_id = o.user_id where o.active),
shape as (
  select o.user_id, array_remove(array[
    case when jsonb_typeof(o.work_days) <> 'object' then 'work_days is no object' end,
    case when jsonb_typeof(o.processing_targets) <> 'object' then 'processing_targets is no object' end,
    case when jsonb_typeof(o.automation) <> 'object' then 'automation is no object' end,
    case when jsonb_typeof(o.advanced) <> 'object' then 'advanced is no object' end,
    case when o.work_days ? 'work_days' and jsonb_typeof(o.work_days -> 'work_days') <> 'array' then 'work_days.work_days is no list' end,
    case when o.work_days ? 'business_hours' and jsonb_typeof(o.work_days -> 'business_hours') <> 'object' then 'work_days.business_hours is no object' end], null) as wrong,
    coalesce(o.advanced ? 'batch_size' and not o.advanced ? 'batch_processing', false) as flat
  from operator o where o.has_row)
select 'S1' as id, 'info' as level, case when count(*) filter (where not o.has_row) > 0 then 'fail' else 'pass' end as status, 'public.user_queue_settings' as object,
  'Every operator has settings' as title,
  case when count(*) filter (where not o.has_row) > 0 then format('%s of %s operators have no row: the CRM''s defaults apply to them (09:00 to 17:00 in Asia/Jerusalem, 200 a day).', count(*) filter (where not o.has_row), count(*))
    else 'Every active operator has a row.' end as why, count(*) filter (where not o.has_row) as count,
  coalesce((array_agg(o.user_id::text order by o.user_id) filter (where not o.has_row))[1:5], '{}') as sample,
  'select o.user_id from queue_desk.operator o where o.active and not exists (select from public.user_queue_settings u where u.user_id = o.user_id)' as sql,
  'all active operators' as scope, 'Set any setting: that makes the row.' as fix
from operator o
union all
select 'S1', 'warn', case when count(*) filter (where s.wrong <> '{}') > 0 then 'fail' else 'pass' end, 'public.user_queue_settings', 'Settings have a shape that can be read',
  case when count(*) filter (where s.wrong <> '{}') > 0 then format('%s operators have settings of a shape that nobody can read; defaults apply in their place.', count(*) filter (where s.wrong <> '{}'))
    else 'Every settings row can be read.' end, count(*) filter (where s.wrong <> '{}'),
  coalesce((array_agg(s.user_id || ': ' || array_to_string(s.wrong, ', ') order by s.user_id) filter (where s.wrong <> '{}'))[1:5], '{}'),
  'select * from public.user_queue_settings', 'the settings of all active operators', 'Set the setting again: the group is made anew.'
from shape s
union all
select 'S1', 'info', case when count(*) filter (where s.flat) > 0 then 'fail' else 'pass' end, 'public.user_queue_settings', 'Settings are in the nested shape',
  case when count(*) filter (where s.flat) > 0 then format('The settings of %s have the flat shape that the web app writes for new users. It is read; rate limits are not in it, so their defaults apply.', case count(*) filter (where s.flat) when 1 then 'one operator' else count(*) filter (where s.flat) || ' operators' end)
    else 'No settings row is flat.' end, count(*) filter (where s.flat), coalesce((array_agg(s.user_id::text order by s.user_id) filter (where s.flat))[1:5], '{}'),
  'select user_id from public.user_queue_settings where advanced ? ''batch_size''', 'the settings of all active operators', 'None is needed.'
from shape s
