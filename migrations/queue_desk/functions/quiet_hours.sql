-- When people in all of these zones may be written to (inside `p_start` to `p_end` on their own clocks), as UTC ranges between
-- two days. Several zones: the hours that are decent in every one of them.
create or replace function queue_desk.decent_ranges(p_zones text[], p_start time, p_end time, p_from date, p_to date) returns tstzmultirange
language plpgsql stable set search_path = '' as $$
begin
  return (select coalesce(range_intersect_agg(z.ranges), '{}') from (
    select range_agg(case when p_start < p_end then tstzrange((d + p_start) at time zone zone, (d + p_end) at time zone zone)
      else tstzrange((d + p_start) at time zone zone, (d + interval '1 day' + p_end) at time zone zone) end) as ranges
    from unnest(p_zones) zone cross join generate_series(p_from::timestamp - interval '1 day', p_to::timestamp + interval '1 day', interval '1 day') d
    group by zone) z);
end $$;

-- The zones in which the owner of this E.164 number may live, by its country calling code; null when the code is unknown.
create or replace function queue_desk.zones_of(p_e164 text) returns text[]
language plpgsql stable set search_path = '' as $$
begin
  return (select z.zones from queue_desk.phone_zone z
    where z.prefix in (substr(p_e164, 2, 1), substr(p_e164, 2, 2), substr(p_e164, 2, 3), substr(p_e164, 2, 4))
    order by length(z.prefix) desc limit 1);
end $$;

-- Decent hours for one number under one operator's settings. A country whose zones share no decent hour, and a number of
-- unknown country, fall back to the operator's own zone, and `guessed` says so.
create or replace function queue_desk.decent_hours(p_e164 text, p_user uuid, p_from date, p_to date, out ranges tstzmultirange, out guessed boolean)
language plpgsql stable security definer set search_path = '' as $$
declare
  s record;
begin
  select * into s from queue_desk.settings_of(p_user);
  ranges := queue_desk.decent_ranges(queue_desk.zones_of(p_e164), s.quiet_start, s.quiet_end, p_from, p_to);
  guessed := isempty(ranges);
  if guessed then
    ranges := queue_desk.decent_ranges(array[s.zone], s.quiet_start, s.quiet_end, p_from, p_to);
  end if;
end $$;

-- Until when this number is in its quiet hours; no row: it may be written to now.
create or replace function queue_desk.quiet_until(p_e164 text, p_user uuid, p_at timestamptz) returns table (until timestamptz, guessed boolean)
language plpgsql stable security definer set search_path = '' as $$
declare
  s record;
  v_zone text;
  v_decent boolean;
  h record;
begin
  select * into s from queue_desk.settings_of(p_user);
  -- Mostly it is a decent hour in every zone, and the gate asks for every message.
  foreach v_zone in array coalesce(queue_desk.zones_of(p_e164), array[s.zone]) loop
    v_decent := (p_at at time zone v_zone)::time >= s.quiet_start and (p_at at time zone v_zone)::time < s.quiet_end;
    exit when not v_decent;
  end loop;
  if not v_decent then
    select * into h from queue_desk.decent_hours(p_e164, p_user, p_at::date, p_at::date + 2);
    if not h.ranges @> p_at then
      return query select min(lower(r)), h.guessed from unnest(h.ranges) r where lower(r) > p_at;
    end if;
  end if;
end $$;
