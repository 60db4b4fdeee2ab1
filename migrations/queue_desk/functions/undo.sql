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
  g record;
  v_take jsonb;
  v_asked integer;
  v_messages uuid[];
  v_changed integer := 0;
  v_skipped jsonb;
begin
  select * into r from queue_desk.queue_ledger l where l.entity = 'receipt' and l.entity_id = p_receipt::text;
  if not found or r.action not in ('prepare', 'take') then
    raise exception 'There is nothing to undo under this receipt. Nothing was changed.' using errcode = 'QD004', hint = 'Prepare and take can be undone.';
  end if;
  if coalesce(r.as_user, r.user_id) is distinct from v_user and not queue_desk.is_admin() then
    raise exception 'Only who did it, or an admin, may undo it. Nothing was changed.' using errcode = 'QD002', hint = 'Ask the operator who did it.';
  end if;
  perform queue_desk.begin_action('undo', 'person', v_user, 'undone');
  if r.action = 'take' then
    -- Only this very take: whoever has the lead by now keeps it.
    v_take := r.detail -> 'detail';
    select x.owner, o.name into g from queue_desk.lead_gate x left join queue_desk.operator o on o.user_id = x.owner
    where x.lead_id = (v_take ->> 'lead_id')::uuid for no key update of x;
    if (r.detail ->> 'changed')::integer > 0 then
      update queue_desk.lead_gate x set owner = null, since = null, by = coalesce(queue_desk.current_user_id(), v_user), version = x.version + 1
      where x.lead_id = (v_take ->> 'lead_id')::uuid and x.owner = (v_take ->> 'owner')::uuid and x.since = (v_take ->> 'since')::timestamptz;
      get diagnostics v_changed = row_count;
    end if;
    if v_changed > 0 then
      perform queue_desk.withdraw_words(p_receipt, array[(v_take ->> 'lead_id')::uuid]);
    else
      v_skipped := jsonb_build_array(jsonb_build_object('reason', case when g.owner is null then 'not_taken' else 'not_owner' end, 'count', 1));
    end if;
    return queue_desk.write_receipt('undo', 1, v_changed, v_skipped, null, jsonb_build_object('undone', p_receipt, 'lead_id', v_take ->> 'lead_id',
      'owner', case when v_changed = 0 then g.owner end, 'owner_name', case when v_changed = 0 then g.name end));
  end if;

  select * into p from queue_desk.plan x where x.receipt_id = p_receipt;
  select count(*) into v_asked from queue_desk.plan_item i where i.plan_id = p.id;
  -- Lock first, then read again: only the next statement sees the delivery of a claim that this one waited for.
  perform 1 from queue_desk.plan_item i join public.whatsapp_message_queue m on m.id = i.message_id
  where i.plan_id = p.id and m.queue_status in ('queued', 'sending') order by m.id for no key update of m;
  select coalesce(array_agg(m.id), '{}') into v_messages from queue_desk.plan_item i join public.whatsapp_message_queue m on m.id = i.message_id
  where i.plan_id = p.id and (m.queue_status = 'queued' or (m.queue_status = 'sending' and exists (
      select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is null)))
    and not exists (select from queue_desk.delivery d where d.message_id = m.id and d.finished_at is null and d.dispatched_at is not null);
  update queue_desk.delivery d set finished_at = v_now, outcome = 'cancelled', reason = 'undone'
  where d.message_id = any (v_messages) and d.finished_at is null and d.dispatched_at is null;
  update public.whatsapp_message_queue m set queue_status = 'cancelled', last_error = 'Undone by ' || v_user, error_message = 'Undone by ' || v_user
  where m.id = any (v_messages) and m.queue_status in ('queued', 'sending');
  get diagnostics v_changed = row_count;

  perform queue_desk.withdraw_words(p_receipt, array(select i.lead_id from queue_desk.plan_item i where i.plan_id = p.id and i.message_id = any (v_messages)));

  select jsonb_agg(jsonb_build_object('reason', s.reason, 'count', s.count) order by s.count desc) into v_skipped from (
    select case when m.queue_status in ('queued', 'sending') then 'on_the_wire' else coalesce('already_' || m.queue_status, 'deleted') end as reason, count(*) as count
    from queue_desk.plan_item i left join public.whatsapp_message_queue m on m.id = i.message_id
    where i.plan_id = p.id and not i.message_id = any (v_messages) group by 1) s;
  return queue_desk.write_receipt('undo', v_asked, v_changed, v_skipped, null, jsonb_build_object('undone', p_receipt, 'plan_id', p.id));
end $$;
