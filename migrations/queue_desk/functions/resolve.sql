-- Settles an unknown: a person says whether the message was sent. Locks the messages, then reads their deliveries again: an answer
-- that came meanwhile is the better knowledge. `sent` makes the CRM's row sent at the time of its dispatch; `not_sent` leaves it failed
-- and frees the lead and the phone, and only Retry sends it. A provider's answer "sent" that comes after `not_sent` still counts
-- (settle), and the gate then holds what was queued again.
create or replace function queue_desk.resolve(p_ids uuid[], p_outcome text, p_as_user uuid default null, p_note text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_ids uuid[] := queue_desk.asked_for(p_ids);
  v_now timestamptz;
  v_may uuid[];
  v_open uuid[];
  v_leads uuid[] := '{}';
  s record;
begin
  if p_outcome is null or p_outcome not in ('sent', 'not_sent') then
    raise exception 'An unknown is settled as sent or not_sent. Nothing was changed.' using errcode = 'QD008', hint = 'Say which, for example --outcome not_sent.';
  end if;
  perform queue_desk.begin_action('resolve', 'person', v_user, p_note);
  -- The proof of a message that the CRM deleted still blocks its lead and phone.
  v_may := queue_desk.may_touch(v_ids, v_user) || array(
    select d.message_id from queue_desk.delivery d
    where d.message_id = any (v_ids) and d.outcome = 'unknown' and d.settled_at is null and (d.user_id = v_user or queue_desk.may_access(d.lead_id, v_user))
      and not exists (select from public.whatsapp_message_queue m where m.id = d.message_id));
  perform queue_desk.lock_messages(v_may);
  -- A deleted message has no row to lock: of two answers at once the second waits here.
  perform 1 from queue_desk.delivery d where d.message_id = any (v_may) and d.outcome = 'unknown' and d.settled_at is null
    order by d.message_id, d.attempt for no key update;
  v_now := queue_desk.now();
  select coalesce(array_agg(i.id), '{}') into v_open from unnest(v_ids) i (id)
  where i.id = any (v_may) and (
    exists (select from queue_desk.delivery d where d.message_id = i.id and d.outcome = 'unknown' and d.settled_at is null)
    -- The word alone, written by another program.
    or exists (select from public.whatsapp_message_queue m where m.id = i.id and m.queue_status = 'failed' and m.error_code = 'outcome_unknown'
      and not exists (select from queue_desk.delivery d where d.message_id = m.id and (d.finished_at is null or d.outcome = 'sent'))));
  for s in
    update queue_desk.delivery x set outcome = p_outcome, reason = 'resolved', settled_at = v_now, settled_by = v_user::text
    where x.message_id = any (v_open) and x.outcome = 'unknown' and x.settled_at is null
    returning x.message_id, x.attempt, x.lead_id
  loop
    perform queue_desk.append_ledger('resolve', 'delivery', s.message_id::text, s.lead_id, 'unknown', p_outcome,
      nullif(current_setting('queue_desk.reason', true), ''), jsonb_build_object('attempt', s.attempt));
    v_leads := v_leads || s.lead_id;
  end loop;
  if p_outcome = 'sent' then
    update public.whatsapp_message_queue m set queue_status = 'sent', error_code = null, last_error = null, error_message = null,
      sent_at = coalesce((select max(d.dispatched_at) from queue_desk.delivery d where d.message_id = m.id and d.outcome = 'sent'), m.sent_at, m.processed_at, v_now)
    where m.id = any (v_open) and m.queue_status is distinct from 'sending';
    perform queue_desk.request_stage(v_leads, 'contacted');
  else
    -- A row that another program put back to queued is not sent either, unless a person says so.
    update public.whatsapp_message_queue m set queue_status = 'failed', error_code = 'resolved_not_sent',
      last_error = 'Not sent, said by ' || v_user, error_message = 'Not sent, said by ' || v_user
    where m.id = any (v_open) and m.queue_status in ('failed', 'queued');
  end if;
  return queue_desk.write_receipt('resolve', cardinality(v_ids), cardinality(v_open), queue_desk.count_reasons(array(
    select case when i.id = any (v_may) then 'not_unknown' when m.id is null then 'not_found' else 'no_access' end
    from unnest(v_ids) i (id) left join public.whatsapp_message_queue m on m.id = i.id where not i.id = any (v_open))),
    null, jsonb_build_object('message_ids', v_open, 'outcome', p_outcome));
end $$;
