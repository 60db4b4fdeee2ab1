-- Take Lead: from here on no dispatch to this lead is recorded, from any desk. Locks the gate row, then cancels what waits,
-- whoever queued it, claimed but not dispatched included; what was dispatched before is reported with its time, what is on the
-- wire finishes. `p_expected_owner` is the owner that the caller saw (null: free); another one by now is the winner's name.
create or replace function queue_desk.take(p_lead uuid, p_as_user uuid default null, p_expected_owner uuid default null, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_now timestamptz := queue_desk.now();
  g record;
  v_name text;
  v_messages uuid[];
  v_jobs integer;
  v_stage jsonb;
  v_earlier jsonb;
  v_wire integer;
begin
  if not exists (select from public.leads l where l.id = p_lead) then
    raise exception 'There is no lead with this id. Nothing was changed.' using errcode = 'QD004', hint = 'Is the id right? The lead may have been deleted in the CRM.';
  end if;
  -- A commit of Prepare that is under way ends first, and one that comes later sees the owner: neither misses the other.
  perform pg_advisory_xact_lock_shared(hashtext('queue_desk'), hashtext('prepare'));
  perform queue_desk.begin_action('take', 'person', v_user, p_reason);
  if not queue_desk.may_access(p_lead, v_user) then
    return queue_desk.write_receipt('take', 1, 0, '[{"reason": "no_access", "count": 1}]', null, jsonb_build_object('lead_id', p_lead));
  end if;
  insert into queue_desk.lead_gate (lead_id) values (p_lead) on conflict do nothing;
  select * into g from queue_desk.lead_gate x where x.lead_id = p_lead for no key update;
  if g.owner is not null and (g.owner = v_user or g.owner is distinct from p_expected_owner) then
    select o.name into v_name from queue_desk.operator o where o.user_id = g.owner;
    return queue_desk.write_receipt('take', 1, 0,
      jsonb_build_array(jsonb_build_object('reason', case when g.owner = v_user then 'already_mine' else 'taken_by' end, 'count', 1)), null,
      jsonb_build_object('lead_id', p_lead, 'owner', g.owner, 'owner_name', v_name, 'since', g.since));
  end if;
  update queue_desk.lead_gate x set owner = v_user, since = v_now, by = coalesce(queue_desk.current_user_id(), v_user), version = x.version + 1
  where x.lead_id = p_lead;

  v_messages := queue_desk.cancel_waiting(array(select m.id from public.whatsapp_message_queue m where m.lead_id = p_lead
    and m.queue_status in ('queued', 'sending')), 'taken', 'Taken by ' || v_user);
  update public.lead_processing_queue j set queue_status = 'cancelled', error_message = 'Taken by ' || v_user
  where j.lead_id = p_lead and j.queue_status in ('queued', 'processing');
  get diagnostics v_jobs = row_count;
  v_stage := queue_desk.request_stage(array[p_lead], 'human');

  select coalesce(jsonb_agg(jsonb_build_object('message_id', d.message_id, 'at', d.dispatched_at, 'outcome', d.outcome, 'simulated', d.simulated)
      order by d.dispatched_at desc), '[]'), count(*) filter (where d.finished_at is null)
  into v_earlier, v_wire from queue_desk.delivery d where d.lead_id = p_lead and d.dispatched_at is not null;
  return queue_desk.write_receipt('take', 1, 1, null, null, jsonb_build_object('lead_id', p_lead, 'owner', v_user, 'since', v_now,
    'owner_name', (select o.name from queue_desk.operator o where o.user_id = v_user),
    'cancelled_messages', cardinality(v_messages), 'cancelled_jobs', v_jobs, 'dispatched_earlier', v_earlier, 'on_the_wire', v_wire, 'stage', v_stage));
end $$;

-- Hand back: the lead may be queued again. Only its owner or an admin. Cancelled messages stay cancelled; the word of the take,
-- if it still waits, is not written any more, because it would keep the lead out of the queue.
create or replace function queue_desk.release(p_lead uuid, p_as_user uuid default null, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  g record;
begin
  if not exists (select from public.leads l where l.id = p_lead) then
    raise exception 'There is no lead with this id. Nothing was changed.' using errcode = 'QD004', hint = 'Is the id right? The lead may have been deleted in the CRM.';
  end if;
  perform queue_desk.begin_action('release', 'person', v_user, p_reason);
  select * into g from queue_desk.lead_gate x where x.lead_id = p_lead for no key update;
  if g.owner is null then
    return queue_desk.write_receipt('release', 1, 0, '[{"reason": "not_taken", "count": 1}]', null, jsonb_build_object('lead_id', p_lead));
  end if;
  if g.owner <> v_user and not queue_desk.is_admin() then
    return queue_desk.write_receipt('release', 1, 0, '[{"reason": "not_owner", "count": 1}]', null, jsonb_build_object('lead_id', p_lead, 'owner', g.owner,
      'owner_name', (select o.name from queue_desk.operator o where o.user_id = g.owner)));
  end if;
  update queue_desk.lead_gate x set owner = null, since = null, by = coalesce(queue_desk.current_user_id(), v_user), version = x.version + 1
  where x.lead_id = p_lead;
  update queue_desk.stage_outbox o set state = 'refused', reason = 'released' where o.lead_id = p_lead and o.stage = 'human' and o.state = 'pending';
  return queue_desk.write_receipt('release', 1, 1, null, null, jsonb_build_object('lead_id', p_lead, 'owner', g.owner));
end $$;
