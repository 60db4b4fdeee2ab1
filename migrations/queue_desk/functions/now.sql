-- The database's time, UTC. In a sample database it may be shifted, so that a day can be watched at any hour; on a live one it
-- is the clock. Reads the wall clock, not the transaction's start, because dispatch waits for locks.
create or replace function queue_desk.now() returns timestamptz
language plpgsql stable set search_path = '' as $$
begin
  return clock_timestamp() + (select i.clock_offset from queue_desk.instance i);
end $$;
