-- An operator's settings as the rules need them, tolerant of both shapes that the CRM writes (source: user_queue_settings of
-- the CRM). An operator without a row gets the defaults of the CRM.
create or replace function queue_desk.settings_of(p_user uuid,
  out zone text, out always_open boolean, out opens time, out closes time, out work_days integer[], out weekends boolean,
  out holidays text[], out day_cap integer, out hour_cap integer, out quiet_start time, out quiet_end time,
  out cool_down interval)
language plpgsql stable security definer set search_path = '' as $$
declare
  s record;
begin
  select u.work_days, u.processing_targets, u.advanced into s from public.user_queue_settings u where u.user_id = p_user;
  zone := queue_desk.setting_zone(s.work_days, '{business_hours,timezone}', 'Asia/Jerusalem');
  always_open := not queue_desk.setting_bool(s.work_days, '{enabled}', true);
  opens := queue_desk.setting_time(s.work_days, '{business_hours,start}', '09:00');
  closes := queue_desk.setting_time(s.work_days, '{business_hours,end}', '17:00');
  -- 0 is Sunday.
  work_days := case when jsonb_typeof(s.work_days -> 'work_days') = 'array'
    then array(select d::integer from jsonb_array_elements_text(s.work_days -> 'work_days') d where d ~ '^[0-6]$')
    else '{1,2,3,4,5}' end;
  weekends := queue_desk.setting_bool(s.processing_targets, '{weekend_processing,enabled}', false);
  holidays := case when queue_desk.setting_bool(s.work_days, '{exclude_holidays}', true)
      and jsonb_typeof(s.work_days -> 'custom_holidays') = 'array'
    then array(select jsonb_array_elements_text(s.work_days -> 'custom_holidays')) else '{}' end;
  day_cap := least(queue_desk.setting_int(s.processing_targets, '{max_daily_capacity}', 200),
    queue_desk.setting_int(s.advanced, '{rate_limiting,messages_per_day}', 10000));
  hour_cap := queue_desk.setting_int(s.advanced, '{rate_limiting,messages_per_hour}', 1000);
  quiet_start := queue_desk.setting_time(s.advanced, '{quiet_hours,start}', '09:00');
  quiet_end := queue_desk.setting_time(s.advanced, '{quiet_hours,end}', '20:00');
  -- The setting says when messages may go. Hours that end before they start were meant otherwise: the default is the safe reading.
  if quiet_start >= quiet_end then
    quiet_start := '09:00';
    quiet_end := '20:00';
  end if;
  cool_down := make_interval(hours => queue_desk.setting_int(s.advanced, '{cool_down_hours}', 72));
end $$;

-- The same for who asks from outside; nulls for a login that is nobody's. Without an operator: what holds for one without settings.
create or replace function queue_desk.operator_settings(p_user uuid,
  out zone text, out always_open boolean, out opens time, out closes time, out work_days integer[], out weekends boolean,
  out holidays text[], out day_cap integer, out hour_cap integer, out quiet_start time, out quiet_end time,
  out cool_down interval)
language sql stable security definer set search_path = '' as $$
  select s.* from queue_desk.settings_of(p_user) s where p_user is null or queue_desk.is_known()
$$;

-- When an operator is open from one local day to another, as UTC ranges. Daylight saving: 09:00 is 09:00 on the wall.
create or replace function queue_desk.open_ranges(p_user uuid, p_from date, p_to date) returns tstzmultirange
language plpgsql stable security definer set search_path = '' as $$
declare
  s record;
begin
  select * into s from queue_desk.settings_of(p_user);
  return coalesce((
    select range_agg(case
      when s.always_open then tstzrange(d at time zone s.zone, (d + interval '1 day') at time zone s.zone)
      when s.opens < s.closes then tstzrange((d + s.opens) at time zone s.zone, (d + s.closes) at time zone s.zone)
      else 'empty'::tstzrange end)
    from generate_series(p_from::timestamp, p_to::timestamp, interval '1 day') d
    where s.always_open or ((extract(dow from d)::integer = any (s.work_days) or s.weekends) and not to_char(d, 'YYYY-MM-DD') = any (s.holidays))
  ), '{}'::tstzmultirange);
end $$;

-- The first moment at or after `p_at` at which the operator is open; null when not within 60 days.
create or replace function queue_desk.open_from(p_user uuid, p_at timestamptz) returns timestamptz
language plpgsql stable security definer set search_path = '' as $$
declare
  s record;
  v_local timestamp;
  v_day date;
begin
  select * into s from queue_desk.settings_of(p_user);
  v_local := p_at at time zone s.zone;
  v_day := v_local::date;
  -- Mostly it is now, and the gate asks for every message.
  if s.always_open or (v_local::time >= s.opens and v_local::time < s.closes
      and (extract(dow from v_day)::integer = any (s.work_days) or s.weekends) and not v_day::text = any (s.holidays)) then
    return p_at;
  end if;
  return (select min(greatest(lower(r), p_at)) from unnest(queue_desk.open_ranges(p_user, v_day, v_day + 60)) r where upper(r) > p_at);
end $$;
