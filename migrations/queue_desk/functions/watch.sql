-- Trigger of the two queue tables: a ledger row for each change of state, whoever made it. Never raises into the writer; so
-- nothing is computed among the declarations, whose errors no EXCEPTION block catches.
create or replace function queue_desk.watch_queue() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_action text;
  v_actor text;
  v_as uuid;
  v_receipt uuid;
  v_reason text;
  v_me uuid;
begin
  v_action := coalesce(nullif(current_setting('queue_desk.action', true), ''), lower(tg_op));
  v_actor := coalesce(nullif(current_setting('queue_desk.actor', true), ''), 'foreign');
  v_as := nullif(current_setting('queue_desk.as_user', true), '')::uuid;
  v_receipt := nullif(current_setting('queue_desk.receipt', true), '')::uuid;
  v_reason := nullif(current_setting('queue_desk.reason', true), '');
  v_me := queue_desk.current_user_id();
  if tg_op = 'INSERT' then
    insert into queue_desk.queue_ledger (login, user_id, as_user, actor_kind, action, entity, entity_id, lead_id, from_state, to_state, reason, receipt_id)
    select session_user, v_me, v_as, v_actor, v_action, tg_argv[0], n.id::text, n.lead_id, null, n.queue_status, v_reason, v_receipt from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into queue_desk.queue_ledger (login, user_id, as_user, actor_kind, action, entity, entity_id, lead_id, from_state, to_state, reason, receipt_id)
    select session_user, v_me, v_as, v_actor, v_action, tg_argv[0], n.id::text, n.lead_id, o.queue_status, n.queue_status, v_reason, v_receipt
    from old_rows o join new_rows n on n.id = o.id where n.queue_status is distinct from o.queue_status;
  else
    insert into queue_desk.queue_ledger (login, user_id, as_user, actor_kind, action, entity, entity_id, lead_id, from_state, to_state, reason, receipt_id)
    select session_user, v_me, v_as, v_actor, v_action, tg_argv[0], o.id::text, o.lead_id, o.queue_status, 'deleted', v_reason, v_receipt from old_rows o;
  end if;
  return null;
exception when others then
  perform queue_desk.note_gap(format('%s %s', tg_table_name, tg_op), sqlstate);
  return null;
end $$;

-- Trigger of lead_gate: who has the lead.
create or replace function queue_desk.watch_gate() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_action text := coalesce(nullif(current_setting('queue_desk.action', true), ''), lower(tg_op));
  v_reason text := nullif(current_setting('queue_desk.reason', true), '');
begin
  if tg_op = 'INSERT' then
    perform queue_desk.append_gate(v_action, n.lead_id, null, n.owner, v_reason) from new_rows n where n.owner is not null;
  elsif tg_op = 'UPDATE' then
    perform queue_desk.append_gate(v_action, n.lead_id, o.owner, n.owner, v_reason)
    from old_rows o join new_rows n on n.lead_id = o.lead_id where n.owner is distinct from o.owner;
  else
    perform queue_desk.append_gate(v_action, o.lead_id, o.owner, null, v_reason) from old_rows o where o.owner is not null;
  end if;
  return null;
exception when others then
  perform queue_desk.note_gap(format('%s %s', tg_table_name, tg_op), sqlstate);
  return null;
end $$;

create or replace function queue_desk.append_gate(p_action text, p_lead uuid, p_from uuid, p_to uuid, p_reason text) returns void
language sql volatile security definer set search_path = '' as $$
  select queue_desk.append_ledger(p_action, 'gate', p_lead::text, p_lead, case when p_from is null then 'free' else 'taken' end,
    case when p_to is null then 'free' else 'taken' end, p_reason, jsonb_strip_nulls(jsonb_build_object('from_owner', p_from, 'to_owner', p_to)))
$$;

-- Trigger of user_queue_settings: which group of settings changed, not its values.
create or replace function queue_desk.watch_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' then
    perform queue_desk.append_ledger('settings', 'settings', n.user_id::text, null, null, null, null, jsonb_build_object('changed', array_remove(array[
      case when n.work_days is distinct from o.work_days then 'work_days' end,
      case when n.processing_targets is distinct from o.processing_targets then 'processing_targets' end,
      case when n.automation is distinct from o.automation then 'automation' end,
      case when n.advanced is distinct from o.advanced then 'advanced' end], null)))
    from old_rows o join new_rows n on n.id = o.id
    where (n.work_days, n.processing_targets, n.automation, n.advanced) is distinct from (o.work_days, o.processing_targets, o.automation, o.advanced);
  elsif tg_op = 'INSERT' then
    perform queue_desk.append_ledger('settings', 'settings', n.user_id::text, null, null, 'created', null, null) from new_rows n;
  else
    perform queue_desk.append_ledger('settings', 'settings', o.user_id::text, null, null, 'deleted', null, null) from old_rows o;
  end if;
  return null;
exception when others then
  perform queue_desk.note_gap(format('%s %s', tg_table_name, tg_op), sqlstate);
  return null;
end $$;

-- Remembers that a change could not be written to the ledger, by its SQLSTATE (the sentence may quote a row); verify reports it. Swallows its own failure: the writer goes on.
create or replace function queue_desk.note_gap(p_place text, p_error text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into queue_desk.ledger_gap (place, error) values (p_place, left(p_error, 500));
exception when others then
  null;
end $$;
