-- The database went back to an earlier state: its primary died before a copy had heard everything, or a backup was put back. A desk that
-- saw what is gone calls this (src-tauri/db/seen.rs). What went out from it is put back as proof, so that the machine sends none of it
-- again: {message_id, attempt, lead_id, user_id, client_id, run_id, sender, phone_hash, claimed_at, dispatched_at, simulated}, and outcome and
-- provider_message_id where an answer had come; without one its outcome is unknown. Then everything is stopped until somebody resumes,
-- because other desks may have sent what nobody remembers. `p_rows`: ledger rows that the desk saw and that are gone.
-- Locks: the messages, the pause row, open runs, as settle and stop_everything.
create or replace function queue_desk.stop_after_loss(p_rows integer, p_sent jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.current_user_id();
  v_now timestamptz := queue_desk.now();
  v_sent jsonb;
  v_back jsonb;
  v_new integer;
begin
  perform queue_desk.refuse_old_app();
  if not queue_desk.is_mapped() then
    raise exception 'The login "%" is not mapped to an active operator. Nothing was changed.', session_user using errcode = 'QD001';
  end if;
  perform queue_desk.begin_action('stop', 'system', v_user, 'went_back');
  -- Proof of an operator's own messages (whatever it says: whose they are is asked of the message), or of anybody's from who may send
  -- everybody's; what the database still knows is not touched.
  select coalesce(jsonb_agg(s), '[]') into v_sent from jsonb_array_elements(p_sent) s
  where (queue_desk.is_runner() or ((s ->> 'user_id')::uuid = v_user
      and not exists (select from public.whatsapp_message_queue m where m.id = (s ->> 'message_id')::uuid and (m.user_id is distinct from v_user or m.lead_id is distinct from (s ->> 'lead_id')::uuid))))
    and (s ->> 'dispatched_at')::timestamptz <= v_now
    and coalesce(s ->> 'outcome', 'unknown') in ('sent', 'unknown')
    and not exists (select from queue_desk.delivery d where d.message_id = (s ->> 'message_id')::uuid and d.dispatched_at = (s ->> 'dispatched_at')::timestamptz);
  perform 1 from public.whatsapp_message_queue m
  where m.id in (select (s ->> 'message_id')::uuid from jsonb_array_elements(v_sent) s) order by m.id for no key update;
  -- The claim of the same attempt may have survived; a new one of another desk asks the gate again, which finds this proof.
  update queue_desk.delivery d set finished_at = v_now, outcome = 'not_sent', reason = 'went_back'
  from jsonb_array_elements(v_sent) s
  where d.message_id = (s ->> 'message_id')::uuid and d.claimed_at = (s ->> 'claimed_at')::timestamptz and d.finished_at is null and d.dispatched_at is null;
  with back as (
    insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, run_id, sender, phone_hash, claimed_at, dispatched_at, finished_at, outcome,
      reason, provider_message_id, simulated)
    select p.message_id, coalesce((select max(d.attempt) from queue_desk.delivery d where d.message_id = p.message_id), 0) + (row_number() over (partition by p.message_id order by p.attempt))::integer,
      p.lead_id, p.user_id, p.client_id, p.run_id, p.sender, p.phone_hash, p.claimed_at, p.dispatched_at, v_now, coalesce(p.outcome, 'unknown'), 'went_back',
      p.provider_message_id, coalesce(p.simulated, false)
    from jsonb_to_recordset(v_sent) p (message_id uuid, attempt integer, lead_id uuid, user_id uuid, client_id uuid, run_id uuid, sender text, phone_hash bytea,
      claimed_at timestamptz, dispatched_at timestamptz, outcome text, provider_message_id text, simulated boolean)
    returning message_id, lead_id, dispatched_at, outcome, provider_message_id)
  select coalesce(jsonb_agg(to_jsonb(b)), '[]') into v_back from back b;
  update public.whatsapp_message_queue m set
    queue_status = case b.outcome when 'sent' then 'sent' else 'failed' end,
    sent_at = case b.outcome when 'sent' then b.dispatched_at else m.sent_at end,
    whatsapp_message_id = coalesce(b.provider_message_id, m.whatsapp_message_id),
    error_code = case b.outcome when 'sent' then null else 'outcome_unknown' end,
    last_error = case b.outcome when 'sent' then null else 'The outcome is not known.' end,
    error_message = case b.outcome when 'sent' then null else 'The outcome is not known.' end
  from jsonb_to_recordset(v_back) b (message_id uuid, dispatched_at timestamptz, outcome text, provider_message_id text)
  where m.id = b.message_id and m.queue_status in ('queued', 'sending');
  perform queue_desk.request_stage(array(select (b ->> 'lead_id')::uuid from jsonb_array_elements(v_back) b where b ->> 'outcome' = 'sent'), 'contacted');

  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('pause'));
  insert into queue_desk.pause as p (scope, by, reason, at) values ('all', v_user, 'went_back', v_now)
    on conflict (scope, coalesce(subject, '')) do update set until = null, by = excluded.by, reason = excluded.reason, at = excluded.at where p.until is not null;
  get diagnostics v_new = row_count;
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('stop'));
  update queue_desk.run r set stop_requested_at = v_now where r.finished_at is null and r.stop_requested_at is null;
  if v_new > 0 then
    perform queue_desk.append_ledger('stop', 'pause', 'all', null, 'running', 'paused', 'went_back', null);
  end if;
  return queue_desk.write_receipt('stop', 1, v_new, case when v_new = 0 then '[{"reason": "already_paused", "count": 1}]'::jsonb end, null, jsonb_build_object(
    'on_the_wire', (select count(*) from queue_desk.delivery d where d.finished_at is null and d.dispatched_at is not null),
    'rows_gone', p_rows, 'put_back', jsonb_array_length(v_back)));
end $$;
