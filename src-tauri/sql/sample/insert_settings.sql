-- Gives the operators their settings. $1: array of settings. Locks: the new rows, and their users (FOR KEY SHARE). A sign-up
-- trigger may have made the row already.
insert into public.user_queue_settings (id, user_id, work_days, processing_targets, automation, advanced)
select r.id, r.user_id, r.work_days, r.processing_targets, r.automation, r.advanced
from jsonb_to_recordset($1) as r (
  id uuid, user_id uuid, work_days jsonb, processing_targets jsonb, automation jsonb, advanced jsonb)
on conflict (user_id) do update set
  work_days = excluded.work_days, processing_targets = excluded.processing_targets,
  automation = excluded.automation, advanced = excluded.advanced
