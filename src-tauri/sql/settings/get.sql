-- An operator's settings as the CRM stores them. Locks: none. Index: unique (user_id).
select to_jsonb(s) from (select u.work_days, u.processing_targets, u.automation, u.advanced from public.user_queue_settings u
  where u.user_id = coalesce($1, queue_desk.current_user_id())) s
