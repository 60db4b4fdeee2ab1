-- Whether leads.status may hold a word, judged by the database's own CHECKs on that column alone: each is evaluated on the word,
-- because parsing constraint text guesses. A CHECK over several columns is not judged here.
create or replace function queue_desk.status_word_allowed(p_word text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  v_check record;
  v_ok boolean;
begin
  for v_check in
    select pg_get_expr(c.conbin, c.conrelid) as expression from pg_constraint c
    where c.conrelid = 'public.leads'::regclass and c.contype = 'c'
      and c.conkey = array[(select a.attnum from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'status')]
  loop
    execute format('select (%s) from (select %L::text as status) w', v_check.expression, p_word) into v_ok;
    if v_ok is false then
      return false;
    end if;
  end loop;
  return true;
end $$;

-- The first legal word of a stage's candidates (settings of the database, else the built-in list); null when none is legal.
create or replace function queue_desk.stage_word(p_stage text) returns text
language sql stable security definer set search_path = '' as $$
  select w.word from queue_desk.instance i,
    jsonb_array_elements_text(coalesce(case when jsonb_typeof(i.settings #> array['stages', p_stage]) = 'array' then i.settings #> array['stages', p_stage] end, case p_stage
      when 'queued' then '["queued"]'::jsonb
      when 'contacted' then '["contacted"]'::jsonb
      when 'human' then '["human_controlled", "engaged", "contacted", "active"]'::jsonb end)) with ordinality w (word, rank)
  where queue_desk.status_word_allowed(w.word)
  order by w.rank limit 1
$$;

-- The words that Prepare may pick up and that a stage may overwrite, so that `hot` or `converted` is never lost.
create or replace function queue_desk.eligible_words() returns text[]
language sql stable security definer set search_path = '' as $$
  select case when jsonb_typeof(i.settings -> 'eligible_words') = 'array'
    then array(select jsonb_array_elements_text(i.settings -> 'eligible_words'))
    else '{new,unqualified,awareness,not_contacted,pending}' end
  from queue_desk.instance i
$$;

-- Puts a stage's word into the outbox for these leads where it may be written: the stage has a legal word, it differs, and the
-- lead's word is eligible or one that we wrote. Returns how many wait, and the word. A wish about a word never undoes what it is
-- about: where it cannot be noted, the state says `failed`.
create or replace function queue_desk.request_stage(p_leads uuid[], p_stage text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_word text;
  v_count integer := 0;
begin
  v_word := queue_desk.stage_word(p_stage);
  if v_word is null then
    return jsonb_build_object('state', 'no_legal_word', 'word', null, 'count', 0);
  end if;
  insert into queue_desk.stage_outbox (lead_id, stage, old_word, new_word, receipt_id)
  select l.id, p_stage, l.status, v_word, nullif(current_setting('queue_desk.receipt', true), '')::uuid
  from public.leads l
  where l.id = any (p_leads) and l.status <> v_word
    and (l.status = any (queue_desk.eligible_words())
      or exists (select from queue_desk.stage_outbox o where o.lead_id = l.id and o.state = 'written' and o.new_word = l.status));
  get diagnostics v_count = row_count;
  return jsonb_build_object('state', case when v_count > 0 then 'pending' else 'unchanged' end, 'word', v_word, 'count', v_count);
exception when others then
  perform queue_desk.note_gap('request_stage ' || p_stage, sqlstate);
  return jsonb_build_object('state', 'failed', 'word', v_word, 'count', 0);
end $$;

-- Takes back the words that an action wanted to say about these leads. One that waits is withdrawn; one that is being written
-- this moment, or was, is followed by a wish to put the old word back, which the outbox does only if ours still stands. Waits for
-- no webhook.
create or replace function queue_desk.withdraw_words(p_receipt uuid, p_leads uuid[]) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_free bigint[];
begin
  select coalesce(array_agg(f.id), '{}') into v_free from (
    select o.id from queue_desk.stage_outbox o
    where o.receipt_id = p_receipt and o.lead_id = any (p_leads) and o.stage <> 'restore' and o.state = 'pending' for update skip locked) f;
  update queue_desk.stage_outbox o set state = 'refused', reason = 'undone' where o.id = any (v_free);
  insert into queue_desk.stage_outbox (lead_id, stage, old_word, new_word, receipt_id)
  select o.lead_id, 'restore', o.new_word, o.old_word, nullif(current_setting('queue_desk.receipt', true), '')::uuid
  from queue_desk.stage_outbox o
  where o.receipt_id = p_receipt and o.lead_id = any (p_leads) and o.stage <> 'restore' and o.state <> 'refused' and o.old_word is not null;
end $$;

-- The outbox is drained one lead per transaction, on a connection of its own with a statement timeout, so that a webhook of the
-- CRM that is slow, fails or hangs holds up one word and no action.

-- The next words to write, oldest first. Real time, not the sample's: webhooks do not know about it.
create or replace function queue_desk.waiting_words(p_limit integer) returns table (id bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  perform queue_desk.sends_for(null);
  return query select o.id from queue_desk.stage_outbox o
    where o.state = 'pending' and o.next_try_at <= clock_timestamp() order by o.next_try_at, o.id limit p_limit;
end $$;

-- Writes one word. The lead's word must still be one that may be overwritten; a newer word for the same lead wins. Fires whatever
-- triggers the CRM has on leads; when one raises, nothing of this happened and the caller postpones. Returns the word's state.
create or replace function queue_desk.write_word(p_id bigint) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  o record;
  l record;
  v_reason text;
begin
  perform queue_desk.sends_for(null);
  select * into o from queue_desk.stage_outbox x where x.id = p_id and x.state = 'pending' for update skip locked;
  if not found then
    return 'elsewhere';
  end if;
  select x.status into l from public.leads x where x.id = o.lead_id;
  v_reason := case
    when not found then 'lead_gone'
    when exists (select from queue_desk.stage_outbox n where n.lead_id = o.lead_id and n.id > o.id and n.state = 'pending') then 'superseded'
    when l.status = o.new_word then 'already_there'
    when o.stage = 'restore' and l.status is distinct from o.old_word then 'word_changed'
    when l.status is distinct from o.old_word and not l.status = any (queue_desk.eligible_words()) and not exists (
      select from queue_desk.stage_outbox w where w.lead_id = o.lead_id and w.state = 'written' and w.new_word = l.status) then 'word_changed'
    when not queue_desk.status_word_allowed(o.new_word) then 'not_allowed' end;
  if v_reason is null then
    perform queue_desk.begin_action('stage', 'system', null);
    update public.leads x set status = o.new_word, updated_at = clock_timestamp() where x.id = o.lead_id and x.status is not distinct from l.status;
    if not found then
      return 'elsewhere';
    end if;
    update queue_desk.stage_outbox x set state = 'written', old_word = l.status, reason = null where x.id = p_id;
    perform queue_desk.append_ledger('stage', 'lead', o.lead_id::text, o.lead_id, l.status, o.new_word, o.stage, jsonb_build_object('for_receipt', o.receipt_id));
    return 'written';
  end if;
  update queue_desk.stage_outbox x set state = 'refused', reason = v_reason where x.id = p_id;
  return 'refused';
end $$;

-- After a failed write: tries again in 1, 4, 16 and 64 minutes, then gives up and says why.
create or replace function queue_desk.postpone_word(p_id bigint, p_reason text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_state text;
begin
  perform queue_desk.sends_for(null);
  update queue_desk.stage_outbox x set tries = x.tries + 1, reason = left(p_reason, 100),
    state = case when x.tries >= 4 then 'refused' else 'pending' end,
    next_try_at = clock_timestamp() + make_interval(mins => (4 ^ x.tries)::integer)
  where x.id = p_id and x.state = 'pending' returning x.state into v_state;
  return coalesce(v_state, 'elsewhere');
end $$;
