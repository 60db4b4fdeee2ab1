-- The ledger's seals. Rows are written without a chain, so that writers never wait for each other; a sealer chains them afterwards,
-- in the order (xid, id) and only below the oldest transaction that is still open. Nothing can appear below that line later, so a
-- late commit is sealed in its turn and never skipped. Whoever changes, removes or slips in a row behind the head is found by
-- verify_ledger; who cuts off the tail with its seals is found by a desk that remembers the head it saw last.

-- What is hashed, version 1: a JSON array, so that no value can run into the next. No session setting changes it: the time is
-- seconds since the epoch as a number, jsonb has one text form, and the bytes are UTF-8.
create or replace function queue_desk.ledger_hash(p_previous bytea, p_seq bigint, p_row queue_desk.queue_ledger) returns bytea
language sql immutable set search_path = '' as $$
  select sha256(p_previous || convert_to(jsonb_build_array(p_seq, p_row.id, p_row.xid::text, extract(epoch from p_row.at), p_row.login,
    p_row.user_id, p_row.as_user, p_row.actor_kind, p_row.action, p_row.entity, p_row.entity_id, p_row.lead_id, p_row.from_state,
    p_row.to_state, p_row.reason, p_row.receipt_id, p_row.detail)::text, 'UTF8'))
$$;

-- Seals up to p_max rows: {sealed, busy, more}. Busy: somebody else is sealing, which is as good. Locks: an advisory try-lock until
-- the end of the transaction, and its own new rows; no writer waits. Index: queue_ledger_order.
create or replace function queue_desk.seal_ledger(p_max integer default 10000) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_seq bigint;
  v_hash bytea;
  v_last_xid xid8;
  v_last_id bigint;
  v_count integer := 0;
  r queue_desk.queue_ledger;
begin
  perform queue_desk.refuse_unknown();
  if not pg_try_advisory_xact_lock(hashtext('queue_desk'), hashtext('seal')) then
    return jsonb_build_object('sealed', 0, 'busy', true, 'more', false);
  end if;
  select s.seq, s.hash, l.xid, l.id into v_seq, v_hash, v_last_xid, v_last_id
  from queue_desk.ledger_seal s left join queue_desk.queue_ledger l on l.id = s.ledger_id order by s.seq desc limit 1;
  if v_seq is not null and v_last_id is null then
    raise exception 'The last sealed row of the ledger is gone. Nothing was sealed.' using errcode = 'QD009', hint = 'See `queue-desk ledger verify`.';
  end if;
  for r in
    select l.* from queue_desk.queue_ledger l
    where (l.xid, l.id) > (coalesce(v_last_xid, '0'), coalesce(v_last_id, 0)) and l.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by l.xid, l.id limit p_max
  loop
    v_seq := coalesce(v_seq, 0) + 1;
    v_hash := queue_desk.ledger_hash(coalesce(v_hash, ''), v_seq, r);
    insert into queue_desk.ledger_seal (ledger_id, seq, hash) values (r.id, v_seq, v_hash);
    v_count := v_count + 1;
  end loop;
  return jsonb_build_object('sealed', v_count, 'busy', false, 'more', v_count = p_max);
end $$;

-- Recomputes the chain behind seal p_after, whose hash is p_previous (empty at the start, null where it is not known), for p_max seals
-- (null: to the end): {checked, last, previous, problem_count, problems [{seq, ledger_id, what}] (the first 100)}. A long chain is
-- walked in steps, so that who looks sees how far it is and may stop; one snapshot around them makes it one moment. What: changed (the
-- row, or its seal, is not what was sealed), deleted, missing_seal, unknown_version (sealed by a newer program).
create or replace function queue_desk.verify_seals(p_after bigint, p_previous text, p_max integer) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_problems jsonb := '[]';
  v_count bigint := 0;
  v_expected bigint := p_after + 1;
  v_previous bytea := decode(p_previous, 'hex');
  v_what text;
  v_checked bigint := 0;
  s record;
begin
  perform queue_desk.refuse_unknown();
  for s in
    select x.seq, x.ledger_id, x.hash, x.hash_version, l.id, l as ledger_row from queue_desk.ledger_seal x left join queue_desk.queue_ledger l on l.id = x.ledger_id
    where x.seq > p_after order by x.seq limit p_max
  loop
    if s.seq > v_expected then
      v_count := v_count + s.seq - v_expected;
      v_problems := v_problems || (select coalesce(jsonb_agg(jsonb_build_object('seq', g, 'ledger_id', null, 'what', 'missing_seal')), '[]')
        from generate_series(v_expected, least(s.seq - 1, v_expected + 99)) g);
      v_previous := null;
    end if;
    v_what := case when s.hash_version <> 1 then 'unknown_version' when s.id is null then 'deleted'
      -- Behind a gap the row before is not known: this one is taken as it stands, the next is judged by it.
      when v_previous is not null and queue_desk.ledger_hash(v_previous, s.seq, s.ledger_row) <> s.hash then 'changed' end;
    if v_what is not null then
      v_count := v_count + 1;
      if v_count <= 100 then
        v_problems := v_problems || jsonb_build_object('seq', s.seq, 'ledger_id', s.ledger_id::text, 'what', v_what);
      end if;
    end if;
    v_previous := s.hash;
    v_expected := s.seq + 1;
    v_checked := v_checked + 1;
  end loop;
  return jsonb_build_object('checked', v_checked, 'last', v_expected - 1, 'previous', encode(v_previous, 'hex'), 'problem_count', v_count, 'problems', v_problems);
end $$;

-- What the seals do not say: {rows, sealed, sealed_to, unsealed, head {seq, hash}, problem_count, problems, gaps}. What: inserted_behind
-- (a row without a seal behind the head).
create or replace function queue_desk.verify_rest() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_head record;
  v_last record;
  v_behind jsonb;
  v_behind_count bigint;
begin
  perform queue_desk.refuse_unknown();
  select x.seq, x.hash, l.at into v_head from queue_desk.ledger_seal x left join queue_desk.queue_ledger l on l.id = x.ledger_id order by x.seq desc limit 1;
  -- The last sealed row that is still there: whatever has no seal must come after it.
  select l.xid, l.id into v_last from queue_desk.queue_ledger l join queue_desk.ledger_seal x on x.ledger_id = l.id order by x.seq desc limit 1;
  select count(*), coalesce((jsonb_agg(jsonb_build_object('seq', null, 'ledger_id', l.id::text, 'what', 'inserted_behind') order by l.id)
    filter (where l.n <= 100)), '[]') into v_behind_count, v_behind
  from (select l.id, row_number() over (order by l.id) as n from queue_desk.queue_ledger l
    where (l.xid, l.id) < (v_last.xid, v_last.id) and not exists (select from queue_desk.ledger_seal x where x.ledger_id = l.id)) l;
  return jsonb_build_object('rows', (select count(*) from queue_desk.queue_ledger), 'sealed', (select count(*) from queue_desk.ledger_seal), 'sealed_to', v_head.at,
    'unsealed', (select count(*) from queue_desk.queue_ledger l where not exists (select from queue_desk.ledger_seal x where x.ledger_id = l.id)) - v_behind_count,
    'head', case when v_head.seq is not null then jsonb_build_object('seq', v_head.seq, 'hash', encode(v_head.hash, 'hex')) end,
    'problem_count', v_behind_count, 'problems', v_behind, 'gaps', (select count(*) from queue_desk.ledger_gap));
end $$;

-- The whole chain at one moment, in one call, for who has no program: verify_rest with the problems of both.
create or replace function queue_desk.verify_ledger() returns jsonb
language sql stable security definer set search_path = '' as $$
  select r.rest || jsonb_build_object('problem_count', (s.seals ->> 'problem_count')::bigint + (r.rest ->> 'problem_count')::bigint,
    'problems', (s.seals -> 'problems') || (r.rest -> 'problems'))
  from (select queue_desk.verify_seals(0, '', null) as seals) s, (select queue_desk.verify_rest() as rest) r
$$;
