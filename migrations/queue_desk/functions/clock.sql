-- Sample databases only: moves the clock forward to a moment, so that a working day can be watched at any hour. Refused while
-- something is on the wire, whose desk would look dead.
create or replace function queue_desk.move_clock(p_to timestamptz) returns timestamptz
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not queue_desk.is_admin() then
    raise exception 'Only an admin may move the sample clock. Nothing was changed.' using errcode = 'QD002', hint = 'Ask an admin of this database.';
  end if;
  if (select i.kind from queue_desk.instance i) <> 'sample' then
    raise exception 'Only a sample database has a clock that moves. Nothing was changed.' using errcode = 'QD007', hint = 'On a live database time passes by itself.';
  end if;
  if p_to < queue_desk.now() then
    raise exception 'The sample clock only moves forward. Nothing was changed.' using errcode = 'QD008', hint = 'Give a later moment, or none for the next message''s.';
  end if;
  if exists (select from queue_desk.delivery d where d.finished_at is null) then
    raise exception 'Messages are on the wire. Nothing was changed.' using errcode = 'QD008', hint = 'Stop automation first.';
  end if;
  perform queue_desk.begin_action('clock', 'person', queue_desk.current_user_id());
  update queue_desk.instance i set clock_offset = p_to - clock_timestamp();
  perform queue_desk.append_ledger('clock', 'instance', null, null, null, 'moved', null, jsonb_build_object('to', p_to));
  perform queue_desk.nudge();
  return queue_desk.now();
end $$;
