-- Opt out: this person is not written to any more, under whatever lead. Locks as dispatch does, the gate of each lead with this
-- phone and then the phone itself, so a dispatch that is being decided ends first and is told, and a later one sees the opt-out. A commit
-- of Prepare, a retry and an undo are either over or come after. `p_phone` is the lead's phone in E.164, read by the desk's library (null:
-- it has none); one that is not the lead's is refused.
create or replace function queue_desk.opt_out(p_lead uuid, p_phone text, p_as_user uuid default null, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_digits text;
  v_key text := queue_desk.phone_key(p_phone);
  v_hash bytea := queue_desk.phone_hash(p_phone);
  v_leads uuid[];
  v_id bigint;
  v_messages uuid[];
  v_earlier jsonb;
  v_wire integer;
begin
  select ltrim(regexp_replace(coalesce(l.phone, ''), '[^0-9]', '', 'g'), '0') into v_digits from public.leads l where l.id = p_lead;
  if not found then
    raise exception 'There is no lead with this id. Nothing was changed.' using errcode = 'QD004', hint = 'Is the id right? The lead may have been deleted in the CRM.';
  end if;
  if p_phone is not null and (v_digits = '' or right(regexp_replace(p_phone, '[^0-9]', '', 'g'), length(v_digits)) <> v_digits) then
    raise exception 'The lead''s phone changed meanwhile. Nothing was changed.' using errcode = 'QD008', hint = 'Try again.';
  end if;
  perform pg_advisory_xact_lock_shared(hashtext('queue_desk'), hashtext('prepare'));
  perform queue_desk.begin_action('opt_out', 'person', v_user, p_reason);
  if not queue_desk.may_access(p_lead, v_user) then
    return queue_desk.write_receipt('opt_out', 1, 0, '[{"reason": "no_access", "count": 1}]', null, jsonb_build_object('lead_id', p_lead));
  end if;
  -- Only a valid phone is a person: placeholders stand at many leads.
  v_leads := array[p_lead] || array(
    select l.id from public.leads l where right(regexp_replace(l.phone, '[^0-9]', '', 'g'), 9) = v_key and l.id <> p_lead);
  insert into queue_desk.lead_gate (lead_id) select x.id from unnest(v_leads) x (id) order by x.id on conflict do nothing;
  perform 1 from queue_desk.lead_gate g where g.lead_id = any (v_leads) order by g.lead_id for no key update;
  if v_hash is not null then
    perform pg_advisory_xact_lock(hashtext('queue_desk.phone'), hashtext(encode(v_hash, 'hex')));
  end if;
  if exists (select from queue_desk.opt_out o where o.lead_id = p_lead)
      and (v_hash is null or exists (select from queue_desk.opt_out o where o.phone_hash = v_hash)) then
    return queue_desk.write_receipt('opt_out', 1, 0, '[{"reason": "already_opted_out", "count": 1}]', null, jsonb_build_object('lead_id', p_lead));
  end if;
  insert into queue_desk.opt_out (lead_id, phone_hash, by, at, source)
  values (p_lead, v_hash, coalesce(queue_desk.current_user_id(), v_user), queue_desk.now(), 'desk') returning id into v_id;
  perform queue_desk.append_ledger('opt_out', 'opt_out', v_id::text, p_lead, null, 'opted_out', nullif(current_setting('queue_desk.reason', true), ''), null);
  v_messages := queue_desk.cancel_waiting(array(
    select m.id from public.whatsapp_message_queue m where m.queue_status in ('queued', 'sending')
      and (m.lead_id = any (v_leads) or queue_desk.phone_key(m.recipient_phone) = v_key)), 'opted_out', 'Opted out, said by ' || v_user);
  select coalesce(jsonb_agg(jsonb_build_object('message_id', d.message_id, 'at', d.dispatched_at, 'outcome', d.outcome, 'simulated', d.simulated)
      order by d.dispatched_at desc), '[]'), count(*) filter (where d.finished_at is null)
  into v_earlier, v_wire from queue_desk.delivery d where d.dispatched_at is not null and (d.lead_id = any (v_leads) or d.phone_hash = v_hash);
  return queue_desk.write_receipt('opt_out', 1, 1, null, null, jsonb_build_object('lead_id', p_lead, 'opt_out_id', v_id::text,
    'by_phone', v_hash is not null, 'cancelled_messages', cardinality(v_messages), 'message_ids', v_messages,
    'dispatched_earlier', v_earlier, 'on_the_wire', v_wire));
end $$;

-- The lead's phone as the CRM has it, and the regions that national numbers are read in (the operator's, the database's), for the
-- desk's library to make E.164 of; null without access.
create or replace function queue_desk.lead_phone(p_lead uuid, p_as_user uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
begin
  return (select jsonb_build_object('phone', l.phone, 'own_region', u.advanced ->> 'phone_region', 'region', i.settings ->> 'phone_region')
    from public.leads l cross join queue_desk.instance i left join public.user_queue_settings u on u.user_id = v_user
    where l.id = p_lead and queue_desk.may_access(l.id, v_user));
end $$;
