-- Changes one setting of an operator: `work_days`, `processing_targets`, `automation` and `advanced` are the columns, the rest of
-- the path the keys below; unknown keys stay. An admin may change another operator's. Returns a receipt.
create or replace function queue_desk.set_setting(p_as_user uuid, p_path text[], p_value jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_column text := p_path[1];
  v_keys text[] := p_path[2:];
  v_old jsonb;
  v_new jsonb;
  v_zone jsonb;
  i integer;
begin
  if p_value is null then
    raise exception 'A setting has a value. Nothing was changed.' using errcode = 'QD008', hint = 'Give one, in JSON.';
  elsif not coalesce(v_column = any ('{work_days,processing_targets,automation,advanced}'), false) or cardinality(v_keys) = 0 then
    raise exception 'There is no setting "%". Nothing was changed.', array_to_string(p_path, '.') using errcode = 'QD008';
  end if;
  v_zone := case v_keys when '{business_hours,timezone}' then p_value when '{business_hours}' then p_value -> 'timezone' end;
  if v_zone is not null and queue_desk.setting_zone(jsonb_build_object('z', v_zone), '{z}', '?') = '?' then
    raise exception 'The time zone % is not known. Nothing was changed.', v_zone using errcode = 'QD008', hint = 'Use an IANA name such as Asia/Jerusalem.';
  end if;
  perform queue_desk.begin_action('settings', 'person', v_user);
  insert into public.user_queue_settings (user_id) values (v_user) on conflict (user_id) do nothing;
  select coalesce(case v_column when 'work_days' then u.work_days when 'processing_targets' then u.processing_targets
    when 'automation' then u.automation else u.advanced end, '{}') into v_old from public.user_queue_settings u where u.user_id = v_user for update;
  v_new := case when jsonb_typeof(v_old) = 'object' then v_old else '{}' end;
  for i in 1 .. cardinality(v_keys) - 1 loop
    if jsonb_typeof(v_new #> v_keys[1:i]) is distinct from 'object' then
      v_new := jsonb_set(v_new, v_keys[1:i], '{}');
    end if;
  end loop;
  v_new := jsonb_set(v_new, v_keys, p_value);
  if v_new is distinct from v_old then
    update public.user_queue_settings u set
      work_days = case v_column when 'work_days' then v_new else u.work_days end,
      processing_targets = case v_column when 'processing_targets' then v_new else u.processing_targets end,
      automation = case v_column when 'automation' then v_new else u.automation end,
      advanced = case v_column when 'advanced' then v_new else u.advanced end
    where u.user_id = v_user;
  end if;
  return queue_desk.write_receipt('settings', 1, (v_new is distinct from v_old)::integer,
    case when v_new is not distinct from v_old then '[{"reason": "unchanged", "count": 1}]'::jsonb end, null,
    jsonb_build_object('path', array_to_string(p_path, '.'), 'old', v_old #> v_keys, 'new', p_value));
end $$;
