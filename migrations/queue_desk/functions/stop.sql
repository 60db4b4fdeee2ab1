-- Stop everything: nobody's message is dispatched from here on, on any desk, until somebody resumes. What is on the wire
-- finishes. Any operator may.
create or replace function queue_desk.stop_everything(p_as_user uuid default null, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_new integer;
begin
  perform queue_desk.begin_action('stop', 'person', v_user, p_reason);
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('pause'));
  insert into queue_desk.pause as p (scope, by, reason, at) values ('all', v_user, p_reason, queue_desk.now())
    -- A pause that ends by itself, or has ended, becomes one that only a person lifts.
    on conflict (scope, coalesce(subject, '')) do update set until = null, by = excluded.by, reason = excluded.reason, at = excluded.at where p.until is not null;
  get diagnostics v_new = row_count;
  -- A dispatch that asked the gate before this commits may still write dispatched_at: wait for it, and let none in meanwhile.
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('stop'));
  update queue_desk.run r set stop_requested_at = queue_desk.now() where r.finished_at is null and r.stop_requested_at is null;
  if v_new > 0 then
    perform queue_desk.append_ledger('stop', 'pause', 'all', null, 'running', 'paused', p_reason, null);
  end if;
  return queue_desk.write_receipt('stop', 1, v_new, case when v_new = 0 then '[{"reason": "already_paused", "count": 1}]'::jsonb end, null, jsonb_build_object(
    'on_the_wire', (select count(*) from queue_desk.delivery d where d.finished_at is null and d.dispatched_at is not null)));
end $$;

-- Asks one run to stop after what is on the wire.
create or replace function queue_desk.stop_run(p_run uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform queue_desk.acting_as(r.as_user) from queue_desk.run r where r.id = p_run and r.login <> session_user;
  update queue_desk.run r set stop_requested_at = coalesce(r.stop_requested_at, queue_desk.now()) where r.id = p_run and r.finished_at is null;
end $$;
