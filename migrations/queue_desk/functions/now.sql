-- The database's time, UTC. In a sample database it may be shifted, so that a day can be watched at any hour; on a live one it
-- is the clock. Reads the wall clock, not the transaction's start, because dispatch waits for locks.
create or replace function queue_desk.now() returns timestamptz
language plpgsql stable set search_path = '' as $$
begin
  return clock_timestamp() + (select i.clock_offset from queue_desk.instance i);
end $$;

-- A time of the CRM as programs can hold it: `infinity` and years beyond 9999 or before Christ are no times, hence null. One such
-- row must not stop a page, an export or a plan.
create or replace function queue_desk.sane(p_at timestamptz) returns timestamptz
language sql immutable as $$
  select case when p_at >= timestamptz '0001-01-01 00:00:00+00' and p_at < timestamptz '10000-01-01 00:00:00+00' then p_at end
$$;
