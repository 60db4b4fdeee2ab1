-- Adds to a settings value the keys that it lacks, at every depth. What is there stays, also what we do not know, and also a value
-- that is no object: a person has to look at that.
create or replace function queue_desk.completed(p_value jsonb, p_defaults jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select case when jsonb_typeof(p_defaults) <> 'object' then coalesce(p_value, p_defaults)
    when p_value is null or p_value in ('null', '[]', '""') then p_defaults
    when jsonb_typeof(p_value) <> 'object' then p_value
    else p_value || coalesce((select jsonb_object_agg(d.key, case when jsonb_typeof(d.value) = 'object' and (not p_value ? d.key or jsonb_typeof(p_value -> d.key) = 'object')
        then queue_desk.completed(p_value -> d.key, d.value) else coalesce(p_value -> d.key, d.value) end) from jsonb_each(p_defaults) d), '{}') end
$$;

-- Completes up to p_limit rows of settings with the values that hold where a key is missing, so that nothing changes but that every
-- reader finds its key. A flat batch size, as the web app writes it, becomes the nested one as well. Returns how many rows changed.
create or replace function queue_desk.complete_settings(p_limit integer) returns integer
language plpgsql volatile set search_path = '' set row_security = off as $$
declare
  v_count integer;
begin
  perform queue_desk.begin_action('settings', 'system', null, 'completed');
  with whole as materialized (
    select u.id, queue_desk.completed(u.work_days, '{"enabled": true, "work_days": [1, 2, 3, 4, 5], "business_hours": {"start": "09:00", "end": "17:00", "timezone": "Asia/Jerusalem"}, "exclude_holidays": true, "custom_holidays": []}') as work_days,
      queue_desk.completed(u.processing_targets, '{"target_leads_per_month": 1000, "target_leads_per_work_day": 45, "max_daily_capacity": 200, "weekend_processing": {"enabled": false, "reduced_target_percentage": 25}}') as processing_targets,
      queue_desk.completed(u.automation, '{"auto_queue_preparation": true, "queue_preparation_time": "18:00", "auto_start_processing": false, "pause_on_weekends": true, "pause_on_holidays": true, "max_retry_attempts": 3, "retry_delay_minutes": 15}') as automation,
      queue_desk.completed(u.advanced, jsonb_build_object('batch_processing', jsonb_build_object('enabled', true, 'batch_size', queue_desk.setting_int(u.advanced, '{batch_size}', 50), 'batch_delay_seconds', 30))
        || '{"priority_scoring": {"enabled": true, "factors": ["heat_score", "bant_score", "days_since_contact"], "weights": {"heat_score": 0.4, "bant_score": 0.4, "days_since_contact": 0.2}},
             "rate_limiting": {"messages_per_hour": 1000, "messages_per_day": 10000, "respect_business_hours": true}}') as advanced
    from public.user_queue_settings u),
  next as (
    select w.* from public.user_queue_settings u join whole w using (id)
    where (w.work_days, w.processing_targets, w.automation, w.advanced) is distinct from (u.work_days, u.processing_targets, u.automation, u.advanced)
    limit p_limit for update of u skip locked)
  update public.user_queue_settings u set work_days = n.work_days, processing_targets = n.processing_targets, automation = n.automation, advanced = n.advanced
  from next n where u.id = n.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
