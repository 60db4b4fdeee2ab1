-- Takes an action back as far as it can be: a prepare's messages that were not dispatched are cancelled with reason `undone`,
-- never deleted; a take is handed back. Words waiting in the outbox are withdrawn; a written one is put back by the outbox if
-- it is still ours. Only who did it, or an admin.
create or replace function queue_desk.undo(p_receipt uuid, p_as_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_now timestamptz := queue_desk.now();
  r record;
  p record;
  v_asked integer;
  v_messages uuid[];
  v_changed integer := 0;
  v_skipped jsonb;
  v_undone jsonb;
begin
  select * into r from queue_desk.queue_ledger l where l.entity = 'receipt' and l.entity_id = p_receipt::text;
  if not found or r.action not in ('prepare', 'take') then
    raise exception 'There is nothing to undo under this receipt. Nothing was changed.' using errcode = 'QD004', hint = 'Prepare and take can be undone.';
  end if;
  if coalesce(r.as_user, r.user_id) is distinct from v_user and not queue_desk.is_admin() then
    raise exception 'Only who did it, or an admin, may undo it. Nothing was changed.' using errcode = 'QD002', hint = 'Ask the operator who did it.';
  end if;
  if r.action = 'take' then
    v_undone := queue_desk.release((r.detail -> 'detail' ->> 'lead_id')::uuid, p_as_user, 'undone');
    return v_undone || jsonb_build_object('action', 'undo');
  end if;

  select * into p from queue_desk.plan x where x.receipt_id = p_receipt;
  perform queue_desk.begin_action('undo', 'person', v_user, 'undone');
  select count(*) into v_asked from queue_desk.plan_item i where i.plan_id = p.id;
  select coalesce(array_agg(c.id), '{}') into v_messages from (
    select m.id from queue_desk.plan_item i join public.whatsapp_message_queue m on m.id = i.message_id
    where i.plan_id = p.id and (m.queue_status = 'queued' or (m.queue_status = 'sending' and exists (
      select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is null)))
    order by m.id for no key update of m) c;
  update queue_desk.delivery d set finished_at = v_now, outcome = 'cancelled', reason = 'undone'
  where d.message_id = any (v_messages) and d.finished_at is null and d.dispatched_at is null;
  update public.whatsapp_message_queue m set queue_status = 'cancelled', last_error = 'Undone by ' || v_user, error_message = 'Undone by ' || v_user
  where m.id = any (v_messages) and m.queue_status in ('queued', 'sending') and not exists (
    select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null);
  get diagnostics v_changed = row_count;

  with ours as (
    select o.id, o.lead_id, o.state, o.old_word, o.new_word from queue_desk.stage_outbox o
    join queue_desk.plan_item i on i.lead_id = o.lead_id and i.message_id = any (v_messages)
    where o.receipt_id = p_receipt and o.stage = 'queued'),
  withdrawn as (
    update queue_desk.stage_outbox o set state = 'refused', reason = 'undone' from ours where o.id = ours.id and o.state = 'pending')
  insert into queue_desk.stage_outbox (lead_id, stage, old_word, new_word, receipt_id)
  select ours.lead_id, 'restore', ours.new_word, ours.old_word, current_setting('queue_desk.receipt')::uuid from ours where ours.state = 'written';

  select jsonb_agg(jsonb_build_object('reason', s.reason, 'count', s.count) order by s.count desc) into v_skipped from (
    select case m.queue_status when 'sending' then 'on_the_wire' when 'cancelled' then 'already_cancelled' else 'already_' || m.queue_status end as reason, count(*) as count
    from queue_desk.plan_item i join public.whatsapp_message_queue m on m.id = i.message_id
    where i.plan_id = p.id and not i.message_id = any (v_messages) group by 1) s;
  return queue_desk.write_receipt('undo', v_asked, v_changed, v_skipped, null, jsonb_build_object('undone', p_receipt, 'plan_id', p.id));
end $$;
