-- The receipt of a migration: how many rows each table had before and after, and what was moved in between. Owner only.
create or replace function queue_desk.record_migration(p_asked integer, p_changed integer, p_skipped jsonb, p_failed jsonb, p_detail jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  perform queue_desk.begin_action('migrate', 'person', null);
  return queue_desk.write_receipt('migrate', p_asked, p_changed, p_skipped, p_failed, p_detail);
end $$;

-- A version as numbers that compare; null for anything else.
create or replace function queue_desk.version_numbers(p_version text) returns integer[]
language sql immutable set search_path = '' as $$
  select case when p_version ~ '^\d{1,4}\.\d{1,4}\.\d{1,4}' then (string_to_array(substring(p_version from '^\d+\.\d+\.\d+'), '.'))::integer[] end
$$;

-- Refuses a desk that is older than this database allows. Desks say their version in application_name; whoever says none is a person
-- with psql, who knows what he does. Raises QD011.
create or replace function queue_desk.refuse_old_app() returns void
language plpgsql stable security definer set search_path = '' as $$
declare
  v_mine text := substring(current_setting('application_name') from '^queue-desk/(\d[\d.]*)');
  v_least text;
begin
  if v_mine is null then
    return;
  end if;
  select i.min_app_version into v_least from queue_desk.instance i;
  if queue_desk.version_numbers(v_mine) < queue_desk.version_numbers(v_least) then
    raise exception 'This Queue Desk is version %, and this database asks for % or newer. Nothing was changed.', v_mine, v_least
      using errcode = 'QD011', hint = 'Install the newer Queue Desk on this computer; until then you can look.';
  end if;
end $$;
