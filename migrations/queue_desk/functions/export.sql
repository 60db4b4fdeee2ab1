-- The receipt of an export: who took how many rows out, under which filter. Ids and words only.
create or replace function queue_desk.record_export(p_as_user uuid, p_rows integer, p_detail jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform queue_desk.begin_action('export', 'person', queue_desk.acting_as(p_as_user));
  return queue_desk.write_receipt('export', p_rows, p_rows, null, null, p_detail);
end $$;
