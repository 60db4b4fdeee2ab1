-- Takes an action back as far as it can be: what is still as the action left it, and what may go again. Nothing is deleted that
-- was ever sent or said; what could not be taken back is counted with its reason. Only who did it, or an admin.
create or replace function queue_desk.undo(p_receipt uuid, p_as_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  r record;
  v_done uuid[];
  v_reasons text[];
begin
  select * into r from queue_desk.queue_ledger l where l.entity = 'receipt' and l.entity_id = p_receipt::text;
  if not found or not r.action = any (queue_desk.undoable_actions()) then
    raise exception 'There is nothing to undo under this receipt. Nothing was changed.' using errcode = 'QD004',
      hint = 'What can be undone: prepare, take, cancel, reschedule, priority, assign, opt out, adopt, pause.';
  end if;
  if coalesce(r.as_user, r.user_id) is distinct from v_user and not queue_desk.is_admin() then
    raise exception 'Only who did it, or an admin, may undo it. Nothing was changed.' using errcode = 'QD002', hint = 'Ask the operator who did it.';
  end if;
  perform queue_desk.begin_action('undo', 'person', v_user, 'undone');
  case r.action
    when 'prepare' then return queue_desk.undo_prepare(p_receipt, v_user);
    when 'take' then return queue_desk.undo_take(p_receipt, r.detail, v_user);
    when 'pause' then return queue_desk.undo_pause(p_receipt, r.detail);
    when 'opt_out' then return queue_desk.undo_opt_out(p_receipt, r.detail);
    when 'cancel' then
      select coalesce(array_agg(u.message_id) filter (where u.reason is null), '{}'), coalesce(array_agg(u.reason), '{}') into v_done, v_reasons from queue_desk.undo_cancels(p_receipt) u;
    else
      select coalesce(array_agg(u.message_id) filter (where u.reason is null), '{}'), coalesce(array_agg(u.reason), '{}') into v_done, v_reasons from queue_desk.undo_changes(p_receipt, r.action) u;
  end case;
  return queue_desk.write_receipt('undo', cardinality(v_reasons), cardinality(v_done), queue_desk.count_reasons(v_reasons), null,
    jsonb_build_object('undone', p_receipt, 'undone_action', r.action, 'message_ids', v_done));
end $$;

-- A prepare's messages that were not dispatched are cancelled with reason `undone`; words waiting in the outbox are withdrawn, a
-- written one is put back by the outbox if it is still ours.
create or replace function queue_desk.undo_prepare(p_receipt uuid, p_user uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_plan uuid := (select p.id from queue_desk.plan p where p.receipt_id = p_receipt);
  v_asked integer;
  v_messages uuid[];
  v_skipped jsonb;
begin
  select count(*) into v_asked from queue_desk.plan_item i where i.plan_id = v_plan;
  v_messages := queue_desk.cancel_waiting(array(
    select m.id from queue_desk.plan_item i join public.whatsapp_message_queue m on m.id = i.message_id
    where i.plan_id = v_plan and m.queue_status in ('queued', 'sending')), 'undone', 'Undone by ' || p_user);
  perform queue_desk.withdraw_words(p_receipt, array(select i.lead_id from queue_desk.plan_item i where i.plan_id = v_plan and i.message_id = any (v_messages)));
  v_skipped := queue_desk.count_reasons(array(
    select case when m.queue_status in ('queued', 'sending') then 'on_the_wire' else coalesce('already_' || m.queue_status, 'deleted') end
    from queue_desk.plan_item i left join public.whatsapp_message_queue m on m.id = i.message_id
    where i.plan_id = v_plan and not i.message_id = any (v_messages)));
  return queue_desk.write_receipt('undo', v_asked, cardinality(v_messages), v_skipped, null,
    jsonb_build_object('undone', p_receipt, 'undone_action', 'prepare', 'plan_id', v_plan, 'message_ids', v_messages));
end $$;

-- Only this very take: whoever has the lead by now keeps it. What it cancelled stays cancelled: a person decides what is said next.
create or replace function queue_desk.undo_take(p_receipt uuid, p_was jsonb, p_user uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_take jsonb := p_was -> 'detail';
  g record;
  v_changed integer := 0;
  v_skipped jsonb;
begin
  select x.owner, o.name into g from queue_desk.lead_gate x left join queue_desk.operator o on o.user_id = x.owner
  where x.lead_id = (v_take ->> 'lead_id')::uuid for no key update of x;
  if (p_was ->> 'changed')::integer > 0 then
    update queue_desk.lead_gate x set owner = null, since = null, by = coalesce(queue_desk.current_user_id(), p_user), version = x.version + 1
    where x.lead_id = (v_take ->> 'lead_id')::uuid and x.owner = (v_take ->> 'owner')::uuid and x.since = (v_take ->> 'since')::timestamptz;
    get diagnostics v_changed = row_count;
  end if;
  if v_changed > 0 then
    perform queue_desk.withdraw_words(p_receipt, array[(v_take ->> 'lead_id')::uuid]);
  else
    v_skipped := jsonb_build_array(jsonb_build_object('reason', case when g.owner is null then 'not_taken' else 'not_owner' end, 'count', 1));
  end if;
  return queue_desk.write_receipt('undo', 1, v_changed, v_skipped, null, jsonb_build_object('undone', p_receipt, 'undone_action', 'take', 'lead_id', v_take ->> 'lead_id',
    'owner', case when v_changed = 0 then g.owner end, 'owner_name', case when v_changed = 0 then g.name end));
end $$;

-- What an action cancelled and nobody touched since is queued again at its old time, where it still may be (requeue_reasons).
create or replace function queue_desk.undo_cancels(p_receipt uuid) returns table (message_id uuid, reason text)
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_ids uuid[];
  v_ours uuid[];
begin
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('prepare'));
  v_ids := array(select l.entity_id::uuid from queue_desk.queue_ledger l where l.receipt_id = p_receipt and l.entity = 'message' and l.to_state = 'cancelled');
  perform queue_desk.lock_messages(v_ids);
  v_ours := array(
    select m.id from public.whatsapp_message_queue m where m.id = any (v_ids) and m.queue_status = 'cancelled' and p_receipt = (
      select l.receipt_id from queue_desk.queue_ledger l where l.entity = 'message' and l.entity_id = m.id::text and l.to_state is not null order by l.id desc limit 1));
  return query
    select r.message_id, r.reason from queue_desk.requeue(v_ours, false) r
    union all
    select i.id, case when m.id is null then 'deleted' when m.queue_status = 'sending' then 'on_the_wire' when m.queue_status = 'cancelled' then 'changed_since'
      else coalesce('already_' || m.queue_status, 'changed_since') end
    from unnest(v_ids) i (id) left join public.whatsapp_message_queue m on m.id = i.id where not i.id = any (v_ours);
end $$;

-- Times, priorities, operators and adoptions: put back from the ledger's {from, to} where the message still waits with what we wrote. The
-- same written anew by somebody since, or undone already, is not ours any more.
create or replace function queue_desk.undo_changes(p_receipt uuid, p_action text) returns table (message_id uuid, reason text)
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_was jsonb;
  v_judged jsonb;
  v_ids uuid[];
begin
  select coalesce(jsonb_agg(jsonb_build_object('id', l.entity_id, 'lead_id', l.lead_id, 'ledger_id', l.id, 'was', l.detail ->> 'from', 'ours', l.detail ->> 'to')), '[]') into v_was
  from queue_desk.queue_ledger l where l.receipt_id = p_receipt and l.entity = 'message' and l.detail ? 'to';
  perform queue_desk.lock_messages(array(select w.id from jsonb_to_recordset(v_was) w (id uuid)));
  select coalesce(jsonb_agg(jsonb_build_object('message_id', w.id, 'reason', case
      when m.id is null then 'deleted'
      when m.queue_status = 'sending' then 'on_the_wire'
      when m.queue_status is distinct from 'queued' then coalesce('already_' || m.queue_status, 'changed_since')
      when not coalesce(case p_action when 'reschedule' then m.scheduled_for = w.ours::timestamptz when 'set_priority' then m.priority = w.ours::integer
          when 'assign' then m.user_id = w.ours::uuid else a.at = w.ours::timestamptz end, false) then 'changed_since'
      when exists (select from queue_desk.queue_ledger n where n.entity = 'message' and n.entity_id = w.id::text and n.id > w.ledger_id and n.detail ? 'to'
          and (n.action = p_action or exists (select from queue_desk.queue_ledger u where u.entity = 'receipt' and u.entity_id = n.receipt_id::text
            and u.detail #>> '{detail,undone_action}' = p_action))) then 'changed_since' end)), '[]') into v_judged
  from jsonb_to_recordset(v_was) w (id uuid, was text, ours text, ledger_id bigint)
  left join public.whatsapp_message_queue m on m.id = w.id left join queue_desk.adopted a on a.message_id = w.id;
  v_ids := array(select j.message_id from jsonb_to_recordset(v_judged) j (message_id uuid, reason text) where j.reason is null);
  if p_action = 'adopt' then
    delete from queue_desk.adopted a where a.message_id = any (v_ids);
  else
    update public.whatsapp_message_queue m set
      scheduled_for = case p_action when 'reschedule' then w.was::timestamptz else m.scheduled_for end,
      priority = case p_action when 'set_priority' then w.was::integer else m.priority end,
      user_id = case p_action when 'assign' then w.was::uuid else m.user_id end
    from jsonb_to_recordset(v_was) w (id uuid, was text) where m.id = w.id and m.id = any (v_ids);
  end if;
  perform queue_desk.append_changes('undo', 'undone', (
    select jsonb_agg(jsonb_build_object('id', w.id, 'lead_id', w.lead_id, 'from', w.ours, 'to', w.was))
    from jsonb_to_recordset(v_was) w (id uuid, lead_id uuid, was text, ours text) where w.id = any (v_ids)));
  return query select j.message_id, j.reason from jsonb_to_recordset(v_judged) j (message_id uuid, reason text);
end $$;

-- The opt-out itself, and what it cancelled where that still may go. Asked: the person and each of those messages.
create or replace function queue_desk.undo_opt_out(p_receipt uuid, p_was jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_lead uuid := (p_was #>> '{detail,lead_id}')::uuid;
  v_gone integer;
  v_done uuid[];
  v_reasons text[];
begin
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('prepare'));
  delete from queue_desk.opt_out o where o.id = (p_was #>> '{detail,opt_out_id}')::bigint;
  get diagnostics v_gone = row_count;
  if v_gone > 0 then
    perform queue_desk.append_ledger('undo', 'opt_out', p_was #>> '{detail,opt_out_id}', v_lead, 'opted_out', 'withdrawn', 'undone', null);
  end if;
  -- While another opt-out of the person stands, each message says `opted_out`.
  select coalesce(array_agg(u.message_id) filter (where u.reason is null), '{}'), coalesce(array_agg(u.reason), '{}') into v_done, v_reasons from queue_desk.undo_cancels(p_receipt) u;
  return queue_desk.write_receipt('undo', 1 + cardinality(v_reasons), v_gone + cardinality(v_done),
    queue_desk.count_reasons(v_reasons || case when v_gone = 0 then 'not_opted_out' end), null,
    jsonb_build_object('undone', p_receipt, 'undone_action', 'opt_out', 'lead_id', v_lead, 'message_ids', v_done));
end $$;

-- The pause of this receipt, if it stands as it was set; a shorter one that it took the place of is put back.
create or replace function queue_desk.undo_pause(p_receipt uuid, p_was jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v jsonb := p_was -> 'detail';
  v_was jsonb := nullif(v -> 'was', 'null');
  v_changed integer;
begin
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('pause'));
  if (v_was ->> 'until')::timestamptz > queue_desk.now() then
    update queue_desk.pause p set until = (v_was ->> 'until')::timestamptz, by = (v_was ->> 'by')::uuid, at = (v_was ->> 'at')::timestamptz, reason = null
    where p.id = (v ->> 'pause_id')::bigint and p.at = (v ->> 'at')::timestamptz;
  else
    delete from queue_desk.pause p where p.id = (v ->> 'pause_id')::bigint and p.at = (v ->> 'at')::timestamptz;
  end if;
  get diagnostics v_changed = row_count;
  if v_changed > 0 then
    perform queue_desk.append_ledger('undo', 'pause', coalesce(v ->> 'subject', 'all'), case when v ->> 'scope' = 'lead' then (v ->> 'subject')::uuid end, 'paused',
      case when (v_was ->> 'until')::timestamptz > queue_desk.now() then 'paused' else 'running' end, 'undone', jsonb_build_object('scope', v -> 'scope'));
  end if;
  return queue_desk.write_receipt('undo', 1, v_changed, case when v_changed = 0 then '[{"reason": "not_paused", "count": 1}]'::jsonb end, null,
    jsonb_build_object('undone', p_receipt, 'undone_action', 'pause', 'scope', v -> 'scope', 'subject', v -> 'subject'));
end $$;
