-- Reads one value out of settings JSON without ever raising: a missing key or a value of the wrong shape gives the default.
-- One expression and no SET, so that the planner inlines them: the gate reads dozens of settings for each message.
create or replace function queue_desk.setting_int(p_settings jsonb, p_path text[], p_default integer) returns integer
language sql immutable as $$
  select case when (p_settings #>> p_path) ~ '^\d{1,9}(\.0*)?$' then (p_settings #>> p_path)::numeric::integer else p_default end
$$;

-- What the settings' rules accept: `9:00`, `09:00`, `09:00:00`; `24:00` is the end of the day.
-- Stable, because the cast from text is no more than that: called immutable it would not be inlined.
create or replace function queue_desk.setting_time(p_settings jsonb, p_path text[], p_default time) returns time
language sql stable as $$
  select case when btrim(p_settings #>> p_path) ~ '^(([01]?\d|2[0-3]):[0-5]\d|24:00)(:00)?$' then btrim(p_settings #>> p_path)::time else p_default end
$$;

create or replace function queue_desk.setting_bool(p_settings jsonb, p_path text[], p_default boolean) returns boolean
language sql immutable as $$
  select case p_settings #> p_path when 'true' then true when 'false' then false else p_default end
$$;

-- An IANA zone that this server knows, else the default.
create or replace function queue_desk.setting_zone(p_settings jsonb, p_path text[], p_default text) returns text
language plpgsql stable set search_path = '' as $$
declare
  v text := p_settings #>> p_path;
begin
  if coalesce(v, '') = '' then
    return p_default;
  end if;
  perform clock_timestamp() at time zone v;
  return v;
exception when invalid_parameter_value then
  return p_default;
end $$;
